"""Ranks as intervals: what the questions at hand can and cannot put in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.core import Profile
from harness.metrics.clusters import Clusters, Floats
from harness.metrics.joint import Joint, joint_totals
from harness.metrics.measured import Measured
from harness.metrics.ranks import Pair, rank_intervals
from harness.metrics.repeats import mean_over_seeds
from reports.summary import PARTS

if TYPE_CHECKING:
    from harness.core import Sample
    from reports.runs import Answer, Run
    from reports.summary import Basis


@dataclass(frozen=True, slots=True)
class Ranking:
    """The order of entries under uncertainty; every list is in the order of the entries.

    `ranks` are (best, worst) places; `bands` number the groups that nothing tells apart across
    their whole; `p_best` is how likely an entry comes first; `pairs` compare every two entries.
    `fixed`: all this holds for the wordings that were asked only, so nothing is told apart.
    """

    ranks: tuple[tuple[int, int], ...]
    bands: tuple[int, ...]
    p_best: tuple[float, ...]
    pairs: tuple[Pair, ...] = ()
    fixed: bool = False

    @property
    def apart(self) -> int:
        """How many pairs are told apart."""
        return sum(pair.apart for pair in self.pairs)

    @property
    def detectable(self) -> float | None:
        """The median over neighbours of the difference, in points, that would tell them apart."""
        found = [pair.detectable for pair in self.pairs if pair.second == pair.first + 1]
        return float(np.median(found)) if found else None


def rank(runs: Sequence[Run], basis: Basis, samples: Mapping[str, Sample]) -> Ranking:
    """Rank runs over the same questions, pair by pair.

    Args:
        runs: in the order of the board, the best first; those without a score last.
        basis: what ranks them.
        samples: the questions, whose rows and templates are the clusters; a question that is not
            there is a cluster of its own.
    """
    known = [run for run in runs if run.summary.main(basis) is not None]
    if not known:
        return _unknown(len(runs))
    scores, joint = jointly(known, basis, samples)
    return summarise(scores, joint, unscored=len(runs) - len(known))


def jointly(
    runs: Sequence[Run], basis: Basis, samples: Mapping[str, Sample]
) -> tuple[Floats, Joint]:
    """Scores of runs that have one, shape (runs,), and how they vary together."""
    ids = sorted(runs[0].answers)
    profile = Profile(
        runs[0].summary.scoring.id, runs[0].summary.weights(basis), t_full=0, t_zero=0
    )
    return joint_totals([measured(run, ids) for run in runs], clusters(ids, samples), profile)


def measured(run: Run, ids: Sequence[str]) -> Measured:
    """What a run earned; of a recipe with several seeds, the mean over them with its spread."""
    if run.repeats:
        return mean_over_seeds([_values([seed[name] for name in ids]) for seed in run.repeats])
    return _values([run.answers[name] for name in ids])


def values(answers: Sequence[Answer]) -> Floats:
    """What answers earned in each part, `nan` where nothing is measured; shape (n, 3)."""
    rows = [(accuracy(answer), answer.response, answer.efficiency) for answer in answers]
    return np.array(rows, dtype=np.float64).reshape(-1, len(PARTS))


def _values(answers: Sequence[Answer]) -> Measured:
    return Measured(
        values(answers),
        unscored=np.array([accuracy(answer) is None for answer in answers]),
        unparsed=np.array([answer.unparsed for answer in answers]),
    )


def accuracy(answer: Answer) -> float | None:
    """An answer that the rules cannot read counts 0 in AS."""
    return 0.0 if answer.unparsed else answer.correct


def clusters(ids: Sequence[str], samples: Mapping[str, Sample]) -> Clusters:
    """Row and wording of questions; one that is not there is a cluster of its own."""
    found = [samples.get(name) for name in ids]
    return Clusters(
        rows=tuple(sample.row if sample else "" for sample in found),
        templates=tuple(sample.template if sample else "" for sample in found),
    )


def _unknown(size: int) -> Ranking:
    return Ranking(((1, size),) * size, (1,) * size, (0.0,) * size)


def summarise(scores: Floats, joint: Joint, unscored: int = 0) -> Ranking:
    """Turn scores into ranks, bands and chances.

    Args:
        scores: (entries,), the highest first.
        joint: how they vary together.
        unscored: entries after these that have no score and so may stand anywhere.
    """
    size = len(scores) + unscored
    found = rank_intervals(scores, joint)
    ranks = [(rank.best, rank.worst + unscored) for rank in found.ranks]
    ranks += [(1, size)] * unscored
    return Ranking(
        ranks=tuple(ranks),
        bands=_bands(ranks),
        p_best=(*(rank.p_best for rank in found.ranks), *(0.0,) * unscored),
        pairs=found.pairs,
        fixed=joint.fixed,
    )


def _bands(ranks: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """Number the groups from 1: a new one starts where all above rank before all below."""
    band, bands = 1, [1]
    for place in range(1, len(ranks)):
        above, below = ranks[:place], ranks[place:]
        band += max(worst for _, worst in above) <= place < min(best for best, _ in below)
        bands.append(band)
    return tuple(bands)
