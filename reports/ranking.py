"""Ranks as intervals: what the questions at hand can and cannot put in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from harness.core import Profile
from harness.metrics.bootstrap import difference, rank_intervals
from harness.metrics.score import Clusters, Measured, joint_totals
from reports.summary import PARTS

if TYPE_CHECKING:
    from harness.core import Sample
    from reports.runs import Answer, Run
    from reports.summary import Basis

Floats = npt.NDArray[np.float64]

_FEW = 50  # entries up to which the resamples are many
_MANY_RESAMPLES, _FEWER_RESAMPLES = 10_000, 2_000


@dataclass(frozen=True, slots=True)
class Ranking:
    """The order of entries under uncertainty; every list is in the order of the entries.

    `ranks` are (best, worst) places; `bands` number the groups that nothing tells apart across
    their whole; `p_best` is the share of resamples in which an entry comes first; `separated` is
    the share of pairs that can be told apart; `detectable` is the difference in points that such
    data show in four of five tries, `None` where there is no pair.
    """

    ranks: tuple[tuple[int, int], ...]
    bands: tuple[int, ...]
    p_best: tuple[float, ...]
    separated: float
    detectable: float | None


def rank(runs: Sequence[Run], basis: Basis, samples: Mapping[str, Sample]) -> Ranking:
    """Rank runs over the same questions, resampled together.

    Args:
        runs: in the order of the board, the best first; those without a score last.
        basis: what ranks them.
        samples: the questions, whose rows and templates are the clusters; a question that is not
            there is a cluster of its own.
    """
    known = [run for run in runs if _has_score(run, basis)]
    if not known:
        return _unknown(len(runs))
    scores, resampled = resample(known, basis, samples)
    return summarise(scores, resampled, unscored=len(runs) - len(known))


def resample(
    runs: Sequence[Run], basis: Basis, samples: Mapping[str, Sample]
) -> tuple[Floats, Floats]:
    """Score runs that have a score, as they are and resampled: (runs,) and (resamples, runs)."""
    ids = sorted(runs[0].answers)
    weights = runs[0].summary.weights(basis)
    return joint_totals(
        [_measured(run, ids) for run in runs],
        _clusters(ids, samples),
        Profile(runs[0].summary.scoring.id, weights, t_full=0, t_zero=0),
        resamples=_MANY_RESAMPLES if len(runs) <= _FEW else _FEWER_RESAMPLES,
    )


def _has_score(run: Run, basis: Basis) -> bool:
    main = run.summary.total if basis == "total" else run.summary.parts["AS"]
    return main is not None


def _measured(run: Run, ids: Sequence[str]) -> Measured:
    answers = [run.answers[name] for name in ids]
    rows = [(_accuracy(a), a.response, a.efficiency) for a in answers]
    values = np.array(rows, dtype=np.float64)
    return Measured(
        values.reshape(-1, len(PARTS)),
        unscored=np.array([_accuracy(answer) is None for answer in answers]),
        unparsed=np.array([answer.unparsed for answer in answers]),
    )


def _accuracy(answer: Answer) -> float | None:
    """An answer that the rules cannot read counts 0 in AS; one that never came counts nowhere."""
    return 0.0 if answer.unparsed else answer.correct


def _clusters(ids: Sequence[str], samples: Mapping[str, Sample]) -> Clusters:
    found = [samples.get(name) for name in ids]
    return Clusters(
        rows=tuple(sample.row if sample else "" for sample in found),
        templates=tuple(sample.template if sample else "" for sample in found),
    )


def _unknown(size: int) -> Ranking:
    return Ranking(((1, size),) * size, (1,) * size, (0.0,) * size, 0.0, None)


def summarise(scores: Floats, resampled: Floats, unscored: int = 0) -> Ranking:
    """Turn resampled scores into ranks, bands and chances.

    Args:
        scores: (entries,), the highest first.
        resampled: (resamples, entries), drawn together.
        unscored: entries after these that have no score and so may stand anywhere.
    """
    size = len(scores) + unscored
    found = rank_intervals(scores, resampled)
    ranks = [(rank.best, rank.worst + unscored) for rank in found.ranks]
    ranks += [(1, size)] * unscored
    return Ranking(
        ranks=tuple(ranks),
        bands=_bands(ranks),
        p_best=(*(rank.p_best for rank in found.ranks), *(0.0,) * unscored),
        separated=found.separated,
        detectable=_detectable(scores, resampled),
    )


def _bands(ranks: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """Number the groups from 1: a new one starts where all above rank before all below."""
    band, bands = 1, [1]
    for place in range(1, len(ranks)):
        above, below = ranks[:place], ranks[place:]
        band += max(worst for _, worst in above) <= place < min(best for best, _ in below)
        bands.append(band)
    return tuple(bands)


def _detectable(scores: Floats, resampled: Floats) -> float | None:
    """The median over neighbours on the board."""
    pairs = (
        difference(float(scores[at] - scores[at + 1]), resampled[:, at] - resampled[:, at + 1])
        for at in range(len(scores) - 1)
    )
    found = [pair.detectable for pair in pairs if pair is not None]
    return float(np.median(found)) if found else None
