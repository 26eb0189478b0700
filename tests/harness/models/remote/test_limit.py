"""The limit against providers in made-up time."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.models.remote.evidence import Evidence, Ticket
from harness.models.remote.limit import Limit
from tests.harness.models.remote.world import (
    Asked,
    World,
    at_random,
    beyond,
    faster_than,
    more_a_minute,
)

SEEDS = range(6)
# Refusals at once, and refusals that take as long as an answer.
QUICK, SLOW = 0.002, 0.2


@pytest.fixture(autouse=True)
def same_jitter() -> None:
    """Pauses are jittered by the module's own draws."""
    random.seed(1)


def test_without_refusals_it_doubles_from_a_few() -> None:
    world = World(at_random(0)).run(2000)
    assert world.limits[0] == 9
    assert world.limits[-1] == 32
    # Three round trips to the full limit, and the last one is not full.
    assert world.speed(32) > 0.96


@pytest.mark.parametrize("refusal_s", [QUICK, SLOW])
@pytest.mark.parametrize("share", [0.05, 0.15])
@pytest.mark.parametrize("seed", SEEDS)
def test_random_refusals_do_not_bring_it_down(share: float, refusal_s: float, seed: int) -> None:
    world = World(at_random(share), refusal_s=refusal_s, seed=seed).run(4000)
    settled = world.limits[len(world.limits) // 4 :]
    assert sum(settled) / len(settled) > 0.95 * 32
    assert world.lost == 0


@pytest.mark.parametrize("refusal_s", [QUICK, SLOW])
@pytest.mark.parametrize("capacity", [1, 3, 8, 20])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_full_server_is_asked_for_what_it_bears(
    capacity: int, refusal_s: float, seed: int
) -> None:
    world = World(beyond(capacity), refusal_s=refusal_s, seed=seed).run(2000)
    assert world.share < 0.05
    assert world.speed(capacity) > 0.94
    settled = sorted(world.limits[len(world.limits) // 4 :])
    assert settled[len(settled) // 2] == capacity
    assert world.lost == 0


@pytest.mark.parametrize("refusal_s", [QUICK, SLOW])
def test_it_settles_within_few_calls(refusal_s: float) -> None:
    world = World(beyond(8), refusal_s=refusal_s).run(500)
    assert world.share < 0.08
    assert world.speed(8) > 0.94


@pytest.mark.parametrize("seed", SEEDS)
def test_both_at_once(seed: int) -> None:
    world = World(beyond(8, 0.05), seed=seed).run(2000)
    assert world.share < 0.09
    assert world.speed(8) > 0.94
    assert world.limits[-1] < 12


def test_it_asks_for_more_ever_more_rarely() -> None:
    limits = World(beyond(8)).run(6000).limits
    above = [n for n in range(1, len(limits)) if limits[n] > 8 >= limits[n - 1]]
    gaps = [after - before for before, after in itertools.pairwise(above)]
    assert len(above) >= 4
    assert gaps[-1] > 4 * gaps[0]


def test_it_follows_a_server_that_changes() -> None:
    def refuses(asked: Asked) -> bool:
        return asked.served >= (4 if 20 <= asked.now < 60 else 32)

    world = World(refuses)
    world.run(3200 + 800 + 6000)
    assert world.limits[-1] == 32
    assert min(world.limits) < 6
    assert world.share < 0.05


@pytest.mark.parametrize("refusal_s", [QUICK, SLOW])
@pytest.mark.parametrize(("rate", "burst"), [(50.0, 50.0), (10.0, 60.0), (1.0, 60.0), (1.0, 1.0)])
def test_a_limit_on_the_rate_is_lived_with(rate: float, burst: float, refusal_s: float) -> None:
    jobs = int(20 * rate + burst)
    world = World(faster_than(rate, burst), refusal_s=refusal_s).run(jobs)
    assert world.error == ""
    assert world.lost == 0
    # The rate itself would take 20 s.
    assert world.now < 50
    assert world.share < 0.85


def test_a_limit_on_calls_a_minute_is_lived_with() -> None:
    world = World(more_a_minute(60)).run(240)
    assert world.error == ""
    assert world.lost == 0
    assert world.now < 400


def test_a_single_call_at_a_time_bears_random_refusals() -> None:
    world = World(at_random(0.15), most=1).run(1000)
    assert world.speed(1) > 0.9


def test_a_provider_that_only_refuses_is_given_up() -> None:
    world = World(at_random(1)).run(1000)
    assert "given up" in world.error
    assert world.calls < 150


@given(
    most=st.integers(1, 70),
    events=st.lists(st.tuples(st.booleans(), st.floats(0, 50)), max_size=300),
)
def test_it_stays_within_bounds_and_no_answer_lowers_it(
    most: int, events: list[tuple[bool, float]]
) -> None:
    limit = Limit(most)
    for fine, took_s in events:
        for ticket in [limit.sent(n + 1) for n in range(limit.calls)]:
            before = limit.value
            if fine:
                limit.fine(ticket, took_s)
                assert limit.value >= before
            else:
                assert limit.refused(ticket, took_s) >= 0
        assert 0 < limit.value <= most
        assert 1 <= limit.calls <= most
        assert 0 <= limit.pause_s <= 60


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 12)), min_size=1, max_size=200))
def test_what_is_under_way_and_refused_was_not_served(calls: list[tuple[bool, int]]) -> None:
    """Levels are what a server with room for 5 saw, once all calls have come back."""
    evidence = Evidence(12)
    under_way: list[tuple[Ticket, bool]] = []
    seen: list[tuple[Ticket, int]] = []
    served = 0
    for _, others in calls:
        while len(under_way) > others:
            ticket, refused = under_way.pop(0)
            served -= not refused
            (evidence.refused if refused else evidence.known)(ticket)
        ticket = evidence.sent(len(under_way), at_once=False)
        seen.append((ticket, served))
        under_way.append((ticket, served >= 5))
        served += served < 5
    for ticket, refused in under_way:
        (evidence.refused if refused else evidence.known)(ticket)
    assert [ticket.level for ticket, _ in seen] == [level for _, level in seen]
