"""What recipes are expected to score, by all trials together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from harness.config.search import Range
from harness.sweep.finals import finalists
from harness.sweep.ledger import Kept
from harness.sweep.search import search
from harness.sweep.space import Space
from harness.sweep.surrogate import expected
from harness.sweep.trials import Evaluation
from tests.bench.sweep_bench import request as simulated
from tests.bench.sweep_world import Simulated, World
from tests.harness.sweep.sweeping import RANGES, ledger, request

SHARES = (1 / 9, 1 / 3, 1.0)


def kept(number: int, labels: Mapping[str, Any], scores: Sequence[float]) -> Kept:
    rounds = [Evaluation(score) for score in scores]
    state = "complete" if len(scores) == len(SHARES) else "pruned"
    return Kept(number, state, "b", labels, rounds, {}, {}, 0.0)


def space(ranges: Mapping[str, Any] = RANGES) -> Space:
    return Space({key: Range.model_validate(one) for key, one in ranges.items()})


def recipe(lr: float, rank: int = 8) -> dict[str, Any]:
    rest = {} if rank == 8 else {"finetune.dropout": 0.05}
    return {"finetune.lr": lr, "finetune.rank": rank, **rest}


def worth(lr: float, share: float) -> float:
    return 80 - 20 * math.log10(lr / 1e-3) ** 2 - 10 * (1 - share)


def test_a_lucky_trial_is_worth_what_its_neighbours_are() -> None:
    rng = np.random.default_rng(3)
    rates = [10**power for power in np.linspace(-4, -2, 24)]
    trials = [
        kept(at, recipe(lr), [worth(lr, share) + rng.normal(0, 1.5) for share in SHARES])
        for at, lr in enumerate(rates)
    ]
    unlucky, lucky = recipe(1e-3), recipe(2.2e-4)
    trials += [kept(24, unlucky, [70.0, 74.0, 75.0]), kept(25, lucky, [70.0, 72.0, 84.0])]
    found = expected(trials, space(), SHARES)
    assert found[24] == pytest.approx(80, abs=2.5)
    assert found[25] == pytest.approx(worth(2.2e-4, 1.0), abs=5)
    assert found[24] > found[25]
    assert found == expected(trials, space(), SHARES)


def test_a_trial_that_was_stopped_is_expected_to_gain_by_its_whole_training() -> None:
    whole = [kept(at, recipe(10**power), [worth(10**power, s) for s in SHARES])
             for at, power in enumerate(np.linspace(-4, -2, 12))]  # fmt: skip
    stopped = kept(12, recipe(1.05e-3), [worth(1.05e-3, SHARES[0])])
    assert stopped.last.value == pytest.approx(71, abs=1)
    assert expected([*whole, stopped], space(), SHARES)[12] == pytest.approx(80, abs=1)


def test_first_rounds_are_held_against_first_rounds() -> None:
    """The embedded base on the quickstart's table: all that was stopped had learnt next to nothing.

    Its scores rise from 27 to 99 over the rounds. Held against the best of the last, all first
    rounds were alike, and the worst of them became the finalists.
    """
    ranges = {
        "finetune.lr": {"low": 3e-4, "high": 1e-2, "log": True},
        "finetune.rank": {"choices": [8, 16, 32]},
        "finetune.epochs": {"low": 0.5, "high": 2.0},
    }
    rows: list[tuple[float, int, float, list[float]]] = [
        (0.003, 32, 1.75, [26.81, 72.77, 98.91]), (0.0091, 16, 0.936, [14.51]),
        (0.00216, 16, 1.6, [17.51, 62.31]), (0.00161, 8, 0.976, [6.83]),
        (0.00157, 32, 0.872, [5.01]), (0.00134, 8, 0.657, [2.44]),
        (0.00665, 32, 1.68, [34.74, 83.52, 96.45]), (0.000475, 32, 1.1, [1.09]),
        (0.00975, 32, 1.19, [18.13]), (0.000703, 8, 1.53, [3.83]),
        (0.00377, 32, 1.27, [13.83]), (0.000526, 32, 1.82, [3.37]),
    ]  # fmt: skip
    trials = [
        kept(at, {"finetune.lr": lr, "finetune.rank": rank, "finetune.epochs": epochs}, scores)
        for at, (lr, rank, epochs, scores) in enumerate(rows)
    ]
    found = expected(trials, space(ranges), SHARES)
    assert set(sorted(found, key=lambda number: -found[number])[:2]) == {0, 6}


def test_every_kind_of_field_has_its_place() -> None:
    ranges = {
        **RANGES,
        "finetune.targets": {"choices": ["all-linear", ["q_proj"]]},
        "finetune.rslora": {"choices": [True, False]},
        "finetune.epochs": {"choices": [1]},
    }
    rest = {"finetune.epochs": 1, "finetune.rslora": True, "finetune.targets": "all-linear"}
    rows = [
        {**recipe(lr, rank), **rest, "finetune.rslora": scaled}
        for lr in (1e-4, 1e-3) for rank in (8, 32) for scaled in (True, False)
    ]  # fmt: skip
    scores = [60.0 + 20 * row["finetune.rslora"] for row in rows]
    trials = [
        kept(at, row, [s, s, s]) for at, (row, s) in enumerate(zip(rows, scores, strict=True))
    ]
    found = expected(trials, space(ranges), SHARES)
    assert [found[at] for at in range(8)] == pytest.approx(scores, abs=2)


def test_one_trial_is_worth_something() -> None:
    assert expected([kept(0, recipe(1e-3), [5.0])], space(), SHARES)[0] == pytest.approx(5, abs=1)


def test_finalists_are_what_is_expected_to_be_best_and_each_recipe_once() -> None:
    asked = request(finalists=2)
    rates = [2e-4, 5e-4, 1e-3, 1e-3, 5e-3]
    trials = [kept(at, recipe(lr), [worth(lr, s) for s in SHARES]) for at, lr in enumerate(rates)]
    failed = Kept(5, "fail", "b", recipe(1e-3, 32), [Evaluation(99.0)], {}, {}, 0.0)
    breaks = Kept(6, "complete", "b", recipe(1e-3, 16), [Evaluation(99.0)], {"AS": 1.0}, {}, 0.0)
    assert [one.number for one in finalists(asked, [*trials, failed, breaks])] == [2, 1]
    assert finalists(asked, [failed, breaks]) == []


def test_what_only_a_whole_training_shows_keeps_the_stopped_out() -> None:
    stopped = kept(0, recipe(1e-3), [70.0])
    whole = kept(1, recipe(1e-4), [40.0, 45.0, 50.0])
    free, bound = request(), request(constraints={"AS": ">= 40"})
    assert {one.number for one in finalists(free, [stopped, whole])} == {0, 1}
    assert [one.number for one in finalists(bound, [stopped, whole])] == [1]


def test_it_chooses_truly_better_finalists_than_scores_alone() -> None:
    """On simulated benchmarks that nothing was set on; `sweep_bench.py` has more of them."""
    by_all, by_score = [], []
    for seed in range(300, 306):
        world, asked = World(seed), simulated(trials=30, seed=seed)
        done = search(asked, ledger(), Simulated(world))
        whole = sorted(
            (one for one in done if one.is_whole), key=lambda one: -(one.last.value or 0)
        )
        by_all.append(np.mean([world.truth(one.labels or {}) for one in finalists(asked, done)]))
        by_score.append(np.mean([world.truth(one.labels or {}) for one in whole[:3]]))
    assert np.mean(by_all) > np.mean(by_score)
