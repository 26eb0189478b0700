"""How far a mean over questions can be trusted: its variance over table rows and wordings.

Answers about one table row, or in one wording, rise and fall together, so neither may be treated
as independent answers. Where rows and wordings cross, both are draws from more of their kind:

    variance = row + wording - residual

two-way cluster variance (A. C. Cameron, J. B. Gelbach, D. L. Miller, "Robust inference with
multiway clustering", Journal of Business & Economic Statistics 29(2), 2011, 238-249). What is
subtracted is the residual of an additive fit, not the raw variance of the cells: with three
wordings the raw one would take a third of the rows' own variance along. Degrees of freedom are
Satterthwaite's (F. E. Satterthwaite, "An approximate distribution of estimates of variance
components", Biometrics Bulletin 2, 1946, 110-114).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: With fewer wordings than this nothing is known of how far another would differ.
FEWEST_WORDINGS = 3
#: How much of the residual within a source is not charged to the source's few degrees of freedom.
#: All of it: intervals of means are too narrow where wordings differ; nothing: too wide where they
#: do not. See `tests/bench/validity_bench.py`, which is read on other effects than it was set on.
_RESIDUAL_SHARE = 0.1
#: With fewer levels than this their own variance may look small by chance and decide alone.
_FEW_LEVELS = 5
_SWEEPS = 25  # of the additive fit; one is exact where every row is asked in every wording
_CLOSE = 1e-9


@dataclass(frozen=True)
class Clusters:
    """Table row and wording of each question, in order; an empty label is a cluster of its own."""

    rows: tuple[str, ...]
    templates: tuple[str, ...]

    @cached_property
    def _row(self) -> Ints:
        return _levels(self.rows)

    @cached_property
    def _template(self) -> Ints:
        return _levels(self.templates)

    @cached_property
    def fixed(self) -> bool:
        """Whether what is measured holds for these wordings only: one or two say nothing of more.

        Wordings that each belong to one row are no wordings of their own.
        """
        if not any(self.templates):
            return False
        n_templates = _count(self._template)
        cells = _count(_cells(self._row, self._template))
        return n_templates < FEWEST_WORDINGS and n_templates < cells

    def factors(self, asked: Bools) -> list[Ints]:
        """Choose the sources of chance among the questions asked, and number their levels.

        Rows and wordings both, where they cross; where one lies within the other, the coarser
        alone; rows alone where the wordings are too few.

        Args:
            asked: shape (n,), the questions that count.

        Returns:
            One or two arrays of shape (asked,) with level numbers from 0.
        """
        row, template = _renumbered(self._row[asked]), _renumbered(self._template[asked])
        n_rows, n_templates = _count(row), _count(template)
        cells = _count(_cells(row, template))
        if not any(self.templates) or n_templates in (1, cells) or self.fixed:
            return [row] if n_rows > 1 else [np.arange(len(row))]
        return [template] if n_rows in (1, cells) else [row, template]


def _levels(labels: Sequence[str]) -> Ints:
    numbers: dict[str, int] = {}
    own = (f"\0{i}" for i in range(len(labels)))
    keys = (label or fallback for label, fallback in zip(labels, own, strict=True))
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)


def _renumbered(levels: Ints) -> Ints:
    """Number the levels that occur; shape (n,)."""
    numbers: Ints = np.unique(levels, return_inverse=True)[1].reshape(-1)
    return numbers


def _count(levels: Ints) -> int:
    return int(levels.max()) + 1 if levels.size else 0


def _cells(row: Ints, template: Ints) -> Ints:
    """Number the combinations of levels that occur; shape (n,)."""
    return _renumbered(row * (_count(template) or 1) + template)


@dataclass(frozen=True, slots=True)
class Components:
    """The parts of the covariance of k statistics over the same questions.

    Args:
        sources: one or two matrices (k, k), a source of chance each: rows, wordings.
        residual: matrix (k, k), what both sources hold and is counted once; zero for one source.
        dfs: degrees of freedom of the sources.
        residual_df: degrees of freedom of the residual.
    """

    sources: tuple[Floats, ...]
    residual: Floats
    dfs: tuple[float, ...]
    residual_df: float

    @property
    def covariance(self) -> Floats:
        """The covariance of the statistics, shape (k, k); it may miss being one by noise."""
        whole = np.sum(self.sources, axis=0)
        return np.asarray(whole - self.residual)

    def of_each(self) -> tuple[Floats, Floats]:
        """Variance and degrees of freedom of each statistic, shape (k,)."""
        sources = [np.diagonal(source) for source in self.sources]
        return self._combine(sources, np.diagonal(self.residual), _RESIDUAL_SHARE)

    def of_pairs(self) -> tuple[Floats, Floats]:
        """Variance and degrees of freedom of each difference of two, shape (k, k).

        On the careful side, for a board must not put equals in order: no residual is let off, and
        where a source has few levels the degrees of freedom are its own.
        """
        sources = [_differences(source) for source in self.sources]
        variance, df = self._combine(sources, _differences(self.residual), 0.0)
        least = min(self.dfs)
        return variance, np.full_like(df, least) if least + 1 < _FEW_LEVELS else df

    def _combine(
        self, sources: Sequence[Floats], residual: Floats, let_off: float
    ) -> tuple[Floats, Floats]:
        """Never less than a single source: a difference of estimates can fall below either."""
        variance = np.maximum.reduce([sum(sources) - residual, *sources])
        spent = np.square(residual) / self.residual_df
        for source, own in zip(sources, self.dfs, strict=True):
            spent = spent + np.square(np.maximum(source - let_off * residual, 0)) / own
        least = min(self.dfs)
        with np.errstate(divide="ignore", invalid="ignore"):
            df = np.where(spent > 0, np.square(variance) / spent, least)
        return variance, np.maximum(df, least)


def _differences(matrix: Floats) -> Floats:
    """Variances of all differences of two, from a covariance matrix."""
    own = np.diagonal(matrix)
    return np.asarray(np.maximum(own[:, None] + own[None, :] - 2 * matrix, 0))


class Sources:
    """The sources of chance among some questions.

    Args:
        factors: one or two arrays of shape (n,) with level numbers, from `Clusters.factors`.
    """

    def __init__(self, factors: Sequence[Ints]) -> None:
        self._factors = factors
        self._sizes = [np.bincount(factor) for factor in factors]
        self._dfs = tuple(float(max(len(size) - 1, 1)) for size in self._sizes)

    @property
    def most_df(self) -> float:
        """Degrees of freedom of the source with the most levels."""
        return max(self._dfs)

    def components(self, influence: Floats) -> Components:
        """Split the covariance of statistics by where it comes from.

        Args:
            influence: shape (n, k): what each answer adds to each statistic, beyond the mean. For
                a mean of x over n answers that is (x - mean) / n.
        """
        n, k = influence.shape
        parts = tuple(map(partial(_between, influence), self._factors, map(len, self._sizes)))
        df = n - sum(map(len, self._sizes)) + 1
        if len(parts) == 1 or df < 1:
            return Components(parts, np.zeros((k, k)), self._dfs, 1.0)
        left = self._additive_residual(influence)
        return Components(parts, n / df * (left.T @ left), self._dfs, float(df))

    def _additive_residual(self, influence: Floats) -> Floats:
        """What the sum of a row's and a wording's effect does not explain, by alternating fits."""
        left = influence
        for _ in range(_SWEEPS):
            before = left
            for factor, size in zip(self._factors, self._sizes, strict=True):
                left = left - (_sums(left, factor, len(size)) / size[:, None])[factor]
            if np.abs(left - before).max(initial=0) <= _CLOSE * np.abs(influence).max(initial=0):
                break
        return left


def _between(influence: Floats, factor: Ints, levels: int) -> Floats:
    """Covariance between levels of one factor, with the correction for few of them."""
    sums = _sums(influence, factor, levels)
    return np.asarray(levels / max(levels - 1, 1) * (sums.T @ sums))


def _sums(values: Floats, factor: Ints, levels: int) -> Floats:
    """Sum columns by level: (n, k) to (levels, k)."""
    grouped = [np.bincount(factor, weights=column, minlength=levels) for column in values.T]
    return np.stack(grouped, axis=1)
