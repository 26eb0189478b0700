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

    def value(self, weights: Floats) -> float:
        """The weighted mean of the parts."""
        return float(self.means[weights > 0] @ weights[weights > 0])

    def step(self, weights: Floats) -> float:
        """How far one answer from 0 to 1 would move the weighted mean."""
        return float((weights[weights > 0] / (self._n[weights > 0] + 2)).sum())

    def seeds(self, weights: Floats) -> float:
        """Variance of the weighted mean that comes from training again; 0 where that is unknown."""
        if len(self.measured.seeds) < 2:
            return 0.0
        each = self.measured.seeds[:, weights > 0] @ weights[weights > 0]
        return float(np.var(each, ddof=1) / len(each))

    @property
    def seeds_df(self) -> float:
        """Degrees of freedom of what `seeds` says."""
        return float(max(len(self.measured.seeds) - 1, 1))


def add_variances(
    variance: Floats, df: Floats, *more: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """Add independent variances, each with its degrees of freedom, by Satterthwaite's rule."""
    whole, spent = variance, np.square(variance) / df
    for extra, own in more:
        whole = whole + extra
        spent = spent + np.square(extra) / own
    with np.errstate(divide="ignore", invalid="ignore"):
        return whole, np.where(spent > 0, np.square(whole) / spent, df)


def weights_of(runs: Sequence[Influence], profile: Profile) -> dict[str, float]:
    """The weights of the parts that every run has, adding up to 1; nothing where there are none."""
    lacking = np.isnan(np.stack([run.means for run in runs])).any(axis=0)
    given = {part: profile.weights.get(part, 0.0) for i, part in enumerate(PARTS) if not lacking[i]}
    whole = sum(given.values())
    return {name: weight / whole for name, weight in given.items() if weight > 0}


def vector(over: Mapping[str, float]) -> Floats:
    """Weights of the parts as an array, 0 where there is none; shape (3,)."""
    return np.array([over.get(part, 0.0) for part in PARTS], dtype=np.float64)


def unit(part: int) -> Floats:
    """All weight on one part; shape (3,)."""
    return np.asarray(np.eye(len(PARTS))[part])
