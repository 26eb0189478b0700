"""Differences over other questions and other trainings: a thin cut of `compare_bench.py`."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from harness.metrics.clusters import Clusters
from harness.metrics.contrast import contrast
from harness.metrics.joint import compare
from harness.metrics.measured import Measured
from harness.metrics.training_noise import Scatter, Trained, of_difference, pooled
from tests.harness.metrics.simulated import PROFILE, SHAPES, Shape
from tests.harness.metrics.simulated_pairs import Pair, Pairs, rates, total

TRIES = 120
BOARD = SHAPES["24x22, 366 asked"]
WEIGHTS = np.array([0.4, 0.3, 0.3])


def off(share: float, tries: int = TRIES) -> float:
    """Three standard errors of a share of the tries, in per cent."""
    return 300 * math.sqrt(share * (1 - share) / tries)


@pytest.mark.parametrize("shape", [BOARD, Shape(60, 12), SHAPES["24x8"]])
def test_intervals_hold_the_true_difference_seeds_included(shape: Shape) -> None:
    found = rates(Pair(shape, apart=4.0), TRIES, seed=5)
    assert 93 - off(0.93) <= found.held <= 97 + off(0.97)


def test_one_recipe_trained_twice_is_seldom_told_apart() -> None:
    once = Pair(BOARD, seeds=1)
    assert rates(once, TRIES, seed=6, known=6).apart <= 5 + off(0.05)
    assert rates(replace(once, seeds=3), TRIES, seed=6).apart <= 5 + off(0.05)


def test_without_seeds_in_it_such_a_pair_would_be_told_apart_far_too_often() -> None:
    """What the rule is for: an interval over questions alone is no answer to another training."""
    pairs = Pairs(Pair(Shape(120, 12), seeds=1), seed=7)
    found = [total([Trained(run) for run in pairs.draw()], pairs.clusters, None) for _ in range(60)]
    assert {one.whole for one in found} == {None}
    assert sum(one.questions.p < 0.05 for one in found) > 12


def test_what_scatters_little_shows_with_three_seeds_each() -> None:
    found = rates(Pair(SHAPES["64x22"], apart=8.0, sd=1.0), 40, seed=8)
    assert found.apart > 85


def measured(seed: int, seeds: tuple[float, ...] = ()) -> Measured:
    dice = np.random.default_rng(seed)
    c = (dice.random(80) < 0.7).astype(np.float64)
    nothing = np.zeros(80, dtype=np.bool_)
    trained = np.repeat(np.array(seeds).reshape(-1, 1), 3, axis=1)
    return Measured(np.stack([c, c, c], axis=1), nothing, nothing, trained)


CLUSTERS = Clusters(tuple(str(i // 4) for i in range(80)), tuple(str(i % 4) for i in range(80)))


def test_what_was_never_trained_differs_by_its_questions_alone() -> None:
    one, two = measured(1), measured(2)
    sides = [Trained(run, varies=False) for run in (one, two)]
    found = contrast(sides, CLUSTERS, PROFILE)["total"]
    plain = compare(one, two, CLUSTERS, PROFILE)["total"]
    assert found is not None
    assert plain is not None
    assert found.whole is not None
    assert found.questions == plain
    assert found.whole.high == pytest.approx(plain.high)


def test_nobody_says_how_far_one_training_scatters_unless_somebody_saw() -> None:
    sides = [Trained(measured(1)), Trained(measured(2), varies=False)]
    assert of_difference(sides, WEIGHTS, None) is None
    assert of_difference(sides, WEIGHTS, Scatter(0.02, 5)) == pytest.approx((0.0004, 5))
    both = [Trained(measured(1)), Trained(measured(2))]
    assert of_difference(both, WEIGHTS, Scatter(0.02, 5)) == pytest.approx((0.0008, 5))


def test_own_seeds_come_before_what_others_showed() -> None:
    several = Trained(measured(1, (0.6, 0.7, 0.8)))
    two = of_difference([several, several], WEIGHTS, Scatter(0.5, 50))
    assert two == pytest.approx((2 * 0.01 / 3, 4))
    once = of_difference([several, Trained(measured(2))], WEIGHTS, Scatter(0.1, 2))
    assert once == pytest.approx((0.01 * (1 + 1 / 3), 4))
    alone = of_difference([several, Trained(measured(2))], WEIGHTS, None)
    assert alone == pytest.approx((0.01 * (1 + 1 / 3), 2))


def test_scatters_weigh_by_their_degrees_of_freedom() -> None:
    found = pooled([Scatter(0.01, 1), Scatter(0.03, 3), Scatter(9.0, 0)])
    assert found is not None
    assert found.sd**2 == pytest.approx((0.0001 + 3 * 0.0009) / 4)
    assert found.df == 4
    assert pooled([]) is None


def test_more_comparisons_need_greater_differences() -> None:
    sides = [Trained(measured(1), varies=False), Trained(measured(2), varies=False)]
    alone, many = (
        contrast(sides, CLUSTERS, PROFILE, comparisons=count)["total"] for count in (1, 6)
    )
    assert alone is not None
    assert many is not None
    assert many.questions.detectable > alone.questions.detectable
    assert many.questions.high == alone.questions.high
