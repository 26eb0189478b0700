"""How sure a score is: cluster bootstrap, paired differences, ranks and shares.

Answers about one table row, or in one phrasing, rise and fall together, so neither rows nor
phrasings may be treated as independent answers. Where both repeat, both are resampled: each draws
its levels with replacement, and an answer weighs the product of the two counts (A. B. Owen, "The
pigeonhole bootstrap", Annals of Applied Statistics 1(2), 2007, 386-411; it errs on the wide side).
All columns of one call share their weights, so differences between columns are paired.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RESAMPLES = 10_000
#: With fewer phrasings than this their spread cannot be estimated: rows alone are resampled.
FEWEST_TEMPLATES = 8
_CELLS_A_CHUNK = 1_000_000  # 8 MB: fewer, larger products; small ones lose time to threads
_LOW, _HIGH = 0.025, 0.975


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
        p: two-sided, from the normal approximation with the bootstrap's standard error.
        detectable: the smallest true difference that such data would show in four of five tries.
    """

    value: float
    low: float
    high: float
    p: float
    detectable: float


@dataclass(frozen=True, slots=True)
class Rank:
    """Where an entry can stand: best and worst rank, and how often it comes first."""

    best: int
    worst: int
    p_best: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """Ranks in the order of the entries, and the share of pairs that the data can separate."""

    ranks: tuple[Rank, ...]
    separated: float


def cluster_factors(rows: Sequence[str], templates: Sequence[str]) -> list[Ints]:
    """Choose what is resampled, and number its levels.

    Rows and templates both, where they cross and there are at least `FEWEST_TEMPLATES`. Where one
    lies within the other, only the coarser is a source of independent draws. An empty label is a
    cluster of its own.

    Args:
        rows: table row of each answer.
        templates: phrasing of each answer.

    Returns:
        One or two arrays of shape (n,) with level numbers from 0.
    """
    row, template = _levels(rows), _levels(templates)
    n_rows, n_templates, n_cells = _count(row), _count(template), _count(_cells([row, template]))
    labelled = any(templates) and n_templates >= FEWEST_TEMPLATES
    if not labelled or n_templates == n_cells:
        return [row] if n_rows > 1 else [np.arange(len(rows))]
    return [template] if n_rows == n_cells else [row, template]


def _levels(labels: Sequence[str]) -> Ints:
    numbers: dict[str, int] = {}
    own = (f"\0{i}" for i in range(len(labels)))
    keys = (label or fallback for label, fallback in zip(labels, own, strict=True))
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)


def _count(levels: Ints) -> int:
    return int(levels.max()) + 1 if levels.size else 0


def _cells(factors: Sequence[Ints]) -> Ints:
    """Number the combinations of levels that occur; shape (n,)."""
    if len(factors) == 1:
        return factors[0]
    joint = factors[0] * (_count(factors[1]) or 1) + factors[1]
    numbers: Ints = np.unique(joint, return_inverse=True)[1].reshape(-1)
    return numbers


def resample_means(
    values: Floats, factors: Sequence[Ints], *, resamples: int = RESAMPLES, seed: int = 0
) -> Floats:
    """Resample the column means of a table of answers.

    Args:
        values: shape (n, m), one row an answer, one column a quantity; `nan` is left out of its
            column's mean.
        factors: one or two arrays of shape (n,), from `cluster_factors`.
        resamples: how many.
        seed: the same seed gives the same weights whatever the columns are.

    Returns:
        Shape (resamples, m); `nan` where a resample drew no value of a column.
    """
    if not len(values):
        return np.full((resamples, values.shape[1]), math.nan)
    cells = _cells(factors)
    size = _count(cells)
    present = ~np.isnan(values)
    sums = _group(cells, size, np.where(present, values, 0.0))
    complete = bool(present.all())
    counts = _group(cells, size, present[:, :1] if complete else present)
    table = np.hstack([sums, counts.astype(np.float64)])
    rng = np.random.default_rng(seed)
    if len(factors) == 1:
        totals = _one_way(table, resamples, rng)
    else:
        levels = [_level_of_cell(factor, cells, size) for factor in factors]
        totals = _two_way(table, levels, resamples, rng)
    m = values.shape[1]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(totals[:, :m] / totals[:, m:])


def _group(cells: Ints, size: int, columns: NDArray[np.generic]) -> Floats:
    """Sum columns by cell: (n, k) to (size, k)."""
    grouped = [np.bincount(cells, weights=column, minlength=size) for column in columns.T]
    return np.stack(grouped, axis=1) if grouped else np.zeros((size, 0))


def _level_of_cell(factor: Ints, cells: Ints, size: int) -> Ints:
    level = np.zeros(size, dtype=np.int64)
    level[cells] = factor
    return level


def _one_way(table: Floats, resamples: int, rng: np.random.Generator) -> Floats:
    """Draw clusters; those with the same sums are drawn together as one kind, which is exact."""
    kinds, numbers = np.unique(table, axis=0, return_counts=True)
    if 4 * len(kinds) <= len(table):
        drawn = rng.multinomial(len(table), numbers / len(table), size=resamples)
        return np.asarray(drawn @ kinds)
    out = np.empty((resamples, table.shape[1]))
    for chunk in _chunks(resamples, len(table)):
        out[chunk] = _counts(len(table), chunk.stop - chunk.start, rng) @ table
    return out


def _two_way(
    table: Floats, levels: Sequence[Ints], resamples: int, rng: np.random.Generator
) -> Floats:
    """Draw rows and templates; a cell weighs the product of both counts."""
    out = np.empty((resamples, table.shape[1]))
    sizes = [_count(level) for level in levels]
    for chunk in _chunks(resamples, max(len(table), *sizes)):
        width = chunk.stop - chunk.start
        row, template = (_counts(size, width, rng) for size in sizes)
        weights = np.take(row, levels[0], axis=1)
        weights *= np.take(template, levels[1], axis=1)
        out[chunk] = weights @ table
    return out


def _chunks(resamples: int, width: int) -> list[slice]:
    step = max(1, _CELLS_A_CHUNK // max(1, width))
    return [slice(i, min(i + step, resamples)) for i in range(0, resamples, step)]


def _counts(size: int, draws: int, rng: np.random.Generator) -> Floats:
    """Draw `size` of `size` levels with replacement, `draws` times; counts of shape (draws, size).

    One bincount over shifted indices: ten times faster than a multinomial with many levels.
    """
    index = rng.integers(0, size, size=(draws, size), dtype=np.int64)
    index += np.arange(draws, dtype=np.int64)[:, None] * size
    counted = np.bincount(index.reshape(-1), minlength=draws * size)
    return counted.reshape(draws, size).astype(np.float64)


def interval(value: float, resampled: Floats) -> Interval | None:
    """Return a value with the 2.5% and 97.5% quantiles of its resamples, shape (resamples,).

    `None` where the value or every resample is missing.
    """
    kept = resampled[~np.isnan(resampled)]
    if math.isnan(value) or not kept.size:
        return None
    low, high = np.quantile(kept, [_LOW, _HIGH])
    return Interval(value, float(low), float(high))


def difference(value: float, resampled: Floats) -> Difference | None:
    """Describe a paired difference by its resamples, shape (resamples,).

    `detectable` is (z(0.975) + z(0.8)) standard errors.
    """
    around = interval(value, resampled)
    if around is None:
        return None
    error = float(np.nanstd(resampled))
    normal = NormalDist()
    reach = normal.inv_cdf(_HIGH) + normal.inv_cdf(0.8)
    return Difference(value, around.low, around.high, _p_value(value, error), reach * error)


def _p_value(value: float, error: float) -> float:
    if error > 0:
        return math.erfc(abs(value) / error / math.sqrt(2))
    return 1.0 if value == 0 else 0.0


def rank_intervals(values: Floats, resampled: Floats, *, alpha: float = 0.05) -> Ranking:
    """Rank entries under uncertainty, the highest first.

    An entry's best rank is 1 + the number of entries that are significantly better, its worst the
    number of entries less those that are significantly worse. Pairs are compared on the same
    resamples, and Holm's correction runs over all pairs, so that the whole board errs in at most
    `alpha` of cases.

    Args:
        values: shape (k,), the score of each entry.
        resampled: shape (resamples, k), drawn together.
        alpha: the level for the whole board.
    """
    k = len(values)
    kept = resampled[~np.isnan(resampled).any(axis=1)]
    pairs = [(i, j) for i in range(k) for j in range(i + 1, k)]
    errors = (float(np.std(kept[:, i] - kept[:, j])) for i, j in pairs)
    p_values = [
        _p_value(float(values[i] - values[j]), error)
        for (i, j), error in zip(pairs, errors, strict=True)
    ]
    better, worse = [0] * k, [0] * k
    separated = [p < alpha for p in holm(p_values)]
    for (i, j), apart in zip(pairs, separated, strict=True):
        if apart:
            winner, loser = (i, j) if values[i] > values[j] else (j, i)
            better[loser] += 1
            worse[winner] += 1
    first = _share_first(kept)
    ranks = tuple(Rank(1 + better[i], k - worse[i], float(first[i])) for i in range(k))
    return Ranking(ranks, sum(separated) / len(pairs) if pairs else 1.0)


def _share_first(resampled: Floats) -> Floats:
    """Return how often each entry has the highest value; ties are shared."""
    if not len(resampled):
        return np.full(resampled.shape[1], math.nan)
    top = resampled == resampled.max(axis=1, keepdims=True)
    return np.asarray((top / top.sum(axis=1, keepdims=True)).mean(axis=0))


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


def mcnemar_exact(only_first: int, only_second: int) -> float:
    """Return the exact two-sided McNemar p-value.

    Twice the smaller binomial tail with probability one half, over the questions on which two
    runs disagree.

    Args:
        only_first: questions that only the first run has right.
        only_second: questions that only the second run has right.
    """
    n, k = only_first + only_second, min(only_first, only_second)
    tail, term = 0, 1
    for i in range(k + 1):
        tail += term
        term = term * (n - i) // (i + 1)
    return float(min(1.0, 2 * tail / 2**n))


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p-values for being many, in the order given.

    S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
    Statistics 6 (1979), 65-70.
    """
    m = len(p_values)
    adjusted = [0.0] * m
    highest = 0.0
    for step, i in enumerate(sorted(range(m), key=lambda i: p_values[i])):
        highest = max(highest, min(1.0, (m - step) * p_values[i]))
        adjusted[i] = highest
    return adjusted


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return a percentile with linear interpolation, without missing values; `None` of nothing."""
    kept = np.array([v for v in values if not math.isnan(v)])
    return float(np.quantile(kept, share)) if kept.size else None
