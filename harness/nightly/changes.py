"""Where a series of nights changed its level: change points, by rank and permutation.

Hierarchical, as E-divisive (D. S. Matteson, N. A. James, "A nonparametric approach for multiple
change point analysis of multivariate data", JASA 109, 2014, 334-345): the best place of a stretch
is tried, kept where fewer than 1% of permutations of the stretch have a better one, and both sides
are looked at in turn. The statistic is the largest rank sum of A. N. Pettitt ("A non-parametric
approach to the change-point problem", Applied Statistics 28, 1979, 126-135), linear in the nights,
where that of E-divisive is quadratic; one night far off moves neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from harness.metrics.clusters import Floats
from harness.metrics.intervals import percentile

_LEAST = 5  # nights on either side
_PERMUTATIONS = 199
_LEVEL = 0.01
_SEED = 0
_MOST = 20


def change_points(values: Sequence[float]) -> list[int]:
    """The places at which a series has another level than before, in order.

    Args:
        values: of nights, in order.
    """
    dice = np.random.default_rng(_SEED)
    series: Floats = np.array(values, dtype=np.float64)
    found: list[int] = []
    stretches = [(0, len(values))]
    while stretches and len(found) < _MOST:
        first, last = stretches.pop()
        at = _change(series[first:last], dice)
        if at is not None:
            found.append(first + at)
            stretches += [(first, first + at), (first + at, last)]
    return sorted(found)


def _change(values: Floats, dice: np.random.Generator) -> int | None:
    """The best place of a stretch, where it is no chance."""
    if len(values) < 2 * _LEAST or np.ptp(values) == 0:
        return None
    ranks = _centred_ranks(values)
    own = _sums(ranks[None, :])[0]
    at = int(own.argmax())
    shuffled: Floats = dice.permuted(np.tile(ranks, (_PERMUTATIONS, 1)), axis=1)
    beaten = int((_sums(shuffled).max(axis=1) >= own[at]).sum())
    return at + _LEAST if (beaten + 1) / (_PERMUTATIONS + 1) <= _LEVEL else None


def _centred_ranks(values: Floats) -> Floats:
    """Ranks about their mean; equal values share one, or their order in time would be a trend."""
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks: Floats = (ends - (counts - 1) / 2.0)[which]
    return np.asarray(ranks - ranks.mean())


def _sums(ranks: Floats) -> Floats:
    """How far the sum of centred ranks before each place is from none, by its deviation there.

    Shape (series, places), the first place being behind the fifth night.
    """
    n = ranks.shape[1]
    before = np.arange(1, n + 1)
    squares = np.square(ranks[0]).sum()  # n (n² - 1) / 12 where no two values are equal
    spread = np.sqrt(before * (n - before) * squares / (n * (n - 1.0)) + 1e-9)
    found = np.abs(np.cumsum(ranks, axis=1)) / spread
    return np.asarray(found[:, _LEAST - 1 : n - _LEAST])


def levels(values: Sequence[float], points: Sequence[int]) -> list[float]:
    """The median of each stretch between change points."""
    ends = [0, *points, len(values)]
    stretches = [list(values[first:last]) for first, last in pairwise(ends)]
    return [percentile(stretch, 0.5) or 0.0 for stretch in stretches]
