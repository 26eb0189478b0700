"""Intervals, ranks and tests of significance against formulas, hand and published values."""

from __future__ import annotations

import math

import numpy as np
import pytest
from harness.metrics.bootstrap import (
    FEWEST_TEMPLATES,
    Floats,
    Interval,
    cluster_factors,
    difference,
    holm,
    interval,
    mcnemar_exact,
    percentile,
    rank_intervals,
    resample_means,
    wilson,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.harness.metrics.forms import UNHURRIED


def labels(levels: Floats | np.ndarray[tuple[int], np.dtype[np.int64]]) -> list[str]:
    return [f"level-{level}" for level in levels]


def clustered(seed: int = 0, clusters: int = 80, size: int = 5) -> tuple[Floats, list[str]]:
    """Answers that rise and fall with their cluster; shape (clusters * size, 1)."""
    rng = np.random.default_rng(seed)
    level = np.repeat(np.arange(clusters), size)
    skill = np.clip(rng.normal(0.6, 0.3, clusters), 0, 1)
    return (rng.random(len(level)) < skill[level]).astype(float)[:, None], labels(level)


def test_one_way_agrees_with_the_cluster_robust_formula() -> None:
    values, rows = clustered()
    resampled = resample_means(values, cluster_factors(rows, [""] * len(rows)))
    sums = values.reshape(80, 5).sum(axis=1) - 5 * values.mean()
    expected = math.sqrt((sums**2).sum()) / len(values)
    assert resampled.shape == (10_000, 1)
    assert resampled.std() == pytest.approx(expected, rel=0.04)
    assert resampled.mean() == pytest.approx(values.mean(), abs=3 * expected / 100)


def test_drawing_kinds_is_the_same_as_drawing_clusters() -> None:
    values, rows = clustered()
    factors = cluster_factors(rows, [""] * len(rows))
    noise = 1e-9 * np.arange(len(values))[:, None]  # makes every cluster its own kind
    kinds, plain = resample_means(values, factors), resample_means(values + noise, factors, seed=1)
    assert kinds.std() == pytest.approx(plain.std(), rel=0.04)
    assert np.quantile(kinds, 0.025) == pytest.approx(np.quantile(plain, 0.025), abs=0.005)


def test_two_ways_agree_with_drawing_indices() -> None:
    rng = np.random.default_rng(3)
    row, template = rng.integers(0, 40, 400), rng.integers(0, 12, 400)
    effect = 0.2 * rng.normal(size=40)[row] + 0.2 * rng.normal(size=12)[template]
    values = (0.5 + effect + 0.1 * rng.normal(size=400))[:, None]
    factors = cluster_factors(labels(row), labels(template))
    assert len(factors) == 2
    naive = []
    for _ in range(4_000):
        weights = np.ones(400)
        for factor in factors:
            size = factor.max() + 1
            weights *= np.bincount(rng.integers(0, size, size), minlength=size)[factor]
        naive.append((weights @ values[:, 0]) / weights.sum())
    fast = resample_means(values, factors)
    assert fast.std() == pytest.approx(np.std(naive), rel=0.06)
    assert np.quantile(fast, [0.025, 0.975]) == pytest.approx(
        np.quantile(naive, [0.025, 0.975]), abs=0.02
    )


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    covered = 0
    for trial in range(200):
        values, rows = clustered(seed=trial, clusters=60)
        resampled = resample_means(values, cluster_factors(rows, rows), resamples=500, seed=trial)
        around = interval(float(values.mean()), resampled[:, 0])
        assert around is not None
        truth = np.clip(np.random.default_rng(99).normal(0.6, 0.3, 200_000), 0, 1).mean()
        covered += around.low <= truth <= around.high
    assert 180 <= covered <= 199


def test_columns_share_their_weights() -> None:
    values, rows = clustered()
    twice = np.hstack([values, values, 1 - values])
    resampled = resample_means(twice, cluster_factors(rows, rows))
    assert (resampled[:, 0] == resampled[:, 1]).all()
    assert resampled[:, 0] + resampled[:, 2] == pytest.approx(1)


def test_the_seed_decides() -> None:
    values, rows = clustered()
    factors = cluster_factors(rows, rows)
    one, same, other = (resample_means(values, factors, resamples=50, seed=s) for s in (1, 1, 2))
    assert (one == same).all()
    assert (one != other).any()


def test_missing_values_are_left_out_of_their_column() -> None:
    values, rows = clustered()
    holes = np.hstack([values, values, np.full_like(values, math.nan)])
    holes[::2, 1] = math.nan
    resampled = resample_means(holes, cluster_factors(rows, rows))
    assert resampled[:, 1].mean() == pytest.approx(values[1::2].mean(), abs=0.005)
    assert np.isnan(resampled[:, 2]).all()
    assert interval(math.nan, resampled[:, 2]) is None


def test_no_answers_give_no_interval() -> None:
    resampled = resample_means(np.empty((0, 2)), cluster_factors([], []), resamples=7)
    assert resampled.shape == (7, 2)
    assert np.isnan(resampled).all()


ROWS = [f"row-{i % 20}" for i in range(200)]
TEMPLATES = [f"template-{i % 9}" for i in range(200)]


def test_both_ways_where_rows_and_templates_cross() -> None:
    assert [f.max() + 1 for f in cluster_factors(ROWS, TEMPLATES)] == [20, 9]


def test_few_templates_are_not_resampled() -> None:
    few = [f"template-{i % (FEWEST_TEMPLATES - 1)}" for i in range(200)]
    assert [f.max() + 1 for f in cluster_factors(ROWS, few)] == [20]
    assert [f.max() + 1 for f in cluster_factors(ROWS, [""] * 200)] == [20]


def test_of_nested_clusters_only_the_coarser_is_resampled() -> None:
    own = [f"row-{i}" for i in range(200)]
    assert [f.max() + 1 for f in cluster_factors(own, TEMPLATES)] == [9]
    assert [f.max() + 1 for f in cluster_factors(ROWS, own)] == [20]
    assert [f.max() + 1 for f in cluster_factors(own, own)] == [200]


def test_without_labels_every_answer_is_its_own_cluster() -> None:
    assert [f.max() + 1 for f in cluster_factors([""] * 200, [""] * 200)] == [200]
    assert [f.max() + 1 for f in cluster_factors(["only"] * 200, [""] * 200)] == [200]


def test_a_difference_says_what_could_have_been_seen() -> None:
    resampled = np.random.default_rng(0).normal(3.0, 1.0, 10_000)
    found = difference(3.0, resampled)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((3 - 1.96, 3 + 1.96), abs=0.1)
    assert found.p == pytest.approx(0.0027, abs=0.0005)
    assert found.detectable == pytest.approx(2.80, abs=0.06)
    assert difference(math.nan, resampled) is None
    same = difference(0.0, np.zeros(10))
    assert same is not None
    assert same.p == 1


def test_ranks_overlap_where_the_data_cannot_tell() -> None:
    rng = np.random.default_rng(0)
    scores = np.array([60.0, 80.0, 79.9, 40.0])
    ranking = rank_intervals(scores, scores + rng.normal(0, 1, (10_000, 4)))
    assert [(r.best, r.worst) for r in ranking.ranks] == [(3, 3), (1, 2), (1, 2), (4, 4)]
    assert [r.p_best for r in ranking.ranks] == pytest.approx([0, 0.53, 0.47, 0], abs=0.03)
    assert ranking.separated == pytest.approx(5 / 6)


def test_equal_entries_share_the_first_place() -> None:
    ranking = rank_intervals(np.array([50.0, 50.0]), np.full((100, 2), 50.0))
    assert [(r.best, r.worst, r.p_best) for r in ranking.ranks] == [(1, 2, 0.5), (1, 2, 0.5)]
    assert rank_intervals(np.array([50.0]), np.full((100, 1), 50.0)).ranks[0].worst == 1


def test_many_equal_entries_are_seldom_told_apart() -> None:
    """Without a correction about one pair in twenty would be."""
    rng = np.random.default_rng(0)
    false_alarms = 0
    for _ in range(40):
        scores = rng.normal(50, 1, 12)
        false_alarms += rank_intervals(scores, scores + rng.normal(0, 1, (500, 12))).separated > 0
    assert false_alarms <= 6


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (0, 10, 0.0, 0.277533),
        (10, 10, 0.722467, 1.0),
        (101, 160, 0.554233, 0.702113),
        (1463, 2520, 0.561181, 0.599685),
    ],
)
def test_wilson_agrees_with_scipy(successes: int, n: int, low: float, high: float) -> None:
    """Values of scipy 1.17.1, `binomtest(...).proportion_ci(method="wilson")`."""
    share = wilson(successes, n)
    assert share is not None
    assert (share.low, share.high) == pytest.approx((low, high), abs=1e-6)


def test_no_trials_give_no_share() -> None:
    assert wilson(0, 0) is None


@pytest.mark.parametrize(
    ("first", "second", "p"),
    [(0, 5, 0.0625), (1, 8, 0.0390625), (10, 25, 0.0166738), (3, 3, 1.0), (0, 0, 1.0)],
)
def test_mcnemar_agrees_with_scipy(first: int, second: int, p: float) -> None:
    """Values of scipy 1.17.1, `binomtest(k, n, 0.5)`."""
    assert mcnemar_exact(first, second) == pytest.approx(p, abs=1e-7)
    assert mcnemar_exact(second, first) == mcnemar_exact(first, second)


def test_mcnemar_of_thousands() -> None:
    assert mcnemar_exact(4_000, 4_100) == pytest.approx(0.2712, abs=1e-3)


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]) == pytest.approx([1.0, 1.0])
    assert holm([]) == []


@UNHURRIED
@given(st.lists(st.floats(0, 1), max_size=20))
def test_holm_keeps_order_and_never_lowers(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    assert all(a >= p for a, p in zip(adjusted, p_values, strict=True))
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    assert [adjusted[i] for i in order] == sorted(adjusted)


def test_percentiles() -> None:
    assert percentile([3.0, 1.0, 2.0, math.nan], 0.5) == 2
    assert percentile([1.0, 2.0], 0.95) == pytest.approx(1.95)
    assert percentile([], 0.5) is None


def test_an_interval_is_made_of_quantiles() -> None:
    assert interval(0.5, np.linspace(0, 1, 1001)) == Interval(0.5, 0.025, 0.975)
