"""Ranks from scores and how they vary together."""

from __future__ import annotations

import numpy as np
import pytest

from harness.metrics.clusters import Floats
from harness.metrics.joint import Joint
from harness.metrics.ranks import rank_intervals


def independent(count: int, error: float = 1.0, *, df: float = 1e4, fixed: bool = False) -> Joint:
    """Totals that vary independently with one standard error, in points."""
    variance = np.full((count, count), 2 * error**2)
    return Joint(error**2 * np.eye(count), variance, np.full((count, count), df), fixed)


def scores(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def test_ranks_overlap_where_the_data_cannot_tell() -> None:
    ranking = rank_intervals(scores(60.0, 80.0, 79.9, 40.0), independent(4))
    assert [(r.best, r.worst) for r in ranking.ranks] == [(3, 3), (1, 2), (1, 2), (4, 4)]
    assert [r.p_best for r in ranking.ranks] == pytest.approx([0, 0.53, 0.47, 0], abs=0.03)
    assert sum(pair.apart for pair in ranking.pairs) == 5


def test_equal_entries_share_the_first_place() -> None:
    ranking = rank_intervals(scores(50.0, 50.0), independent(2))
    assert [(r.best, r.worst) for r in ranking.ranks] == [(1, 2), (1, 2)]
    assert [r.p_best for r in ranking.ranks] == pytest.approx([0.5, 0.5], abs=0.02)
    alone = rank_intervals(scores(50.0), independent(1))
    assert (alone.ranks[0].worst, alone.ranks[0].p_best, alone.pairs) == (1, 1.0, ())


def test_many_equal_entries_are_seldom_told_apart() -> None:
    """Without a correction about one pair in twenty would be."""
    dice = np.random.default_rng(0)
    boards = [rank_intervals(dice.normal(50, 1, 12), independent(12)) for _ in range(200)]
    assert sum(any(pair.apart for pair in board.pairs) for board in boards) <= 16


def test_few_degrees_of_freedom_tell_less_apart() -> None:
    sure, unsure = (
        rank_intervals(scores(60.0, 55.0), independent(2, df=df)).pairs[0] for df in (1e4, 2)
    )
    assert sure.apart
    assert not unsure.apart
    assert unsure.detectable > sure.detectable


def test_where_the_wordings_are_too_few_nothing_is_told_apart() -> None:
    ranking = rank_intervals(scores(90.0, 10.0), independent(2, fixed=True))
    assert not ranking.pairs[0].apart
    assert [(r.best, r.worst) for r in ranking.ranks] == [(1, 2), (1, 2)]


def test_the_intervals_of_all_pairs_hold_together() -> None:
    """In 95 of 100 boards, up to chance, of equals and of others: of 150 at least 136."""
    dice, joint, whole = np.random.default_rng(3), independent(5), 0
    for board in range(150):
        true = dice.normal(50, 3 * (board % 3), 5)
        pairs = rank_intervals(true + dice.normal(0, 1, 5), joint).pairs
        whole += all(
            pair.low <= true[pair.first] - true[pair.second] <= pair.high for pair in pairs
        )
    assert whole >= 136


@pytest.mark.parametrize("df", [3.0, 1e4])
def test_a_pair_is_told_apart_where_its_interval_does_not_cross_zero(df: float) -> None:
    dice = np.random.default_rng(4)
    found = [
        pair
        for _ in range(30)
        for pair in rank_intervals(dice.normal(50, 3, 7), independent(7, df=df)).pairs
    ]
    assert all(pair.low <= pair.value <= pair.high for pair in found)
    assert all(pair.apart == (not pair.low < 0 < pair.high) for pair in found)
    assert 0 < sum(pair.apart for pair in found) < len(found)
