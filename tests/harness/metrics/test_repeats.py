"""One score for several seeds."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from harness.core import Profile
from harness.metrics.repeats import average_count, mean_over_seeds, pooled
from harness.metrics.score import Clusters, Measured, score

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
    assert pooled([run], clusters(3), PROFILE) == score(run, clusters(3), PROFILE)


def test_the_score_is_the_mean_of_the_seeds() -> None:
    dice = np.random.default_rng(4)
    runs = [measured(dice.random((40, 3)).tolist()) for _ in range(3)]
    found = pooled(runs, clusters(40), PROFILE)
    alone = [score(run, clusters(40), PROFILE) for run in runs]
    for part in ("AS", "ART", "AE"):
        values = [one.parts[part] for one in alone]
        mean = sum(value.value for value in values if value is not None) / 3
        pool = found.parts[part]
        assert pool is not None
        assert pool.value == pytest.approx(mean)
        assert pool.low < mean < pool.high


def test_what_any_seed_could_not_score_is_not_rounded_away() -> None:
    runs = [measured([[1, 1, 1], [NAN, NAN, NAN]]), *[measured([[1, 1, 1], [1, 1, 1]])] * 2]
    unread = [measured([[1, 1, 1], [0, 1, 0]], [False, True]), *[runs[1]] * 2]
    assert pooled(runs, clusters(2), PROFILE).unscored == 1
    assert pooled(unread, clusters(2), PROFILE).unparsed == 1


@pytest.mark.parametrize(
    ("counts", "expected"), [([], 0), ([0, 0], 0), ([1, 0, 0], 1), ([3, 3, 4], 4), ([2, 2], 2)]
)
def test_average_counts(counts: list[int], expected: int) -> None:
    assert average_count(counts) == expected
