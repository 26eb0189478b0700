"""What changed on each question, added up to causes: points of the total with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.core import Profile
from harness.metrics.attribution import CAUSES, Behaviour, attribute
from harness.metrics.clusters import Bools, Clusters, Floats, Ints, Sources
from harness.metrics.intervals import Difference, difference
from harness.metrics.measured import PARTS
from harness.metrics.training_noise import together

ACCURACY = CAUSES.index("accuracy")


@dataclass(frozen=True, slots=True)
class Cause:
    """What one cause adds to the difference of two totals.

    Args:
        name: one of `CAUSES`.
        family: whose correctness it is, where it is that; else empty.
        n: how many questions it is over.
        points: second minus first, with its interval over other questions, and over other
            trainings as far as either run has several.
    """

    name: str
    family: str
    n: int
    points: Difference


def causes(
    firsts: Sequence[Behaviour],
    seconds: Sequence[Behaviour],
    families: Sequence[str],
    clusters: Clusters,
    profile: Profile,
) -> list[Cause]:
    """Split the difference of two totals over its causes; they add up to it.

    Of recipes with several trainings every pair of a first and a second is split, and the mean
    taken.

    Args:
        firsts: the trainings of the first run, over the same questions in the same order.
        seconds: those of the second.
        families: of each question.
        clusters: row and wording of each question.
        profile: its weights are those of the total, adding up to 1; a part without one is left out.

    Returns:
        Correctness by family in the order of the questions, then the other causes; those that no
        part with a weight could hold are left out.
    """
    split = _Split(firsts, seconds, profile)
    weights = np.array([profile.weights.get(part, 0.0) for part in PARTS])
    adding = _Adding(split, weights, clusters)
    labels = np.array(families)
    chosen = [(ACCURACY, name, labels == name) for name in dict.fromkeys(families)]
    everything = np.ones(len(families), dtype=np.bool_)
    others = [(at, "", everything) for at in range(len(CAUSES)) if at != ACCURACY]
    return [
        Cause(CAUSES[at], family, int(adding.asked(at, rows).sum()), adding.total(at, rows))
        for at, family, rows in (*chosen, *others)
        if family or adding.is_there(at)
    ]


class _Split:
    """The split of each question and part over causes, and the same for each training.

    `mean`, and each of `of_first` and `of_second`, has shape (n, parts, causes).
    """

    def __init__(
        self, firsts: Sequence[Behaviour], seconds: Sequence[Behaviour], profile: Profile
    ) -> None:
        self.of_first: list[Floats] = []
        columns = [_Mean() for _ in seconds]
        whole = _Mean()
        for first in firsts:
            row = _Mean()
            for second, column in zip(seconds, columns, strict=True):
                found = attribute(first, second, profile)
                for mean in (row, column, whole):
                    mean.add(found)
            self.of_first.append(row.value)
        self.of_second = [column.value for column in columns]
        self.mean = whole.value


class _Mean:
    """The mean of arrays, each place over those that have a value there."""

    def __init__(self) -> None:
        self._sum: Floats = np.zeros(())
        self._count: Floats = np.zeros(())

    def add(self, values: Floats) -> None:
        """Take in one array."""
        self._sum = self._sum + np.nan_to_num(values)
        self._count = self._count + ~np.isnan(values)

    @property
    def value(self) -> Floats:
        """The mean; `nan` where nothing has a value."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self._sum / self._count)


class _Adding:
    """Adds what questions hold of a cause up to points of the total."""

    def __init__(self, split: _Split, weights: Floats, clusters: Clusters) -> None:
        self._split = split
        self._weights = weights
        self._clusters = clusters
        self._there = ~np.isnan(split.mean[:, :, 0]) & (weights > 0)
        self._n = self._there.sum(axis=0)

    def asked(self, cause: int, rows: Bools) -> Bools:
        """Which of some questions count in any part of a cause; shape (n,)."""
        return np.asarray(rows & self._there[:, _parts_of(cause)].any(axis=1))

    def is_there(self, cause: int) -> bool:
        """Whether a cause is any question's."""
        return bool(np.nansum(np.abs(self._split.mean[self._there][:, cause])) > 0)

    def total(self, cause: int, rows: Bools) -> Difference:
        """Points of the total that a cause adds on some questions."""
        value = self._sum(self._split.mean, cause, rows)
        variance, df = self._of_questions(cause, rows)
        trained, own = self._of_trainings(cause, rows)
        variance, df = together((variance, df), (trained, own))
        return difference(100 * value, 100**2 * variance, df)

    def _sum(self, split: Floats, cause: int, rows: Bools) -> float:
        """The share of the total that some questions hold of a cause."""
        held = np.nan_to_num(split[:, :, cause]) * (self._there & rows[:, None])
        return float((held.sum(axis=0) / np.maximum(self._n, 1)) @ self._weights)

    def _of_questions(self, cause: int, rows: Bools) -> tuple[float, float]:
        """Variance over other questions, and its degrees of freedom.

        As in `harness.metrics.influence`, steadied by answers that nobody has seen.
        """
        asked = self.asked(cause, rows)
        if not asked.any():
            return self._unseen(cause, 1.0), 1.0
        held = np.nan_to_num(self._split.mean[asked][:, :, cause])
        there = self._there[asked]
        beyond = np.where(there, held - held.sum(axis=0) / np.maximum(there.sum(axis=0), 1), 0.0)
        influence = beyond @ (self._weights / (self._n + 2))
        sources = Sources(self._sources(asked))
        table = np.stack([np.zeros_like(influence), influence], axis=1)
        variances, dfs = sources.components(table).of_pairs()
        variance, df = float(variances[0, 1]), float(dfs[0, 1])
        unseen = self._unseen(cause, float(np.abs(held).max(initial=0)))
        whole = variance + unseen
        return whole, whole**2 / (variance**2 / df + unseen**2 / sources.most_df)

    def _sources(self, asked: Bools) -> list[Ints]:
        """The sources of chance among some questions: one or two wordings of a family are none."""
        rows, wordings = (
            tuple(label for label, chosen in zip(labels, asked, strict=True) if chosen)
            for labels in (self._clusters.rows, self._clusters.templates)
        )
        return Clusters(rows, wordings).factors(np.ones(len(rows), dtype=np.bool_))

    def _unseen(self, cause: int, most: float) -> float:
        """What one answer more in either run would do in the parts of a cause.

        Correctness may go from 0 to 1 on any question; times and lengths by the most that was seen.
        """
        most = 1.0 if cause == ACCURACY else most
        steps = [self._weights[part] / (self._n[part] + 2) for part in _parts_of(cause)]
        return float(2 * (most * sum(steps)) ** 2)

    def _of_trainings(self, cause: int, rows: Bools) -> tuple[float, float]:
        """Variance over other trainings of those that have several, and degrees of freedom."""
        groups = [
            group for group in (self._split.of_first, self._split.of_second) if len(group) > 1
        ]
        each = [[self._sum(one, cause, rows) for one in group] for group in groups]
        df = sum(len(values) - 1 for values in each)
        if not df:
            return 0.0, 1.0
        spread = sum((len(values) - 1) * float(np.var(values, ddof=1)) for values in each) / df
        return spread * sum(1 / len(values) for values in each), float(df)


def _parts_of(cause: int) -> list[int]:
    """The places of the parts that a cause can change."""
    names = {"accuracy": PARTS, "concise": ("AE",)}.get(CAUSES[cause], ("ART",))
    return [PARTS.index(name) for name in names]
