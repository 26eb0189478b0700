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
from harness.nightly.evidence import GATES, Gate, loss, noise
from harness.nightly.history import Night
from harness.nightly.rule import Levels, Verdict, alarms, judge, levels, quiet_means


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
        rows = 64
        self.clusters = Clusters(
            tuple(f"row-{at % rows}" for at in range(n)),
            tuple(f"w-{at // rows}" for at in range(n)),
        )
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

    def slow(self, share: float) -> None:
        """Take longer by a share."""
        self._slower += math.log1p(share)


def false_reds(seed: int, world: World, nights: int = 200, specs: int = 5, k: int = 4) -> int:
    """How many gates are red on quiet nights, each night counted."""
    dice = np.random.default_rng(seed)
    at = levels(specs * len(GATES))
    return sum(_reds(Entry(world, dice), nights, k, at) for _ in range(specs))


def _reds(entry: Entry, nights: int, k: int, at: Levels) -> int:
    start = [entry.night() for _ in range(k)]
    blessed = {gate: np.stack([night[gate] for night in start]) for gate in GATES}
    past: list[dict[Gate, Floats]] = []
    means: dict[Gate, list[float]] = {gate: [] for gate in GATES}
    red: dict[Gate, list[bool]] = {gate: [] for gate in GATES}
    for _ in range(nights):
        past = [*past[-1:], entry.night()]
        for gate in GATES:
            quiet = quiet_means(means[gate], red[gate])
            if red[gate] and not red[gate][-1]:
                quiet = quiet[:-1]  # it is judged, together with the last
            red[gate].append(_verdict(entry, gate, blessed[gate], past, at, quiet))
            means[gate].append(float(np.nanmean(past[-1][gate])))
    return sum(map(sum, red.values()))


def _verdict(
    entry: Entry, gate: Gate, blessed: Floats, past: list[dict[Gate, Floats]], at: Levels,
    quiet: list[float],
) -> bool:  # fmt: skip
    """Whether a gate is red; the paired comparison is only made where it can decide."""
    nights = np.stack([night[gate] for night in past])
    found = noise(gate, blessed, quiet, nights)
    tonight = loss(gate, blessed, nights[-1:], found)
    pooled = loss(gate, blessed, nights, found) if len(nights) > 1 else None
    if not alarms(tonight, pooled, at, 0.0):
        return False
    return judged(entry, gate, blessed, nights, at, quiet).call == "regressed"


def judged(
    entry: Entry, gate: Gate, blessed: Floats, nights: Floats, at: Levels, quiet: list[float]
) -> Verdict:
    """The verdict of one gate."""
    return judge(gate, blessed, nights, entry.clusters, at, quiet)


def caught(seed: int, world: World, gate: Gate, size: float, k: int = 4, specs: int = 5) -> int:
    """On which night after it came a regression is red: 1, 2, or 3 for later."""
    dice = np.random.default_rng(seed)
    entry, at = Entry(world, dice), levels(specs * len(GATES))
    blessed = np.stack([entry.night()[gate] for _ in range(k)])
    quiet = [entry.night()[gate] for _ in range(int(dice.integers(1, 40)))]
    means = [float(np.nanmean(night)) for night in quiet]
    if gate == "time":
        entry.slow(size)
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
