"""What each answer adds to a run's means beyond the mean: what their variances are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from harness.core import Profile
from harness.metrics.clusters import Bools, Floats
from harness.metrics.measured import PARTS, Measured


class Influence:
    """A run's means, and what each answer adds to them beyond the mean.

    Each mean is steadied by one answer that is right and one that is wrong, as many as keep it off
    0 and 1 (A. Agresti, B. A. Coull, "Approximate is better than exact for interval estimation of
    binomial proportions", American Statistician 52, 1998, 119-126, add two of each): where every
    answer is right, the variance of what was seen is 0, and that of what was not is not.
    """

    def __init__(self, measured: Measured) -> None:
        self.measured = measured
        self._there = ~np.isnan(measured.values)
        self._n = self._there.sum(axis=0)
        filled = np.where(self._there, measured.values, 0.0)
        with np.errstate(invalid="ignore"):
            self.means = filled.sum(axis=0) / self._n
        self._centres = (filled.sum(axis=0) + 1) / (self._n + 2)
        beyond = np.where(self._there, measured.values - self.means, 0.0)
        self._influence = beyond / (self._n + 2)

    def asked(self, weights: Floats) -> Bools:
        """Which questions have a value in any part that has weight; shape (n,)."""
        return np.asarray(self._there[:, weights > 0].any(axis=1))

    def of(self, weights: Floats) -> Floats:
        """What each answer adds to the weighted mean of the parts; shape (n,)."""
        return np.asarray(self._influence[:, weights > 0] @ weights[weights > 0])

    def centre(self, weights: Floats) -> float:
        """The weighted mean of the steadied parts, within 0 and 1."""
        return float(self._centres[weights > 0] @ weights[weights > 0])

    def step(self, weights: Floats) -> float:
        """How far one answer from 0 to 1 would move the weighted mean."""
        return float((weights[weights > 0] / (self._n[weights > 0] + 2)).sum())

    def seeds(self, weights: Floats) -> float:
        """Variance of the weighted mean that comes from training again; 0 where that is unknown."""
        k = len(self.measured.seeds)
        if k < 2:
            return 0.0
        each = self.measured.seeds[:, weights > 0] @ weights[weights > 0]
        return float(np.var(each, ddof=1) / k)


def add_variances(
    variance: Floats, df: Floats, extra: Sequence[tuple[Floats, Floats | float]]
) -> tuple[Floats, Floats]:
    """Add independent variances, each with its degrees of freedom, by Satterthwaite's rule."""
    whole, spent = variance, np.square(variance) / df
    for more, free in extra:
        whole = whole + more
        spent = spent + np.square(more) / free
    with np.errstate(divide="ignore", invalid="ignore"):
        return whole, np.where(spent > 0, np.square(whole) / spent, df)


def weights_of(runs: Sequence[Influence], profile: Profile) -> dict[str, float]:
    """The weights of the parts that every run has, adding up to 1; nothing where there are none."""
    there = ~np.isnan([run.means for run in runs]).any(axis=0)
    given = {
        name: profile.weights.get(name, 0.0) for name, has in zip(PARTS, there, strict=True) if has
    }
    whole = sum(given.values())
    return {name: weight / whole for name, weight in given.items() if weight > 0}


def vector(over: Mapping[str, float]) -> Floats:
    """Weights of the parts as an array, 0 where there is none; shape (3,)."""
    return np.array([over.get(part, 0.0) for part in PARTS], dtype=np.float64)


def unit(part: int) -> Floats:
    """All weight on one part; shape (3,)."""
    return np.eye(len(PARTS))[part]
