"""How many times as long one model takes as another that was timed in turns with it.

A question counts with the log of the ratio of its two medians over the replicates. Of those the
20% trimmed mean is taken, which a few questions that met a hiccup cannot move, with the interval of
R. R. Wilcox ("Introduction to Robust Estimation and Hypothesis Testing", 4th ed. 2017, §4.3.1,
after Tukey and McLaughlin 1963). The interval is one of 95%, and a difference is only called beyond
1%, for two copies of one model in one process differ by as much by where they lie in memory. So
far fewer than 5% of comparisons of a model with itself are called different.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from harness.metrics.latency import calm, medians

LEVEL = 0.95
# Ratios nearer to 1 are no difference worth the name.
LEAST = 0.01
_TRIM = 0.2
# Fewer questions have no interval of a trimmed mean.
_LEAST_QUESTIONS = 5

Call = Literal["slower", "faster", "not told apart"]


@dataclass(frozen=True, slots=True)
class Ratio:
    """Times of one model over those of another: the ratio with its 95% interval.

    `call` is what can be said: `slower` or `faster` where the whole interval is beyond 1%.
    """

    value: float
    low: float
    high: float
    call: Call
    questions: int


def ratio(
    rows: Sequence[Mapping[str, Any]], reference: Sequence[Mapping[str, Any]], of: str = "e2e_s"
) -> Ratio | None:
    """Compare the times of two models over the questions that both answered.

    Args:
        rows: of the one.
        reference: of the other.
        of: the time that is compared: `e2e_s` or `ttft_s`.

    Returns:
        `None` with fewer than five questions.
    """
    own, other = medians(calm(rows), of), medians(calm(reference), of)
    logs = sorted(
        math.log(own[name] / other[name])
        for name in own.keys() & other.keys()
        if own[name] > 0 and other[name] > 0
    )
    if len(logs) < _LEAST_QUESTIONS:
        return None
    value, reach = _trimmed(np.array(logs))
    low, high = math.exp(value - reach), math.exp(value + reach)
    return Ratio(math.exp(value), low, high, _call(low, high), len(logs))


def _trimmed(values: np.ndarray[Any, np.dtype[np.float64]]) -> tuple[float, float]:
    """The 20% trimmed mean of sorted values, and how far its interval reaches to either side."""
    from scipy.special import stdtrit

    n = len(values)
    cut = int(_TRIM * n)
    kept = values[cut : n - cut]
    winsorized = np.clip(values, kept[0], kept[-1])
    error = float(winsorized.std(ddof=1)) / ((1 - 2 * _TRIM) * math.sqrt(n))
    return float(kept.mean()), float(stdtrit(len(kept) - 1, (1 + LEVEL) / 2)) * error


def _call(low: float, high: float) -> Call:
    if low > 1 + LEAST:
        return "slower"
    return "faster" if high < 1 / (1 + LEAST) else "not told apart"
