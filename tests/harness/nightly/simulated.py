"""Nights of entries whose true level is known, to hold the rule against.

Most questions are answered alike every night; some waver, each by itself, and a little all together
with the night. Times have a session's luck, each question's, and the wavering of what is answered.
A regression changes questions for good: it loses more than it wins. None of these numbers stands in
`harness.nightly`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from harness.metrics.clusters import Clusters, Floats
from harness.nightly.blame import cause_of
from harness.nightly.evidence import GATES, Gate, loss, noise, paired
from harness.nightly.fdr import Fdr
from harness.nightly.history import Night
from harness.nightly.rule import (
    AGREES,
    DROPS,
    WORTH,
    Levels,
    Verdict,
    alarms,
    judge,
    levels,
    quiet_means,
)

_ROWS = 64


@dataclass(frozen=True, slots=True)
class World:
    """What nights are like.

    Args:
        questions: of a spec.
        timed: how many of them are timed.
        wavering: share of questions whose answer is not sure.
        together: standard deviation, on the logit of those, of what a night does to all of them.
        session: standard deviation of the log of a night's times as a whole.
    """

    questions: int = 1400
    timed: int = 40
    wavering: float = 0.08
    together: float = 0.1
    session: float = 0.015


class Entry:
    """One entry, night after night."""

    def __init__(self, world: World, dice: np.random.Generator) -> None:
        self.world, self._dice = world, dice
        n = world.questions
        sure = dice.random(n) < dice.uniform(0.6, 0.95)
        waver = dice.random(n) < world.wavering
        self._logit = np.where(waver, dice.normal(0.5, 1.2, n), np.where(sure, 12.0, -12.0))
        self._ratio = np.minimum(1, np.exp(dice.normal(-0.2, 0.4, n)))
        self._time = dice.normal(math.log(0.6), 0.4, world.timed)
        self._slower = 0.0
        self.clusters = Clusters(tuple(f"row-{at % _ROWS}" for at in range(n)), ("",) * n)
        self.timed = Clusters(("",) * n, ("",) * n)

    def night(self) -> dict[Gate, Floats]:
        """The values of one night by gate, in points and log seconds; shape (n,)."""
        n, world = self.world.questions, self.world
        shift = self._dice.normal(0, world.together)
        logit = self._logit + np.where(np.abs(self._logit) < 10, shift, 0.0)
        c = (self._dice.random(n) < 1 / (1 + np.exp(-logit))).astype(np.float64)
        times = np.full(n, math.nan)
        luck = self._dice.normal(0, world.session) + self._dice.normal(0, 0.03, world.timed)
        times[: world.timed] = self._time + self._slower + luck
        ratio = self._ratio * np.exp(-np.abs(self._dice.normal(0, 0.02, n)))
        return {"AS": 100 * c, "AE": 100 * c * ratio, "time": times}

    def drop(self, points: float) -> None:
        """Lose so many points of AS for good: more questions than are won."""
        n = self.world.questions
        right = np.flatnonzero(self._logit > 2)
        wrong = np.flatnonzero(self._logit < -2)
        won = min(self._dice.binomial(n, self._dice.uniform(0, 0.02)), len(wrong))
        lost = min(round(points / 100 * n) + won, len(right))
        self._logit[self._dice.choice(right, lost, replace=False)] = -12.0
        self._logit[self._dice.choice(wrong, won, replace=False)] = 12.0

    def drop_in(self, points: float, wordings: int = 2) -> None:
        """Lose so many points of AS, or what there is to lose, all in a few of the wordings."""
        n = self.world.questions
        wording = np.arange(n) // _ROWS
        which = self._dice.choice(wording.max(), wordings, replace=False)
        right = np.flatnonzero((self._logit > 2) & np.isin(wording, which))
        lost = min(round(points / 100 * n), len(right))
        self._logit[self._dice.choice(right, lost, replace=False)] = -12.0

    def slow(self, share: float) -> None:
        """Take longer by a share."""
        self._slower += math.log1p(share)


def false_reds(
    seed: int, world: World, nights: int = 200, specs: int = 5, k: int = 4, rule: str = "pooled"
) -> int:
    """How many gates are red on quiet nights, each night counted."""
    dice = np.random.default_rng(seed)
    at = levels(specs * len(GATES))
    if rule == "pooled":
        entries = (Watched(Entry(world, dice), k) for _ in range(specs))
        return sum(sum(entry.night(at) for _ in range(nights)) for entry in entries)
    fdr = Fdr(())
    watched = [Watched(Entry(world, dice), k) for _ in range(specs)]
    return sum(entry.night(at, fdr) for _ in range(nights) for entry in watched)


class Watched:
    """An entry with its blessed nights, judged night after night."""

    def __init__(self, entry: Entry, k: int) -> None:
        self.entry = entry
        start = [entry.night() for _ in range(k)]
        self._blessed = {gate: np.stack([night[gate] for night in start]) for gate in GATES}
        self._past: list[dict[Gate, Floats]] = []
        self._means: dict[Gate, list[float]] = {gate: [] for gate in GATES}
        self.red: dict[Gate, list[bool]] = {gate: [] for gate in GATES}

    def night(self, at: Levels, fdr: Fdr | None = None) -> int:
        """Judge one more night; how many of its gates are red."""
        self._past = [*self._past[-1:], self.entry.night()]
        for gate in GATES:
            quiet = quiet_means(self._means[gate], self.red[gate])
            if self.red[gate] and not self.red[gate][-1]:
                quiet = quiet[:-1]  # it is judged, together with the last
            nights = np.stack([night[gate] for night in self._past])
            is_red = _is_red(self.entry, gate, self._blessed[gate], nights, at, quiet, fdr)
            self.red[gate].append(is_red)
            self._means[gate].append(float(np.nanmean(self._past[-1][gate])))
        return sum(red[-1] for red in self.red.values())


def _is_red(
    entry: Entry, gate: Gate, blessed: Floats, nights: Floats, at: Levels, quiet: list[float],
    fdr: Fdr | None,
) -> bool:  # fmt: skip
    """Whether a gate is red; the paired comparison is only made where it can decide."""
    found = noise(gate, blessed, quiet, nights)
    tonight = loss(gate, blessed, nights[-1:], found)
    pooled = loss(gate, blessed, nights, found) if len(nights) > 1 else None
    if fdr is not None:
        p = min(1.0, 2 * min(tonight.p, 1.0 if pooled is None else pooled.p))
        held = fdr.rejects(p) and tonight.value >= WORTH * DROPS[gate]
        return held and paired(gate, blessed, nights[-1:], entry.clusters).p <= AGREES
    if not alarms(tonight, pooled, at, 0.0):
        return False
    return judged(entry, gate, blessed, nights, at, quiet).call == "regressed"


def caught_by_fdr(seed: int, world: World, gate: Gate, size: float, specs: int = 5) -> int:
    """The same as `caught` by the false discovery rate, beside four entries that stay as they are.

    What the others of a command spend and earn moves its level, so their nights are judged too.
    """
    dice = np.random.default_rng(seed)
    watched, fdr = [Watched(Entry(world, dice), 4) for _ in range(specs)], Fdr(())
    at = levels(specs * len(GATES))
    for _ in range(int(dice.integers(1, 40))):
        for one in watched:
            one.night(at, fdr)
    first = watched[0]
    first.entry.slow(size) if gate == "time" else first.entry.drop(size)
    for place in (1, 2):
        for one in watched:
            one.night(at, fdr)
        if first.red[gate][-1]:
            return place
    return 3


def judged(
    entry: Entry, gate: Gate, blessed: Floats, nights: Floats, at: Levels, quiet: list[float]
) -> Verdict:
    """The verdict of one gate."""
    return judge(gate, blessed, nights, entry.clusters, at, quiet)


def caught(
    seed: int, world: World, gate: Gate, size: float, k: int = 4, specs: int = 5,
    wordings: int | None = None,
) -> int:  # fmt: skip
    """On which night after it came a regression is red: 1, 2, or 3 for later.

    A loss of answers is spread over all questions, or lies in so many wordings.
    """
    dice = np.random.default_rng(seed)
    entry, at = Entry(world, dice), levels(specs * len(GATES))
    blessed = np.stack([entry.night()[gate] for _ in range(k)])
    quiet = [entry.night()[gate] for _ in range(int(dice.integers(1, 40)))]
    means = [float(np.nanmean(night)) for night in quiet]
    if gate == "time":
        entry.slow(size)
    elif wordings is not None:
        entry.drop_in(size, wordings)
    else:
        entry.drop(size)
    nights = [quiet[-1]]
    for place in (1, 2):
        nights = [nights[-1], entry.night()[gate]]
        if judged(entry, gate, blessed, np.stack(nights), at, means[:-1][-30:]).call == "regressed":
            return place
    return 3


KINDS = ("recipe", "data", "weights", "engine", "settings", "machine")
# How often a kind of thing changes on a night without any consequence.
_IDLE = {
    "recipe": 0.0,
    "data": 0.005,
    "weights": 0.0,
    "engine": 0.03,
    "settings": 0.0,
    "machine": 0.03,
}


def named(seed: int, world: World, gate: Gate, size: float, k: int = 4) -> bool | None:
    """Whether the named cause of a regression is the true one; `None` where it was not seen.

    Engines and machines change on quiet nights as well, also on the very night of the regression.
    """
    dice = np.random.default_rng(seed)
    entry, at = Entry(world, dice), levels(15)
    truth = str(dice.choice(KINDS if gate != "time" else ("recipe", "engine", "settings")))
    made = dict.fromkeys(KINDS, 0)
    rows: list[Night] = []
    taken: list[Floats] = []
    came = k + int(dice.integers(1, 40))
    for number in range(came + 2):
        for kind, chance in _IDLE.items():
            made[kind] += int(number >= k and dice.random() < chance)
        if number == came:
            entry.slow(size) if gate == "time" else entry.drop(size)
            made[truth] += 1
        taken.append(entry.night()[gate])
        told = {f"{kind}.x": str(value) for kind, value in made.items()}
        rows.append(
            Night(
                "entry", f"{number:04}", number, "", {gate: float(np.nanmean(taken[-1]))}, told, {}
            )
        )
        if number <= k:
            continue
        blessed, means = np.stack(taken[:k]), [row.means[gate] for row in rows[k:-2]]
        found = judged(entry, gate, blessed, np.stack(taken[-2:]), at, means[-30:])
        if number >= came and found.call == "regressed":
            level = float(np.nanmean(blessed))
            cause, *_ = cause_of(gate, rows, level, found.tonight.value, rows[k - 1].made)
            return cause == truth
    return None
