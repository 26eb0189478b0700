from __future__ import annotations

import math

import numpy as np
import pytest

from harness.calibrate.calibration import information, seen_of
from harness.calibrate.order import rank_correlation, ranks, with_interval
from harness.calibrate.posterior import log_within
from tests.harness.calibrate import hidden


def test_a_calibrated_order_is_nearer_to_the_official_one_and_its_intervals_hold() -> None:
    """At full size in tests/bench/calibrate_bench.py."""
    found = [hidden.attempt(seed, draws=400) for seed in range(20)]
    gained = np.array([one.after - one.before for one in found])
    assert gained.mean() > 2 * gained.std(ddof=1) / math.sqrt(len(found))
    assert np.mean([one.pasted - one.before for one in found]) > 0
    held = np.mean([one.held for one in found])
    assert held > 0.85
    assert np.mean([one.predicted for one in found]) > 0.9


@pytest.mark.parametrize("distance", [0.0, 0.3, -2.0, 5.0])
def test_the_chance_of_a_rounded_score_is_that_of_its_interval(distance: float) -> None:
    def below(x: float) -> float:
        return 0.5 * math.erfc(-x / math.sqrt(2))

    expected = below((distance + 0.5) / 0.8) - below((distance - 0.5) / 0.8)
    found = log_within(np.array([distance]), np.array([0.5]), np.array([0.8]))
    assert math.isclose(math.exp(found[0]), expected, rel_tol=1e-6)


def test_a_score_far_from_all_that_is_likely_still_has_a_likelihood() -> None:
    found = log_within(np.array([90.0, 91.0]), np.array([0.5, 0.5]), np.array([0.5, 0.5]))
    assert np.isfinite(found).all()
    assert found[0] > found[1]


def test_rows_of_one_run_share_how_far_its_local_number_is_off() -> None:
    seen = seen_of(
        [(0, {"total": 60.0}), (0, {"total": 61.0}), (1, {"total": 50.0})],
        {"total": 0.5},
        np.array([0.0, 0.0, 0.0, 2.0]),
    )
    assert seen.spread.tolist() == [2 * math.sqrt(2), 2 * math.sqrt(2), 2.0]
    assert seen.without(0).score.tolist() == [50.0]


def test_a_score_tells_most_where_formulas_disagree_most() -> None:
    spread = np.ones(400)
    apart, alike = np.linspace(40, 80, 400), np.linspace(59.9, 60.1, 400)
    assert information(apart, spread, 0.5) > 2
    assert 0 <= information(alike, spread, 0.5) < 0.01
    assert information(apart, 20 * spread, 0.5) < information(apart, spread, 0.5)


def test_ranks_share_ties() -> None:
    assert ranks(np.array([10.0, 20.0, 10.0, 5.0])).tolist() == [2.5, 4.0, 2.5, 1.0]
    assert rank_correlation(np.array([1.0, 2.0, 3.0]), np.array([3.0, 2.0, 1.0])) == -1
    assert math.isnan(rank_correlation(np.array([1.0, 1.0]), np.array([1.0, 2.0])))


def test_a_perfect_order_of_few_runs_is_no_perfect_one_of_many() -> None:
    assert with_interval(1.0, 3).low == -1
    few, many = with_interval(1.0, 4), with_interval(1.0, 12)
    assert few.low < many.low < 0.95
    assert many.high == 1
