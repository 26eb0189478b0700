"""Ranks as intervals: which entries the same questions can and cannot put in order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.metrics.clusters import Bools, Floats
from harness.metrics.intervals import LEVEL, detectable, quantile, two_sided
from harness.metrics.joint import Joint
from harness.metrics.paired import holm

_DRAWS = 20_000
_SEED = 0


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entries compared, by their places among the entries.

    Args:
        first, second: places from 0.
        value: the first minus the second, in points.
        p: two-sided, adjusted by Holm for all pairs of the board.
        apart: whether the board tells them apart.
        detectable: the smallest true difference, in points, that such data would tell apart on
            this board in four of five tries.
        low, high: where the difference lies; all pairs of the board do so together in 95% of
            cases. An end lies at 0 where the board tells apart and the interval alone would not.
    """

    first: int
    second: int
    value: float
    p: float
    apart: bool
    detectable: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Rank:
    """Where an entry can stand: best and worst rank, and how often it comes first."""

    best: int
    worst: int
    p_best: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """Ranks in the order of the entries, and every pair of them."""

    ranks: tuple[Rank, ...]
    pairs: tuple[Pair, ...]


def rank_intervals(values: Floats, joint: Joint) -> Ranking:
    """Rank entries under uncertainty, the highest first.

    An entry's best rank is 1 + the number of entries that are significantly better, its worst the
    number of entries less those that are significantly worse. Pairs are compared on the same
    questions, and Holm's correction runs over all pairs, so that the whole board errs in at most
    one of twenty cases. Where all holds for these wordings only, nothing is told apart.

    Args:
        values: shape (k,), the score of each entry, in points.
        joint: how they vary together.
    """
    k = len(values)
    pairs = _pairs(values, joint)
    better, worse = [0] * k, [0] * k
    for pair in pairs:
        if pair.apart:
            up, down = (pair.first, pair.second) if pair.value > 0 else (pair.second, pair.first)
            better[down] += 1
            worse[up] += 1
    first = _share_first(values, joint)
    return Ranking(
        tuple(Rank(1 + better[i], k - worse[i], float(first[i])) for i in range(k)), pairs
    )


def _pairs(values: Floats, joint: Joint) -> tuple[Pair, ...]:
    at = np.triu_indices(len(values), 1)
    shift = np.subtract.outer(values, values)[at]
    error, df = np.sqrt(joint.variance[at]), joint.df[at]
    adjusted = np.array(holm(two_sided(shift / error, df).tolist()))
    apart = (adjusted < 1 - LEVEL) & (not joint.fixed)
    low, high = _together(shift, error, df, apart)
    return tuple(
        Pair(
            int(i), int(j), float(value), float(p), bool(told),
            detectable(float(e), float(free), len(shift)), float(least), float(most),
        )
        for i, j, value, e, free, p, told, least, most in zip(
            *at, shift, error, df, adjusted, apart, low, high, strict=True
        )
    )  # fmt: skip


def _together(shift: Floats, error: Floats, df: Floats, apart: Bools) -> tuple[Floats, Floats]:
    """Bonferroni's intervals of all differences at once.

    Holm's test tells more apart than they do; where it does, the side of 0 that it rules out is
    cut off (K. Strassburger, F. Bretz, "Compatible simultaneous lower confidence bounds for the
    Holm procedure", Statistics in Medicine 27(24), 2008, 4914-4927, for one side).
    """
    reach = quantile(1 - (1 - LEVEL) / 2 / max(len(shift), 1), df) * error
    low, high = shift - reach, shift + reach
    return (
        np.where(apart & (shift > 0), np.maximum(low, 0), low),
        np.where(apart & (shift < 0), np.minimum(high, 0), high),
    )


def _share_first(values: Floats, joint: Joint) -> Floats:
    """How often each entry has the highest value, in draws around the values as they are.

    Draws follow Student's t with the median pair's degrees of freedom. A covariance that is
    estimated as a difference can miss being one; its negative directions are taken as 0.
    """
    k = len(values)
    if k == 1:
        return np.ones(1)
    sizes, directions = np.linalg.eigh(joint.covariance)
    root = directions * np.sqrt(np.maximum(sizes, 0))
    rng = np.random.default_rng(_SEED)
    df = float(np.median(joint.df[np.triu_indices(k, 1)]))
    scale = np.sqrt(df / rng.chisquare(df, _DRAWS))
    drawn = values + (rng.standard_normal((_DRAWS, k)) @ root.T) * scale[:, None]
    top = drawn == drawn.max(axis=1, keepdims=True)
    return np.asarray((top / top.sum(axis=1, keepdims=True)).mean(axis=0))
