"""What one change of a run would bring, by the same score, all else as it was.

Nothing is measured anew: what was earned on each question is computed again with one thing
changed. Each change says what it takes for granted.

    fewer tokens    tokens go at the end, at the run's own time for each; the text gets shorter in
                    the same measure, correctness stays
    faster          the time to the first token, or that of each further one, is halved
    terse           every answer is as short as its reference, correctness and times stay
    family          wrong answers of a family become right, all or as many as make it as good as
                    the best family; what becomes right earns by time and length what the right
                    answers of its family do on average, or of the run where it has none
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from harness.core import Profile
from harness.metrics.attribution import Behaviour, response_values
from harness.metrics.clusters import Bools, Floats
from harness.metrics.measured import PARTS

_FEWER = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)  # tokens
_FAMILIES = 3  # that are named, the costliest


@dataclass(frozen=True, slots=True)
class Lever:
    """A change and what it would bring.

    Args:
        name: `fewer_tokens`, `first_token`, `per_token`, `terse`, `family_right` or `family_best`.
        points: of the total.
        amount: how many tokens fewer, where it is that.
        family: whose answers, where it is that.
        best: the family that it is made as good as.
    """

    name: str
    points: float
    amount: int = 0
    family: str = ""
    best: str = ""


def levers(
    runs: Sequence[Behaviour], lengths: Sequence[Floats], families: Sequence[str], profile: Profile
) -> list[Lever]:
    """What each change would bring to a run, the greatest first; of several trainings the mean.

    Args:
        runs: the trainings of one recipe.
        lengths: tokens of the answers that were judged, shape (n,); `nan` where nobody counted.
        families: of each question.
        profile: its weights are those of the total.
    """
    found: dict[Lever, list[float]] = {}
    for run, length in zip(runs, lengths, strict=True):
        for lever in _of_one(_Run(run, length, np.array(families), profile)):
            key = Lever(lever.name, 0.0, lever.amount, lever.family, lever.best)
            found.setdefault(key, []).append(lever.points)
    means = [
        Lever(key.name, float(np.mean(points)), key.amount, key.family, key.best)
        for key, points in found.items()
        if len(points) == len(runs)
    ]
    return _named(sorted(means, key=lambda lever: -lever.points))


def _named(levers_found: list[Lever]) -> list[Lever]:
    """Only the families that would bring most; and nothing that brings nothing."""
    families = [lever.family for lever in levers_found if lever.name == "family_right"]
    kept = {"", *families[:_FAMILIES]}
    return [lever for lever in levers_found if lever.family in kept and lever.points > 0]


class _Run:
    """One training with what its changes need."""

    def __init__(
        self, run: Behaviour, lengths: Floats, families: np.ndarray[tuple[int], np.dtype[np.str_]],
        profile: Profile,
    ) -> None:  # fmt: skip
        self.run, self.lengths, self.families, self.profile = run, lengths, families, profile
        self.there = ~np.isnan(run.values)
        self.filled = np.nan_to_num(run.values)
        self.weights = np.array([profile.weights.get(part, 0.0) for part in PARTS])
        self.n = np.maximum(self.there.sum(axis=0), 1)
        paid = run.says.astype(np.float64) if profile.art == "all" else self.filled[:, 0]
        self.paid = paid * run.says * (run.whole & ~run.cut)

    def gain(self, changed: Floats) -> float:
        """Points of the total by which changed values are better; shape (n, 3)."""
        more = np.where(self.there, changed - self.filled, 0.0)
        return float(100 * (more.sum(axis=0) / self.n) @ self.weights)

    def with_times(self, times: Floats) -> Floats:
        """The values with other times; what was scored moves by the difference."""
        was, now = (response_values(each, self.profile) for each in (self.run.e2e, times))
        changed = self.filled.copy()
        more = np.where(np.isnan(times), 0.0, self.paid * (now - was))
        changed[:, 1] = np.clip(changed[:, 1] + np.nan_to_num(more), 0.0, 1.0)
        return changed

    @property
    def tpot(self) -> Floats:
        """Seconds of each token after the first; 0 of a single one, `nan` where unknown."""
        run = self.run
        several = np.maximum(run.tokens - 1, 1)
        return np.asarray(np.where(run.tokens > 1, (run.e2e - run.first) / several, 0 * run.first))


def _of_one(run: _Run) -> Iterator[Lever]:
    if run.weights[1] and not np.isnan(run.run.first).all():
        saved = run.run.first / 2
        yield Lever("first_token", run.gain(run.with_times(run.run.e2e - saved)))
        saved = run.tpot * (run.run.tokens - 1) / 2
        yield Lever("per_token", run.gain(run.with_times(run.run.e2e - saved)))
    yield from _fewer_tokens(run)
    if run.weights[2]:
        terse = run.filled.copy()
        terse[:, 2] = np.where(run.run.cut, terse[:, 2], terse[:, 0])
        yield Lever("terse", run.gain(terse))
    yield from _of_families(run)


def _fewer_tokens(run: _Run) -> Iterator[Lever]:
    """The largest round number that is at most half of the median answer."""
    known = run.lengths[~np.isnan(run.lengths)]
    half = float(np.median(known)) / 2 if known.size else 0.0
    fewer = max((size for size in _FEWER if size <= half), default=0)
    if not fewer:
        return
    left = np.maximum(run.run.tokens - fewer, 1)
    changed = run.with_times(run.run.e2e - (run.run.tokens - left) * run.tpot)
    tokens = run.lengths
    shorter = np.where(np.isnan(tokens), 1.0, tokens / np.maximum(tokens - fewer, 1))
    changed[:, 2] = np.minimum(run.filled[:, 2] * np.maximum(shorter, 1.0), run.filled[:, 0])
    yield Lever("fewer_tokens", run.gain(changed), fewer)


def _of_families(run: _Run) -> Iterator[Lever]:
    c = run.filled[:, 0]
    scored = run.there[:, 0]
    names = [str(name) for name in dict.fromkeys(run.families[scored])]
    rates = {name: float(c[scored & (run.families == name)].mean()) for name in names}
    best = max(rates, key=lambda name: rates[name], default="")
    for name in names:
        if rates[name] < 1:
            rows = scored & (run.families == name)
            whole = run.gain(_righted(run, rows))
            yield Lever("family_right", whole, family=name)
            if rates[best] > rates[name]:
                # What is gained is in proportion to what becomes right.
                share = (rates[best] - rates[name]) / (1 - rates[name])
                yield Lever("family_best", whole * share, family=name, best=best)


def _righted(run: _Run, rows: Bools) -> Floats:
    """The values with every answer of some questions right."""
    changed, c = run.filled.copy(), run.filled[:, 0]
    lost = np.where(rows, 1 - c, 0.0)
    changed[:, 0] += lost
    for part in (1, 2):
        if part == 1 and run.profile.art == "all":
            continue
        changed[:, part] = np.minimum(changed[:, part] + lost * _usual(run, part, rows), 1.0)
    return changed


def _usual(run: _Run, part: int, rows: Bools) -> float:
    """What a right answer earns in a part on average: of the family, or else of the run."""
    c = run.filled[:, 0]
    for among in (rows, np.ones_like(rows)):
        right = among & run.there[:, part] & (c > 0)
        if right.any():
            return float(run.filled[right, part].sum() / c[right].sum())
    return 0.0
