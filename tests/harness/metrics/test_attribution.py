"""What a difference is made of: it adds up, and it names what was changed."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core import Paid, Profile
from harness.metrics.attribution import CAUSES, Behaviour, attribute, response_values
from harness.metrics.causes import causes
from harness.metrics.clusters import Clusters
from harness.metrics.score import response_value
from tests.harness.metrics.simulated_pairs import PLANTED, named

PROFILE = Profile("p/1", {"AS": 0.4, "ART": 0.3, "AE": 0.3}, 0.5, 8.0)
PAYS_ALL = replace(PROFILE, art="all")
NAN = math.nan


def behaviour(seed: int, n: int = 60, art: Paid = "correct") -> Behaviour:
    """Answers of every kind: wrong, partly right, empty, cut, untimed, unscored, of one token."""
    dice = np.random.default_rng(seed)
    says, cut = dice.random(n) > 0.15, dice.random(n) < 0.1
    c = dice.choice([0, 1, 1, 0.5], n) * says
    tokens = dice.choice([1.0, 2.0, 9.0, 40.0], n)
    first, rate = dice.uniform(0.05, 2, n), dice.uniform(0.001, 0.2, n)
    whole = says & (dice.random(n) > 0.1)
    e2e = first + (tokens - 1) * rate
    paid = says if art == "all" else c
    earned = paid * (whole & ~cut) * response_values(e2e, PROFILE)
    values = np.stack([c, earned, c * ~cut * dice.uniform(0.1, 1, n)], axis=1).round(6)
    values[dice.random(n) < 0.2, 1] = NAN
    values[dice.random(n) < 0.1] = NAN
    first[dice.random(n) < 0.2] = NAN
    tokens[dice.random(n) < 0.1] = NAN
    e2e[dice.random(n) < 0.1] = NAN
    return Behaviour(values, says, cut, whole, e2e, first, tokens)


def one(
    c: float, first: float, rate: float, tokens: float, k: float, *, says: bool = True
) -> Behaviour:
    """One question."""
    e2e = np.array([first + (tokens - 1) * rate])
    earned = c * response_values(e2e, PROFILE)[0]
    yes = np.array([says])
    return Behaviour(
        np.array([[c, earned, c * k]]), yes, np.array([False]), yes, e2e,
        np.array([first]), np.array([tokens]),
    )  # fmt: skip


def split(first: Behaviour, second: Behaviour) -> dict[str, float]:
    """The causes of one question, parts added up by their weights."""
    found = attribute(first, second, PROFILE)[0]
    weights = np.array([PROFILE.weights[part] for part in ("AS", "ART", "AE")])
    return dict(zip(CAUSES, (weights @ found).tolist(), strict=True))


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.sampled_from(["correct", "all"]))
def test_the_causes_add_up_to_what_changed_on_every_question(a: int, b: int, art: Paid) -> None:
    first, second = behaviour(a, art=art), behaviour(b, art=art)
    found = attribute(first, second, replace(PROFILE, art=art)).sum(axis=2)
    assert found == pytest.approx(second.values - first.values, abs=1e-12, nan_ok=True)
    back = attribute(second, first, replace(PROFILE, art=art)).sum(axis=2)
    assert back == pytest.approx(-found, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("profile", [PROFILE, PAYS_ALL], ids=["correct", "all"])
def test_the_causes_of_recipes_with_several_trainings_add_up_too(profile: Profile) -> None:
    firsts = [behaviour(seed, art=profile.art) for seed in range(3)]
    seconds = [behaviour(seed, art=profile.art) for seed in (7, 8)]
    n = len(firsts[0].says)
    clusters = Clusters(tuple(str(i // 6) for i in range(n)), tuple(str(i % 6) for i in range(n)))
    found = causes(firsts, seconds, ["a", "b", "c"] * (n // 3), clusters, profile)
    means = [mean_of(group) for group in (firsts, seconds)]
    weights = [profile.weights[part] for part in ("AS", "ART", "AE")]
    apart = sum(
        weight * float(np.nanmean(means[1][:, at] - means[0][:, at]))
        for at, weight in enumerate(weights)
    )
    assert sum(cause.points.value for cause in found) == pytest.approx(100 * apart, abs=1e-9)
    assert all(cause.points.low < cause.points.value < cause.points.high for cause in found)


def mean_of(group: list[Behaviour]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """The mean of each value over the trainings that have one."""
    table = np.stack([run.values for run in group])
    count = (~np.isnan(table)).sum(axis=0)
    return np.where(count > 0, np.nansum(table, axis=0) / np.maximum(count, 1), NAN)


def test_response_values_are_those_that_score() -> None:
    times = [0.0, 0.3, 0.5, 0.51, 2.0, 7.99, 8.0, 90.0]
    expected = [response_value(time, PROFILE) for time in times]
    assert response_values(np.array(times), PROFILE) == pytest.approx(expected)


def test_one_change_is_the_whole_cause() -> None:
    base = one(1, 0.6, 0.05, 20, 0.8)
    changed = {
        "first_token": one(1, 1.2, 0.05, 20, 0.8),
        "per_token": one(1, 0.6, 0.10, 20, 0.8),
        "tokens": one(1, 0.6, 0.05, 60, 0.8),
        "concise": one(1, 0.6, 0.05, 20, 0.4),
    }
    for cause, other in changed.items():
        found = split(base, other)
        assert found.pop(cause) < -0.01
        assert list(found.values()) == pytest.approx([0] * len(found), abs=1e-12)


def test_two_changes_share_what_they_do_together() -> None:
    """Twice the tokens and twice the time for each: neither order decides who is to blame."""
    found = split(one(1, 0.1, 0.1, 21, 1), one(1, 0.1, 0.2, 41, 1))
    assert found["per_token"] == pytest.approx(found["tokens"])
    assert found["per_token"] < 0


def test_a_wrong_answer_says_nothing_of_its_length() -> None:
    found = split(one(0, 0.6, 0.05, 3, 1), one(1, 0.6, 0.05, 40, 0.5))
    assert found["accuracy"] > 0.4
    assert found["tokens"] == found["concise"] == 0


def test_a_wrong_answer_was_as_fast_as_it_was() -> None:
    found = split(one(0, 4.0, 0.05, 40, 1), one(1, 0.6, 0.05, 40, 0.5))
    slow, fast = response_values(np.array([4.0 + 39 * 0.05, 0.6 + 39 * 0.05]), PROFILE)
    assert found["first_token"] == pytest.approx(0.3 * (fast - slow) / 2)


def test_an_answer_that_says_nothing_differs_by_correctness_alone() -> None:
    silent = one(0, 0.1, 0.0, 1, 1, says=False)
    found = split(silent, one(1, 0.6, 0.05, 40, 0.5))
    assert found.pop("accuracy") > 0.5
    assert set(found.values()) == {0.0}


def test_what_is_cut_off_is_length() -> None:
    whole = one(1, 0.6, 0.05, 20, 0.8)
    values = whole.values.copy()
    values[0, 1:] = 0
    cut = replace(whole, values=values, cut=np.array([True]), tokens=np.array([64.0]))
    cut = replace(cut, e2e=cut.first + 63 * 0.05)
    found = split(whole, cut)
    assert found["accuracy"] == found["first_token"] == 0
    assert found["tokens"] + found["concise"] == pytest.approx(
        -0.3 * float(whole.values[0, 1]) - 0.3 * 0.8
    )


@pytest.mark.parametrize("lost", ["first", "tokens", "e2e"])
def test_times_that_cannot_be_split_are_one_cause(lost: str) -> None:
    slow = replace(one(1, 0.6, 0.2, 20, 0.8), **{lost: np.array([NAN])})
    found = split(one(1, 0.6, 0.05, 20, 0.8), slow)
    assert found["response_time"] < -0.05
    assert found["first_token"] == found["per_token"] == found["tokens"] == 0


def test_times_that_were_scored_otherwise_are_one_cause() -> None:
    """As multiples of a reference, which the folder does not hold."""
    fast, slow = one(1, 0.6, 0.05, 20, 0.8), one(1, 0.6, 0.2, 20, 0.8)
    scored = slow.values.copy()
    scored[0, 1] = 0.123456
    found = split(fast, replace(slow, values=scored))
    assert found["response_time"] < 0
    assert found["tokens"] == found["per_token"] == 0


@pytest.mark.parametrize("cause", PLANTED)
def test_a_planted_cause_is_named_first(cause: str) -> None:
    """A thin cut of `compare_bench.py`, which holds them to 95% of 200."""
    found = named(12, seed=4, cause=cause)
    assert found.right >= 10
    assert found.furthest < 1e-9
