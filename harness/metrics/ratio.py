"""How many times as long one model takes as another that was timed in turns with it.

A question counts with the log of the ratio of its two medians over the replicates. Of those the
20% trimmed mean is taken, which a few questions that met a hiccup cannot move, with the interval of
R. R. Wilcox ("Introduction to Robust Estimation and Hypothesis Testing", 4th ed. 2017, §4.3.1,
after Tukey and McLaughlin 1963). That takes questions for independent. On a machine with other work
neighbours in time share their luck, so the interval is at least as wide as that of the means of
sixteen stretches of the session (batch means: A. M. Law, "Simulation Modeling and Analysis", 5th
ed. 2015, §9.5.3). It is one of 95%, and a difference is only called beyond 1%, for two copies of
one model in one process differ by as much by where they lie in memory. So fewer than 5% of
comparisons of a model with itself are called different.
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
# Stretches of a session, and turns in each at least.
_STRETCHES = 16
_LEAST_TURNS = 4
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
    reach = max(reach, _reach_of_stretches(calm(rows), calm(reference), of))
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


def _reach_of_stretches(
    rows: Sequence[Mapping[str, Any]], reference: Sequence[Mapping[str, Any]], of: str
) -> float:
    """How far the interval of the means of stretches reaches; 0 where a session is too short.

    A turn of a question, which holds two of its replicates, counts with the difference of the mean
    logs of both models; each stretch with the mean of its turns but the least and the greatest.
    """
    from scipy.special import stdtrit

    own, other = _turns(rows, of), _turns(reference, of)
    apart = [own[turn] - other[turn] for turn in own if turn in other]
    if len(apart) < _STRETCHES * _LEAST_TURNS:
        return 0.0
    means = [np.sort(part)[1:-1].mean() for part in np.array_split(np.array(apart), _STRETCHES)]
    error = float(np.std(means, ddof=1)) / math.sqrt(_STRETCHES)
    return float(stdtrit(_STRETCHES - 1, (1 + LEVEL) / 2)) * error


def _turns(rows: Sequence[Mapping[str, Any]], of: str) -> dict[tuple[int, str], float]:
    """The mean log of each turn of a question, in the order in which they were taken."""
    found: dict[tuple[int, str], list[float]] = {}
    for row in rows:
        if row[of] and row["replicate"] is not None:
            turn = row["replicate"] // 2, str(row["sample_id"])
            found.setdefault(turn, []).append(math.log(row[of]))
    return {turn: math.fsum(logs) / len(logs) for turn, logs in found.items()}


def _call(low: float, high: float) -> Call:
    if low > 1 + LEAST:
        return "slower"
    return "faster" if high < 1 / (1 + LEAST) else "not told apart"
