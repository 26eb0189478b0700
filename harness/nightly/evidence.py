"""What last night's numbers say against the blessed nights: how much worse, and how sure that is.

A gate is a part of one entry's score: AS and AE in points, or `time`, the log of the time of each
question (over a reference model's in the same session, where there is one). A loss is positive
where last night is worse. Two questions are asked of it, and both must say yes before it is red:

  noise   is it more than quiet nights differ by? The deviation of a night's mean is estimated from
          the nights themselves, moderated towards what the answers of each question vary by from
          night to night (G. K. Smyth, "Linear models and empirical Bayes methods", Statistical
          Applications in Genetics and Molecular Biology 3, 2004): with four nights their own three
          degrees of freedom would see nothing.
  paired  is it more than as many questions won and lost by luck? The paired comparison of
          `harness.metrics.joint` over rows and wordings.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from harness.core import Profile
from harness.metrics.clusters import Clusters, Floats
from harness.metrics.joint import compare
from harness.metrics.measured import PARTS, Measured

Gate = Literal["AS", "AE", "time"]
GATES: tuple[Gate, ...] = ("AS", "AE", "time")
# Pretended nights of the moderated variance, and what a mean varies by where nothing is seen to.
_PRIOR_DF = 4.0
_LEAST_LOG = 0.01  # two copies of one model differ by 1% in time
_FULL = Profile("one part", {"AS": 1.0}, t_full=1.0, t_zero=2.0)


@dataclass(frozen=True, slots=True)
class Noise:
    """How far the mean of one quiet night lies from its level.

    Args:
        sd: standard deviation, in the gate's unit.
        df: degrees of freedom of it.
        within: the part of it that comes from single questions, each by itself.
    """

    sd: float
    df: float
    within: float

    @property
    def between(self) -> float:
        """Standard deviation of what moves a night as a whole."""
        return math.sqrt(max(self.sd**2 - self.within**2, 0.0))


@dataclass(frozen=True, slots=True)
class Loss:
    """How much worse some nights are than the blessed ones.

    Args:
        value: in points, or as the log of a ratio of times.
        error: standard error by the noise of nights.
        p: one-sided, by that noise.
    """

    value: float
    error: float
    p: float


def noise(gate: Gate, blessed: Floats, means: Sequence[float], nights: Floats) -> Noise:
    """Estimate the noise of nights.

    Args:
        gate: whose values they are.
        blessed: shape (nights, n), values of the blessed nights by question; `nan` where missing.
        means: the means of other nights since that were not red.
        nights: shape (m, n), of the nights that are judged. Where one night alone is blessed they
            stand in for what questions vary by, a loss included: that is on the careful side.
    """
    known = (~np.isnan(blessed)).all(axis=0) & (~np.isnan(nights)).all(axis=0)
    whole = blessed[:, known]
    n = max(whole.shape[1], 1)
    floor = _LEAST_LOG if gate == "time" else 100 / (n + 2)
    varied = whole if len(whole) > 1 else np.concatenate([whole, nights[:, known]])
    by_question = float(varied.var(axis=0, ddof=1).sum()) / n**2
    prior = by_question + floor**2
    levels = np.array([*whole.mean(axis=1), *means])
    spread = float(np.square(levels - levels.mean()).sum())
    df = _PRIOR_DF + len(levels) - 1
    return Noise(math.sqrt((_PRIOR_DF * prior + spread) / df), df, math.sqrt(by_question))


def loss(gate: Gate, blessed: Floats, nights: Floats, found: Noise) -> Loss:
    """How much worse some nights are, over the questions that all have.

    Args:
        gate: whose values they are.
        blessed: shape (k, n).
        nights: shape (m, n), the nights that are judged together.
        found: the noise of nights.
    """
    from scipy.special import stdtr  # a run that judges nothing needs none of it

    value = float(np.mean(worse(gate, blessed, nights)))
    error = found.sd * math.sqrt(1 / len(nights) + 1 / len(blessed))
    return Loss(value, error, float(stdtr(found.df, -value / error)))


def worse(gate: Gate, blessed: Floats, nights: Floats) -> Floats:
    """By how much each question is worse, where all nights have a value; shape (asked,)."""
    known = (~np.isnan(blessed)).all(axis=0) & (~np.isnan(nights)).all(axis=0)
    apart = blessed[:, known].mean(axis=0) - nights[:, known].mean(axis=0)
    return np.asarray(-apart if gate == "time" else apart)


def paired(gate: Gate, blessed: Floats, nights: Floats, clusters: Clusters) -> Loss:
    """The same loss held against the luck of questions: standard error and p over clusters."""
    if gate == "time":
        return _paired_times(worse(gate, blessed, nights))
    first, second = (_measured(each.mean(axis=0)) for each in (blessed, nights))
    found = compare(first, second, clusters, _FULL)[PARTS[0]]
    if found is None:
        raise ValueError("no question has a value on all nights")
    half = (found.high - found.low) / 2 / 1.96
    p = found.p / 2 if found.value < 0 else 1 - found.p / 2
    return Loss(-found.value, half, p)


def _paired_times(logs: Floats) -> Loss:
    """One-sample t over questions."""
    from scipy.special import stdtr

    error = float(logs.std(ddof=1)) / math.sqrt(len(logs)) if len(logs) > 1 else math.inf
    error = max(error, 1e-9)
    value = float(logs.mean())
    return Loss(value, error, float(stdtr(max(len(logs) - 1, 1), -value / error)))


def _measured(points: Floats) -> Measured:
    """Values of one part, in points, as the comparison takes them."""
    values = np.full((len(points), len(PARTS)), math.nan)
    values[:, 0] = points / 100
    nothing = np.zeros(len(points), dtype=np.bool_)
    return Measured(values, nothing, nothing)
