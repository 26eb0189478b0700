"""One score for several seeds."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from harness.core import Profile
from harness.metrics.clusters import Clusters
from harness.metrics.joint import joint_totals
from harness.metrics.measured import Measured
from harness.metrics.repeats import mean_over_seeds
from harness.metrics.score import score
from reports.ranking import summarise
from tests.harness.metrics.simulated import PROFILE as SIMULATED
from tests.harness.metrics.simulated import SHAPES, Board

PROFILE = Profile("p/1", {"AS": 0.4, "ART": 0.3, "AE": 0.3}, 0.5, 8.0)
NAN = math.nan


def measured(rows: Sequence[Sequence[float]], unparsed: Sequence[bool] = ()) -> Measured:
    values = np.array(rows, dtype=np.float64)
    unread = np.array(unparsed or [False] * len(rows), dtype=np.bool_)
    return Measured(values, np.isnan(values[:, 0]), unread)


def clusters(count: int) -> Clusters:
    return Clusters(tuple(map(str, range(count))), ("",) * count)


def test_a_question_is_worth_its_mean_over_the_seeds_that_have_a_value() -> None:
    first = measured([[1, 0.5, 1], [0, NAN, 0], [NAN, NAN, NAN]])
    second = measured([[0, 0.7, 0], [NAN, NAN, NAN], [NAN, NAN, NAN]])
    mean = mean_over_seeds([first, second])
    expected = [[0.5, 0.6, 0.5], [0, NAN, 0], [NAN, NAN, NAN]]
    assert mean.values == pytest.approx(np.array(expected), nan_ok=True)
    assert mean.unscored.tolist() == [False, False, True]


def test_one_seed_scores_as_it_does_alone() -> None:
    run = measured([[1, 0.5, 1], [0, 0.2, 0], [1, 0.9, 0.8]])
    assert score(mean_over_seeds([run]), clusters(3), PROFILE) == score(run, clusters(3), PROFILE)


def test_the_score_is_the_mean_of_the_seeds_and_their_spread_is_in_its_interval() -> None:
    dice = np.random.default_rng(4)
    questions = dice.random((60, 3)) * 0.4
    runs = [measured((questions + shift).tolist()) for shift in (0.0, 0.3, 0.6)]
    found = score(mean_over_seeds(runs), clusters(60), PROFILE)
    for part in ("AS", "ART", "AE"):
        alone = [score(run, clusters(60), PROFILE).parts[part] for run in runs]
        values = [one.value for one in alone if one is not None]
        pool = found.parts[part]
        assert pool is not None
        assert pool.value == pytest.approx(sum(values) / 3)
        # The questions hardly differ; three seeds that differ by 30 points say little of the next.
        assert pool.high - pool.low > 40


def test_seeds_of_one_recipe_are_seldom_told_apart() -> None:
    """Two recipes that are one, three seeds each, seeds that scatter by 4.4 points."""
    dice = np.random.default_rng(7)
    apart, tries = 0, 150
    board = Board(SHAPES["24x22, 366 asked"], seed=8)
    for _ in range(tries):
        entries = [
            mean_over_seeds([board.runs(0.64 + s, 1, own=0.5)[0] for s in scatter])
            for scatter in dice.normal(0, 0.044, (2, 3))
        ]
        apart += summarise(*joint_totals(entries, board.clusters, SIMULATED)).apart
    assert apart <= 0.06 * tries + 3 * math.sqrt(0.06 * 0.94 * tries)
