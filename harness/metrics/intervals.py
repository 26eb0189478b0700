"""Numbers with their 95% intervals: means of answers, shares of trials, differences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from harness.metrics.clusters import Floats
from harness.metrics.measure import Better, Measure

LEVEL = 0.95
_HIGH = (1 + LEVEL) / 2
#: A detectable difference is one that such data show in this share of tries.
POWER = 0.8


@dataclass(frozen=True, slots=True)
class Interval:
    """A number with its 95% interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """A paired difference with its 95% interval.

    Args:
        value: the second minus the first, in the unit of the columns.
        low: lower end.
        high: upper end.
        p: two-sided, by Student's t.
        detectable: the smallest true difference that such data would show in four of five tries.
    """

    value: float
    low: float
    high: float
    p: float
    detectable: float


def mean_interval(value: float, centre: float, variance: float, df: float) -> Interval:
    """The interval of a mean of values between 0 and 1: Student's t on the logit.

    The logit keeps the ends inside of 0 and 1, and the skew of a mean near either (as for shares
    in A. Agresti, "Categorical Data Analysis", 3rd ed. 2013, §1.4).

    Args:
        value: the mean as it is; always within the interval.
        centre: the mean with one right and one wrong answer more, so never 0 or 1.
        variance: of `centre`.
        df: degrees of freedom of `variance`.
    """
    reach = _quantile(_HIGH, df) * math.sqrt(variance) / (centre * (1 - centre))
    middle = math.log(centre / (1 - centre))
    low, high = _logistic(middle - reach), _logistic(middle + reach)
    return Interval(value, min(low, value), max(high, value))


def difference(value: float, variance: float, df: float) -> Difference:
    """Describe a paired difference by Student's t.

    Args:
        value: second minus first.
        variance: of the difference, more than 0.
        df: its degrees of freedom.
    """
    error = math.sqrt(variance)
    reach = _quantile(_HIGH, df) * error
    p = float(two_sided(np.array([value / error]), np.array([df]))[0])
    return Difference(value, value - reach, value + reach, p, detectable(error, df))


def detectable(error: float, df: float, comparisons: int = 1) -> float:
    """The smallest true difference that is shown in four of five tries.

    Args:
        error: standard error of the difference.
        df: degrees of freedom.
        comparisons: how many pairs are compared at once; the strictest step of Holm's correction.
    """
    strictest = 1 - (1 - LEVEL) / 2 / comparisons
    return (_quantile(strictest, df) + _quantile(POWER, df)) * error


def two_sided(t: Floats, df: Floats) -> Floats:
    """Two-sided p-values of Student's t, elementwise."""
    from scipy.special import stdtr  # a rerun that only looks into the store needs none of it

    return np.asarray(2 * stdtr(df, -np.abs(t)))


def quantile(share: float, df: Floats) -> Floats:
    """Quantiles of Student's t, one a degree of freedom."""
    from scipy.special import stdtrit

    return np.asarray(stdtrit(df, share))


def _quantile(share: float, df: float) -> float:
    return float(quantile(share, np.array(df)))


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


def wilson(successes: float, n: int) -> Interval | None:
    """Return a share with its 95% Wilson score interval; `None` without trials.

    E. B. Wilson, "Probable inference", JASA 22 (1927), 209-212.
    """
    if n == 0:
        return None
    z = NormalDist().inv_cdf(_HIGH)
    share = successes / n
    shrink = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / shrink
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / shrink
    return Interval(share, max(0.0, centre - half), min(1.0, centre + half))


def proportion(name: str, right: int, n: int, *, better: Better = "higher") -> Measure:
    """A share as a measure in percent, with its Wilson interval; no value without trials."""
    found = wilson(right, n)
    if found is None:
        return Measure(name, None, 0, better)
    value, low, high = (100 * part for part in (found.value, found.low, found.high))
    return Measure(name, value, n, better, low, high)


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return a percentile with linear interpolation, without missing values; `None` of nothing."""
    kept = np.array([v for v in values if not math.isnan(v)])
    return float(np.quantile(kept, share)) if kept.size else None
