"""The search over a toy: who goes on, what a kill costs, what fails."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from harness.sweep.finals import finalists
from harness.sweep.findings import importances
from harness.sweep.halving import going_on, is_worse
from harness.sweep.ledger import Ledger
from harness.sweep.search import search
from harness.sweep.trials import Ask, Evaluation
from tests.harness.sweep.sweeping import Toy, ledger, request, told


class Killed(BaseException):
    """What no handler of errors may catch."""


class Mortal(Toy):
    """Dies before its n-th evaluation."""

    def __init__(self, left: int) -> None:
        super().__init__()
        self.left = left

    def evaluate(self, asks: Sequence[Ask]) -> list[Evaluation]:
        self.left -= 1
        if self.left < 0:
            raise Killed
        return super().evaluate(asks)


def test_a_third_goes_on_each_time() -> None:
    toy = Toy()
    trials = search(request(trials=9, prune=None), ledger(), toy)
    assert [round(ask.share, 2) for ask in toy.asked] == [0.11] * 9 + [0.33] * 3 + [1.0]
    (best,) = (one for one in trials if one.is_whole)
    assert best.rounds[0].value == max(one.rounds[0].value or 0 for one in trials)
    assert trials[0].labels == {"finetune.lr": 1e-3, "finetune.rank": 8}


@pytest.mark.parametrize("left", range(5))
def test_a_killed_search_goes_on_as_if_nothing_had_been(left: int) -> None:
    asked = request(trials=15, batch=6)
    whole = search(asked, ledger(), Toy())
    kept = ledger()
    with pytest.raises(Killed):
        search(asked, kept, Mortal(left))
    kept = another_process(kept)
    assert told(search(asked, kept, Toy())) == told(whole)


def test_what_was_chosen_before_a_kill_stays_chosen() -> None:
    asked = request(trials=6, batch=3)
    whole = search(asked, ledger(), Toy())
    kept = ledger()
    kept.claim("batch")  # killed right after: without a recipe
    assert told(search(asked, another_process(kept), Toy())) == told(whole)


def another_process(kept: Ledger) -> Ledger:
    """The same study, in whose owner's place another process has come."""
    for one in kept.trials():
        if not one.is_finished:
            kept._note(one.number, "owner", {**kept.me, "started": -1})
    return Ledger(kept.study, kept.where, shared=False)


def test_a_dead_trial_is_a_failed_trial() -> None:
    trials = search(request(trials=9, prune=None), ledger(), Toy(fails=(0, 3)))
    assert [one.number for one in trials if one.state == "fail"] == [0, 3]
    assert trials[3].last.problem == "diverged"
    assert any(one.is_whole for one in trials)


def test_a_batch_that_fails_as_a_whole_is_no_end() -> None:
    trials = search(request(trials=6, batch=3), ledger(), Toy(fails=(0, 1, 2)))
    assert [one.state for one in trials[:3]] == ["fail"] * 3
    assert any(one.is_whole for one in trials[3:])


def test_what_breaks_a_constraint_is_no_finalist() -> None:
    bound = {"memory_gb": "<= 10", "AS": ">= 10"}
    trials = search(request(trials=12, shares=(1.0,), constraints=bound), ledger(), Toy())
    chosen = finalists(request(finalists=12, constraints=bound), trials)
    assert {one.labels["finetune.rank"] for one in chosen if one.labels} == {8}
    assert any(one.violations["memory_gb"] > 0 for one in trials)


def test_no_memory_is_spent_on_what_does_not_fit() -> None:
    toy = Toy()
    search(request(trials=9, prune=None, constraints={"memory_gb": "<= 10"}), ledger(), toy)
    later = [ask for ask in toy.asked if ask.share > 0.2]
    assert {ask.values["finetune.rank"] for ask in later} == {8}


def test_a_budget_of_hours_ends_the_search() -> None:
    trials = search(request(trials=100, batch=4, shares=(1.0,), hours=6 / 3600), ledger(), Toy())
    assert len(trials) == 8


def test_a_grid_ends_with_its_last_recipe() -> None:
    ranges = {"finetune.lr": {"choices": [1e-3, 2e-3]}, "finetune.rank": {"choices": [8, 16]}}
    trials = search(request(ranges, sampler="grid", shares=(1.0,)), ledger(), Toy())
    assert [tuple((one.labels or {}).values()) for one in trials] == [
        (1e-3, 8), (1e-3, 16), (2e-3, 8), (2e-3, 16),
    ]  # fmt: skip


STEPPED = {
    "finetune.lr": {"choices": [1e-3]},
    "finetune.rank": {"choices": [8, 16]},
    "finetune.dropout": {"low": 0.0, "high": 0.3, "step": 0.1},
}


def test_a_grid_of_tenths_goes_on_after_its_first_batch() -> None:
    asked = request(STEPPED, sampler="grid", batch=4, trials=8, shares=(1.0,))
    trials = search(asked, ledger(), Toy())
    assert [(one.labels or {})["finetune.dropout"] for one in trials] == [0.0, 0.1, 0.2, 0.3] * 2
    assert importances(asked, trials) is None  # all worth the same


@pytest.mark.parametrize("sampler", ["tpe", "random"])
@pytest.mark.filterwarnings("error")
def test_a_sweep_by_steps_that_is_killed_ends_as_it_would_have(sampler: str) -> None:
    ranges = {**STEPPED, "finetune.lr": {"low": 1e-4, "high": 1e-2, "log": True}}
    asked = request(ranges, sampler=sampler, batch=3, trials=9)
    whole = told(search(asked, ledger(), Toy()))
    assert {one[2]["finetune.dropout"] for one in whole} <= {0.0, 0.1, 0.2, 0.3}  # type: ignore[index]
    kept = ledger()
    with pytest.raises(Killed):
        search(asked, kept, Mortal(4))
    assert told(search(asked, another_process(kept), Toy())) == whole


def test_more_trials_go_on_with_the_same_study() -> None:
    kept = ledger()
    first = told(search(request(trials=4, batch=4), kept, Toy()))
    more = told(search(request(trials=8, batch=4), kept, Toy()))
    assert more[:4] == first
    assert len(more) == 8


def test_who_goes_on() -> None:
    values = dict(enumerate([5.0, 9.0, 9.0, 1.0]))
    assert going_on(values, (0.25, 0.5, 1.0), 0) == [1, 2]
    assert going_on({7: 1.0}, (0.1, 1.0), 0) == [7]


def test_wilcoxon_stops_what_is_worse_question_by_question() -> None:
    best = {at: 1.0 if at % 4 else 0.0 for at in range(40)}
    worse = {at: 1.0 if at % 2 else 0.0 for at in range(40)}
    assert is_worse(worse, best, 0.1)
    assert not is_worse(best, worse, 0.1)
    assert not is_worse(best, best, 0.1)
