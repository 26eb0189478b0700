from __future__ import annotations

import numpy as np
import pytest

from reports.ranking import Ranking, resample, summarise

ONE = np.array([1.0])


def ranked(values: np.ndarray, clusters: np.ndarray | None = None) -> Ranking:
    """Rank (entries, questions) of one part, each question its own cluster."""
    groups = np.arange(values.shape[1]) if clusters is None else clusters
    return summarise(*resample(values[:, None, :], ONE, groups))


def coins(seed: int, chances: list[float], questions: int = 200) -> np.ndarray:
    draw = np.random.default_rng(seed)
    return 100.0 * (draw.random((len(chances), questions)) < np.array(chances)[:, None])


def test_far_apart_is_one_place_each() -> None:
    found = ranked(coins(1, [0.95, 0.6, 0.2]))
    assert found.ranks == ((1, 1), (2, 2), (3, 3))
    assert found.bands == (1, 2, 3)
    assert found.p_best == (1.0, 0.0, 0.0)
    assert all(found.apart[i][j] for i in range(3) for j in range(3) if i != j)


def test_equals_share_every_place() -> None:
    values = np.repeat(coins(2, [0.7]), 3, axis=0)
    found = ranked(values)
    assert found.ranks == ((1, 3),) * 3
    assert found.bands == (1, 1, 1)
    assert found.p_best == pytest.approx((1 / 3,) * 3)


def test_a_constant_lead_is_a_difference() -> None:
    base = coins(3, [0.5])[0]
    found = ranked(np.stack([base + 1, base]))
    assert found.ranks == ((1, 1), (2, 2))


def test_two_ties_make_two_bands() -> None:
    found = ranked(coins(4, [0.9, 0.89, 0.3, 0.29]))
    assert found.bands == (1, 1, 2, 2)
    assert found.ranks == ((1, 2), (1, 2), (3, 4), (3, 4))


def test_whole_clusters_are_drawn() -> None:
    values = np.repeat(coins(5, [0.62, 0.4], 40), 10, axis=1)
    clusters = np.repeat(np.arange(40), 10)
    alone, together = ranked(values), ranked(values, clusters)
    assert alone.detectable is not None
    assert together.detectable is not None
    assert together.detectable == pytest.approx(alone.detectable * 10**0.5, rel=0.1)


def test_the_weighted_mean_of_part_means() -> None:
    values = np.array([[[0.0, 100.0], [50.0, np.nan]]])
    observed, _ = resample(values, np.array([0.4, 0.6]), np.arange(2))
    assert observed == pytest.approx([0.4 * 50 + 0.6 * 50])


def test_what_was_never_judged_can_be_anywhere() -> None:
    found = ranked(np.stack([*coins(6, [0.9, 0.2]), np.full(200, np.nan)]))
    assert found.ranks == ((1, 2), (2, 3), (1, 3))
    assert found.p_best == (1.0, 0.0, 0.0)


def test_one_entry() -> None:
    found = ranked(coins(7, [0.5]))
    assert (found.ranks, found.p_best, found.detectable) == (((1, 1),), (1.0,), None)


def test_the_same_runs_rank_the_same() -> None:
    values = coins(8, [0.8, 0.75, 0.7])
    assert ranked(values) == ranked(values)


def test_equal_entrants_are_rarely_told_apart() -> None:
    """Under no difference at all, 5% of whole tables may show one; 20 of 120 would be 1 in 10^5."""
    wrong = 0
    for seed in range(120):
        wrong += max(ranked(coins(seed, [0.7] * 5, 80)).bands) > 1
    assert wrong < 20


def test_a_detectable_difference_is_mostly_found() -> None:
    """Two entrants as far apart as `detectable` says are told apart in about 80% of tables."""
    found = ranked(coins(0, [0.8, 0.6], 150)).detectable
    assert found is not None
    gap = found / 100
    told = sum(ranked(coins(s, [0.6 + gap, 0.6], 150)).apart[0][1] for s in range(100))
    assert 60 < told < 95


def test_five_hundred_entries_fit_in_memory_and_time() -> None:
    values = coins(9, list(np.linspace(0.2, 0.9, 500)), 100)
    found = ranked(values)
    assert found.ranks[0][1] == 500
    assert found.ranks[-1][0] == 1
