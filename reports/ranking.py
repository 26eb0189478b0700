"""Ranks as intervals: what the questions at hand can and cannot put in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from reports.summary import PARTS

if TYPE_CHECKING:
    from harness.core import Sample
    from reports.comparable import Basis
    from reports.runs import Answer, Run

Floats = npt.NDArray[np.float64]

_RESAMPLES = 4000
_CHUNK = 500  # resamples held at a time: clusters may be many
_SEED = 20250701
_LEVEL = 0.95
_STILL = 1e-9  # points; less is rounding
_POWER = 1.96 + 0.84  # sigmas at which a difference shows in 80% of tests at 5%


@dataclass(frozen=True, slots=True)
class Ranking:
    """The order of entries under uncertainty; every list is in the order of the entries.

    `ranks` are (best, worst) places; `bands` number the groups that no pair can be told apart
    across; `p_best` is the share of resamples in which an entry comes first; `apart[i][j]` says
    whether i and j differ, all pairs considered together; `detectable` is the difference in
    points that 80% of such tests on one pair would show, `None` for a single entry.
    """

    ranks: tuple[tuple[int, int], ...]
    bands: tuple[int, ...]
    p_best: tuple[float, ...]
    apart: tuple[tuple[bool, ...], ...]
    detectable: float | None


def rank(runs: Sequence[Run], basis: Basis, samples: Mapping[str, Sample]) -> Ranking:
    """Rank runs over the same questions, resampled jointly by table row.

    Args:
        runs: in the order of the board, the best first.
        basis: what ranks them.
        samples: the questions, whose rows are the clusters; a question that is not there is a
            cluster of its own.
    """
    weights = runs[0].summary.total_weights if basis == "total" else {"AS": 1.0}
    ids = sorted(runs[0].answers)
    rows = [samples[name].row if name in samples else name for name in ids]
    _, clusters = np.unique(np.array(rows), return_inverse=True)
    values = np.stack([_values(run, ids, weights) for run in runs])
    return summarise(*resample(values, np.array(list(weights.values())), clusters))


def _values(run: Run, ids: Sequence[str], weights: Mapping[str, float]) -> Floats:
    """Shape (parts, questions), 0 to 100, nan where nothing could be judged."""
    rows = [[_judged(run.answers[name], part) for name in ids] for part in PARTS if part in weights]
    return 100 * np.array(rows, dtype=np.float64)


def _judged(answer: Answer, part: str) -> float | None:
    return {"AS": answer.correct, "ART": answer.response, "AE": answer.efficiency}[part]


def resample(
    values: Floats, weights: Floats, clusters: npt.NDArray[np.intp]
) -> tuple[Floats, Floats]:
    """Bootstrap the weighted mean of parts over whole clusters.

    Args:
        values: (entries, parts, questions), nan where unscored.
        weights: (parts,), applied to the mean of each part.
        clusters: (questions,) cluster numbers from 0.

    Returns:
        The observed scores (entries,) and the resampled ones (resamples, entries).
    """
    sums, counts = _per_cluster(values, clusters)
    size = sums.shape[-1]
    dice = np.random.default_rng(_SEED)
    drawn = [
        _means(dice.multinomial(size, [1 / size] * size, _CHUNK).astype(np.float64), sums, counts)
        for _ in range(_RESAMPLES // _CHUNK)
    ]
    observed = _means(np.ones((1, size)), sums, counts)
    return observed[0] @ weights, np.concatenate(drawn) @ weights


def _per_cluster(values: Floats, clusters: npt.NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Sum and number of the known values, each (entries, parts, clusters)."""
    order = np.argsort(clusters, kind="stable")
    starts = np.flatnonzero(np.diff(clusters[order], prepend=-1))
    known = ~np.isnan(values[..., order])
    sums = np.add.reduceat(np.where(known, values[..., order], 0), starts, axis=-1)
    return sums, np.add.reduceat(known.astype(np.float64), starts, axis=-1)


def _means(times: Floats, sums: Floats, counts: Floats) -> Floats:
    """Mean of each part where cluster c counts `times[b, c]` times: (resamples, entries, parts)."""
    shape = (len(times), *sums.shape[:2])
    total, number = (
        (times @ table.reshape(-1, table.shape[-1]).T).reshape(shape) for table in (sums, counts)
    )
    with np.errstate(invalid="ignore"):  # a part with nothing judged is nan, and stays it
        return np.divide(total, number)


def summarise(observed: Floats, drawn: Floats) -> Ranking:
    """Turn resampled scores into ranks, bands and chances.

    Args:
        observed: (entries,) scores; nan has no place.
        drawn: (resamples, entries).
    """
    spread = _spread(drawn)
    apart = _apart(observed, drawn, spread)
    better = apart & (observed[:, None] > observed[None, :])
    best, worst = 1 + better.sum(axis=0), len(observed) - better.sum(axis=1)
    pairs = spread[np.triu_indices(len(observed), 1)]
    known = pairs[np.isfinite(pairs)]
    return Ranking(
        ranks=tuple(zip(best.tolist(), worst.tolist(), strict=True)),
        bands=_bands(apart),
        p_best=_chances(drawn),
        apart=tuple(tuple(row) for row in apart.tolist()),
        detectable=float(_POWER * np.median(known)) if len(known) else None,
    )


def _spread(drawn: Floats) -> Floats:
    """Standard deviation of the difference of each pair, (entries, entries)."""
    together = np.atleast_2d(np.cov(drawn, rowvar=False))
    alone = np.diag(together)
    spread: Floats = np.sqrt(np.maximum(0, alone[:, None] + alone[None, :] - 2 * together))
    return spread


def _apart(observed: Floats, drawn: Floats, spread: Floats) -> npt.NDArray[np.bool_]:
    """Which pairs differ, at 95% for the whole table.

    A pair differs where its studentised difference exceeds what the largest of all pairs reaches
    by chance (the single-step maximum test). One row of pairs at a time keeps the memory small.
    """
    moving = spread > _STILL  # entries that never move against each other differ exactly or not
    off = drawn - observed
    largest = np.zeros(len(drawn))
    for at in range(len(observed)):
        pairs = moving[at] & (np.arange(len(observed)) > at)
        if pairs.any():
            ratio = np.abs(off[:, [at]] - off[:, pairs]) / spread[at, pairs]
            largest = np.maximum(largest, ratio.max(axis=1))
    gap = np.abs(observed[:, None] - observed[None, :])
    bound = np.where(moving, np.quantile(largest, _LEVEL) * spread, _STILL)
    return gap > bound  # a gap of nan is never greater


def _bands(apart: npt.NDArray[np.bool_]) -> tuple[int, ...]:
    """Number the groups from 1: a new one starts where all above differ from all below."""
    band, bands = 1, [1]
    for place in range(1, len(apart)):
        band += bool(apart[:place, place:].all())
        bands.append(band)
    return tuple(bands)


def _chances(drawn: Floats) -> tuple[float, ...]:
    """Share of resamples in which each entry is first; a tie is shared."""
    top = np.nan_to_num(drawn, nan=-np.inf)
    firsts = top == top.max(axis=1, keepdims=True)
    return tuple((firsts / firsts.sum(axis=1, keepdims=True)).mean(axis=0).tolist())
