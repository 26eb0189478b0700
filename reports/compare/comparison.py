"""Runs against the first of them: what differs, how sure that is, and what it is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from harness.errors import InputError
from harness.metrics.causes import Cause, causes
from harness.metrics.contrast import Contrast, contrast, paired
from harness.metrics.intervals import LEVEL, Difference
from harness.metrics.latency import INCONCLUSIVE
from harness.metrics.levers import Lever, levers
from harness.metrics.paired import McNemar, holm, mcnemar
from harness.metrics.training_noise import Trained
from reports import comparable, ranking, runs
from reports.compare import behaviour
from reports.compare.flips import Flip, flips, judged, rights
from reports.compare.scatter import Seen, same_weights, scatter_of, varies
from reports.summary import PARTS

if TYPE_CHECKING:
    from harness.core import Profile, Sample
    from harness.metrics.clusters import Clusters
    from reports.runs import Run
    from reports.seeds import Spread
    from reports.strings import Note
    from reports.summary import Basis

_NO_SEEDS = np.zeros((0, len(PARTS)))
Call = Literal["better", "worse", "same", "within_seeds", "unknown_seeds", "fixed"]


@dataclass(frozen=True, slots=True)
class Side:
    """One run, by the name that tells it from the others."""

    run: Run
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """One number of two runs: both means over the questions that both have, and how they differ."""

    name: str
    first: float
    second: float
    contrast: Contrast

    @property
    def shown(self) -> Difference:
        """The difference over other questions and trainings, or over questions alone."""
        return self.contrast.whole or self.contrast.questions


@dataclass(frozen=True, slots=True)
class Against:
    """One run against the first.

    Args:
        side: the run.
        lines: the parts that both have, then what decides, by the name of the basis.
        p: two-sided p of what decides, by Holm over all comparisons; `None` where nobody knows how
            far trainings scatter.
        hits: how many questions only one of them has right.
        hits_p: its exact p, by Holm over all comparisons.
        flips: those questions.
        spreads: what is known of the scatter of trainings, where that was needed.
        call: what can be said.
        causes: what the difference is made of, where that was asked for.
    """

    side: Side
    lines: tuple[Line, ...]
    p: float | None
    hits: McNemar
    hits_p: float
    flips: tuple[Flip, ...]
    spreads: tuple[Spread, ...]
    call: Call
    causes: tuple[Cause, ...] = ()

    @property
    def main(self) -> Line:
        """What decides."""
        return self.lines[-1]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Several runs against the first.

    Args:
        first: what the others are compared with.
        others: in the order they were named.
        basis: what decides, and `reason` why that is not the total.
        samples: the questions, as far as any folder holds them.
        levers: what single changes would bring, by the label of the run, where that was asked for.
    """

    first: Side
    others: tuple[Against, ...]
    basis: Basis
    reason: Note | None
    samples: Mapping[str, Sample]
    levers: Mapping[str, Sequence[Lever]]

    @property
    def sides(self) -> tuple[Side, ...]:
        """All runs, the first among them."""
        return (self.first, *(other.side for other in self.others))

    @property
    def unsteady(self) -> tuple[Side, ...]:
        """Runs whose times were taken and decide nothing, so that the total cannot be compared."""
        pays = bool(self.first.run.summary.scoring.weights.get("ART"))
        return tuple(side for side in self.sides if pays and _is_unsteady(side.run))

    @property
    def exit_code(self) -> int:
        """1 where any run is worse; 3 where that is left open; else 0."""
        if any(other.call == "worse" for other in self.others):
            return 1
        return 3 if self.unsteady or any(map(_is_open, self.others)) else 0


def _is_open(other: Against) -> bool:
    """Whether a run looks worse, and one training each, or too few wordings, cannot show it."""
    seems = other.main.contrast.questions
    apart = other.call in ("within_seeds", "unknown_seeds", "fixed") and seems.p < 1 - LEVEL
    return apart and seems.value < 0


def _is_unsteady(run: Run) -> bool:
    taken = run.summary.latency
    return bool(run.summary.void) and taken is not None and taken.verdict == INCONCLUSIVE


def compare(folders: Sequence[Path], *, explain: bool) -> Comparison:
    """Read run folders and compare each with the first.

    Args:
        folders: two at least.
        explain: whether to split the differences, and to say what single changes would bring.

    Raises:
        InputError: a folder is no run, or named twice; runs do not compare; nothing is scored.
    """
    _check_distinct(folders)
    loaded = [runs.load(folder) for folder in folders]
    comparable.check(loaded, "cannot be compared")
    basis, reason = comparable.basis_of_pairs(loaded)
    samples = {name: sample for run in reversed(loaded) for name, sample in run.samples.items()}
    sides = [Side(*pair) for pair in zip(loaded, _labels(loaded), strict=True)]
    making = _Making(sides, basis, samples)
    others = _called(making.pairs(), fixed=making.clusters.fixed)
    if explain:
        others = [replace(other, causes=making.causes(other)) for other in others]
    told = {side.label: making.levers(side) for side in sides} if explain else {}
    compared = Comparison(sides[0], tuple(others), basis, reason, samples, told)
    return replace(compared, levers=_with_bases(compared)) if explain else compared


def _with_bases(compared: Comparison) -> dict[str, list[Lever]]:
    """The levers, with another base where a run that has one is better, the greatest first."""
    totals = {compared.first.label: compared.others[0].main.first}
    totals |= {other.side.label: other.main.second for other in compared.others}
    bases = {side.label: side.run.summary.model.get("base") for side in compared.sides}
    found = {}
    for label, own in compared.levers.items():
        others = [other for other, base in bases.items() if base and base != bases[label]]
        best = max(others, key=lambda other: totals[other], default=label)
        gain = totals[best] - totals[label]
        more = [Lever("other_base", gain, best=best)] if bases[label] and gain > 0 else []
        found[label] = sorted([*own, *more], key=lambda lever: -lever.points)
    return found


def _check_distinct(folders: Sequence[Path]) -> None:
    if len(folders) < 2:
        raise InputError("name two run folders at least: podium compare A B")
    for place, folder in enumerate(folders):
        if folder.resolve() in [other.resolve() for other in folders[:place]]:
            raise InputError(f"{folder} is named twice: a run does not differ from itself")


def _labels(loaded: Sequence[Run]) -> list[str]:
    """Names; where two runs share one, their folders tell them apart."""
    uses = Counter(run.summary.name for run in loaded)
    return [
        run.summary.name if uses[run.summary.name] == 1 else f"{run.summary.name} ({run.folder})"
        for run in loaded
    ]


class _Making:
    """Compares runs with the first over its questions."""

    def __init__(self, sides: Sequence[Side], basis: Basis, samples: Mapping[str, Sample]) -> None:
        self.first, *self.others = sides
        self.samples = samples
        self.ids = sorted(self.first.run.answers)
        self.clusters: Clusters = ranking.clusters(self.ids, samples)
        self.seen = Seen([side.run for side in sides])
        self.profile: Profile = behaviour.profile_of(self.first.run, basis)

    def pairs(self) -> list[Against]:
        """Each other run against the first, every p as of that comparison alone."""
        return [self._against(side) for side in self.others]

    def _against(self, side: Side) -> Against:
        one, other = self.first.run, side.run
        changes = not same_weights(one, other)
        trained = [
            Trained(ranking.measured(run, self.ids), varies(run) and changes)
            for run in (one, other)
        ]
        spreads = self.seen.of([one, other]) if changes else []
        if spreads is None:  # one of them alone shows nothing of the other's base
            trained = [replace(side, run=replace(side.run, seeds=_NO_SEEDS)) for side in trained]
        known = scatter_of(spreads or [])
        found = contrast(trained, self.clusters, self.profile, known, len(self.others))
        lines = tuple(self._lines(trained, found))
        if not lines or lines[-1].name != "total":
            raise InputError(
                f"{one.folder} and {other.folder}: no question is scored in both, so there is "
                "nothing to compare"
            )
        ids = judged(one, other)
        hits = mcnemar(rights(one, ids), rights(other, ids))
        whole = lines[-1].contrast.whole
        return Against(
            side, lines, None if whole is None else whole.p, hits, hits.p,
            tuple(flips(one, other, self.samples)), tuple(spreads or ()), "same",
        )  # fmt: skip

    def _lines(
        self, trained: Sequence[Trained], found: Mapping[str, Contrast | None]
    ) -> Iterator[Line]:
        pair = [one.values for one in paired(trained[0].run, trained[1].run)]
        there = [~np.isnan(values) for values in pair]
        means = [
            np.nan_to_num(values).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
            for values, known in zip(pair, there, strict=True)
        ]
        known = [at for at, part in enumerate(PARTS) if found[part] is not None]
        weights = np.array([self.profile.weights.get(PARTS[at], 0.0) for at in known])
        for at in known:
            yield self._line(PARTS[at], [mean[at] for mean in means], found[PARTS[at]])
        if weights.sum():
            shares = weights / weights.sum()
            yield self._line("total", [mean[known] @ shares for mean in means], found["total"])

    def _line(self, name: str, means: Sequence[float], found: Contrast | None) -> Line:
        if found is None:
            raise ValueError(name)  # of what neither lacks there is one
        first, second = (100 * float(mean) for mean in means)
        return Line(name, first, second, found)

    def causes(self, other: Against) -> tuple[Cause, ...]:
        """What the difference of a run and the first is made of."""
        firsts, seconds = (
            behaviour.trainings(run, self.ids, self.profile)
            for run in (self.first.run, other.side.run)
        )
        present = {line.name for line in other.lines}
        weights = {part: w for part, w in self.profile.weights.items() if part in present}
        whole = sum(weights.values())
        profile = replace(self.profile, weights={p: w / whole for p, w in weights.items()})
        return tuple(causes(firsts, seconds, self._families(), self.clusters, profile))

    def levers(self, side: Side) -> list[Lever]:
        """What single changes would bring to a run."""
        runs_of = behaviour.trainings(side.run, self.ids, self.profile)
        lengths = behaviour.token_counts(side.run, self.ids)
        return levers(runs_of, lengths, self._families(), self.profile)

    def _families(self) -> list[str]:
        found = (self.samples.get(name) for name in self.ids)
        return ["" if sample is None else sample.family for sample in found]


def _called(pairs: Sequence[Against], *, fixed: bool) -> list[Against]:
    """The pairs with every p adjusted for their number, and what can be said of each."""
    known = [pair.main.contrast.questions.p if pair.p is None else pair.p for pair in pairs]
    by_questions = holm([pair.main.contrast.questions.p for pair in pairs])
    hits = holm([pair.hits_p for pair in pairs])
    return [
        replace(
            pair,
            p=None if pair.p is None else p,
            hits_p=hit,
            call=_call(pair, p, seeming, fixed=fixed),
        )
        for pair, p, seeming, hit in zip(pairs, holm(known), by_questions, hits, strict=True)
    ]


def _call(pair: Against, p: float, seeming: float, *, fixed: bool) -> Call:
    """What can be said of a run against the first.

    Args:
        pair: the two.
        p: over other questions and trainings, as far as that is known.
        seeming: over other questions alone.
        fixed: whether the wordings are too few to say anything of others.
    """
    if fixed:
        return "fixed"
    if seeming >= 1 - LEVEL:
        return "same"
    if pair.p is None:
        return "unknown_seeds"
    if p >= 1 - LEVEL:
        return "within_seeds"
    return "better" if pair.main.contrast.questions.value > 0 else "worse"
