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
_SEED = 20250701
_LEVEL = 0.95
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
    size = int(clusters.max()) + 1
    known = ~np.isnan(values)
    place = np.zeros((len(clusters), size))
    place[np.arange(len(clusters)), clusters] = 1
    sums, counts = np.where(known, values, 0) @ place, known @ place
    times = np.random.default_rng(_SEED).multinomial(size, [1 / size] * size, _RESAMPLES)
    drawn = np.stack([np.ones(size), *times]).astype(np.float64)
    with np.errstate(invalid="ignore"):  # a part with nothing judged stays nan
        means = np.einsum("bc,epc->bep", drawn, sums) / np.einsum("bc,epc->bep", drawn, counts)
    scores = means @ weights
    return scores[0], scores[1:]


def summarise(observed: Floats, drawn: Floats) -> Ranking:
    """Turn resampled scores into ranks, bands and chances.

    Pairs are told apart by the largest studentised difference over all pairs at once, so that
    the 95% holds for the whole table.

    Args:
        observed: (entries,) scores; nan has no place.
        drawn: (resamples, entries).
    """
    apart = _apart(observed, drawn)
    better = apart & (observed[:, None] > observed[None, :])
    best, worst = 1 + better.sum(axis=0), len(observed) - better.sum(axis=1)
    spread = np.std(drawn[:, :, None] - drawn[:, None, :], axis=0)
    pairs = spread[np.triu_indices(len(observed), 1)]
    return Ranking(
        ranks=tuple(zip(best.tolist(), worst.tolist(), strict=True)),
        bands=_bands(apart),
        p_best=_chances(drawn),
        apart=tuple(tuple(row) for row in apart.tolist()),
        detectable=float(_POWER * np.nanmedian(pairs)) if np.isfinite(pairs).any() else None,
    )


def _apart(observed: Floats, drawn: Floats) -> npt.NDArray[np.bool_]:
    first, second = np.triu_indices(len(observed), 1)
    gap = observed[first] - observed[second]
    off = drawn[:, first] - drawn[:, second] - gap
    spread = off.std(axis=0)
    apart = np.zeros((len(observed), len(observed)), dtype=np.bool_)
    moving = spread > 1e-9  # entries that never move against each other differ exactly or not
    told = ~moving & (np.abs(gap) > 1e-9)
    if moving.any():
        largest = np.nanmax(np.abs(off[:, moving]) / spread[moving], axis=1)
        told[moving] = np.abs(gap[moving]) > np.quantile(largest, _LEVEL) * spread[moving]
    apart[first, second] = apart[second, first] = told
    return apart


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
