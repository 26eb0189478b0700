"""How well one order of runs agrees with another, and how sure that is."""

from __future__ import annotations

import math

import numpy as np

from harness.metrics.clusters import Floats
from harness.metrics.intervals import Interval

FEWEST = 4
_NORMAL = 1.959964
_LEAST_PULL = 0.02


def rank_correlation(first: Floats, second: Floats) -> float:
    """Spearman's rank correlation, ties with their mean rank; `nan` where either is all equal."""
    one, other = ranks(first), ranks(second)
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return math.nan
    return float(np.corrcoef(one, other)[0, 1])


def ranks(values: Floats) -> Floats:
    """Ranks from 1, equal values with the mean of theirs; shape (n,)."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[place.reshape(-1)])


def with_interval(correlation: float, count: int) -> Interval:
    """A rank correlation with its 95% interval.

    Fisher's z with the error of D. G. Bonett and T. A. Wright ("Sample size requirements for
    estimating Pearson, Kendall and Spearman correlations", Psychometrika 65, 2000, 23-28). It is
    taken around a correlation of at most what one exchange of neighbours would leave of a perfect
    one, and 0.98, since a perfect order of few runs is no perfect one of many. Fewer than four runs
    say nothing.
    """
    if count < FEWEST or math.isnan(correlation):
        return Interval(correlation, -1.0, 1.0)
    most = 1 - max(12 / (count * (count * count - 1)), _LEAST_PULL)
    centre = math.atanh(min(max(correlation, -most), most))
    reach = _NORMAL * math.sqrt((1 + correlation**2 / 2) / (count - 3))
    low, high = math.tanh(centre - reach), math.tanh(centre + reach)
    return Interval(correlation, min(low, correlation), max(high, correlation))
