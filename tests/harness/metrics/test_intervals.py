"""Intervals of means, shares and differences, against scipy and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from harness.metrics.intervals import (
    detectable,
    difference,
    mean_interval,
    percentile,
    two_sided,
    wilson,
)
from tests.harness.checker.forms import UNHURRIED


def test_an_interval_is_students_t_on_the_logit() -> None:
    found = mean_interval(0.8, 0.79, 0.0025, 9)
    reach = stats.t.ppf(0.975, 9) * 0.05 / (0.79 * 0.21)
    logit = math.log(0.79 / 0.21)
    ends = [1 / (1 + math.exp(-(logit + sign * reach))) for sign in (-1, 1)]
    assert (found.value, found.low, found.high) == pytest.approx((0.8, *ends))


@UNHURRIED
@given(st.floats(0, 1), st.integers(1, 5000), st.floats(1e-12, 0.25), st.floats(1, 1e4))
def test_an_interval_holds_its_value_and_stays_within_0_and_1(
    value: float, n: int, variance: float, df: float
) -> None:
    found = mean_interval(value, (value * n + 1) / (n + 2), variance, df)
    assert 0 <= found.low <= value <= found.high <= 1


def test_a_difference_says_what_could_have_been_seen() -> None:
    found = difference(3.0, 1.0, 1e6)
    assert (found.low, found.high) == pytest.approx((3 - 1.96, 3 + 1.96), abs=0.01)
    assert found.p == pytest.approx(0.0027, abs=0.0001)
    assert found.detectable == pytest.approx(2.80, abs=0.01)
    few = difference(3.0, 1.0, 2)
    assert few.p == pytest.approx(2 * stats.t.sf(3, 2))
    assert few.low < 0 < few.high


def test_what_would_be_seen_grows_with_the_number_of_pairs() -> None:
    alone, among_ten = detectable(1.0, 30), detectable(1.0, 30, 10)
    assert alone == pytest.approx(stats.t.ppf(0.975, 30) + stats.t.ppf(0.8, 30))
    assert among_ten == pytest.approx(stats.t.ppf(0.9975, 30) + stats.t.ppf(0.8, 30))


def test_what_is_detectable_is_seen_in_four_of_five_tries() -> None:
    dice = np.random.default_rng(3)
    true = detectable(1.0, 20)
    seen = dice.normal(true, 1.0, 20_000) / np.sqrt(dice.chisquare(20, 20_000) / 20)
    assert (two_sided(seen, np.full(20_000, 20.0)) < 0.05).mean() == pytest.approx(0.8, abs=0.02)


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


def test_percentiles() -> None:
    assert percentile([3.0, 1.0, 2.0, math.nan], 0.5) == 2
    assert percentile([1.0, 2.0], 0.95) == pytest.approx(1.95)
    assert percentile([], 0.5) is None
