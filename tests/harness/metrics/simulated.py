"""Runs whose true scores are known, to hold intervals and ranks against.

An answer is right where a normal variable lies under a threshold, and that variable is the sum of
its row's, its wording's and its own part: the accuracy over all rows and wordings is then exactly
the one asked for. (The constants of `harness.metrics.clusters` were set on another model, with
effects on the logit.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from harness.core import Profile
from harness.metrics.clusters import Clusters, Floats
from harness.metrics.joint import joint_totals
from harness.metrics.measured import Measured
from harness.metrics.score import score
from reports.ranking import summarise

PROFILE = Profile("simulated/2", {"AS": 0.4, "ART": 0.3, "AE": 0.3}, t_full=0.5, t_zero=8.0)
# What answers of different questions earn for their time and length, with their chances.
_SPEED, _SPEED_CHANCES = np.array([1.0, 0.8, 0.4]), (0.5, 0.3, 0.2)
_TERSE, _TERSE_CHANCES = np.array([1.0, 0.9, 0.6]), (0.5, 0.3, 0.2)
_TRIES = 3  # of an F1-like answer, which may be right in part


@dataclass(frozen=True, slots=True)
class Shape:
    """How many rows are asked in how many wordings, and how much of the chance is theirs.

    Args:
        rows: number of table rows.
        wordings: number of wordings.
        of_rows: share of the variance that is the row's.
        of_wordings: share of the variance that is the wording's.
        asked: how many of all pairs are asked, all where `None`.
    """

    rows: int
    wordings: int
    of_rows: float = 0.15
    of_wordings: float = 0.06
    asked: int | None = None


STRONG = 0.25
SHAPES = {
    "20x3": Shape(20, 3),
    "60x3": Shape(60, 3),
    "219x3": Shape(219, 3),
    "219x2": Shape(219, 2),
    "24x7": Shape(24, 7),
    "219x6": Shape(219, 6),
    "60x6 strong": Shape(60, 6, of_wordings=STRONG),
    "24x8": Shape(24, 8),
    "24x22, 366 asked": Shape(24, 22, asked=366),
    "64x22": Shape(64, 22),
    "120x12": Shape(120, 12),
    "219x22": Shape(219, 22),
}


class Board:
    """Questions of one shape, and runs over them.

    Args:
        shape: rows and wordings.
        seed: of everything that is drawn.
    """

    def __init__(self, shape: Shape, seed: int) -> None:
        self.shape = shape
        self._dice = np.random.default_rng(seed)
        pairs = np.arange(shape.rows * shape.wordings)
        if shape.asked is not None:
            pairs = np.sort(self._dice.choice(pairs, shape.asked, replace=False))
        self._row, self._wording = np.divmod(pairs, shape.wordings)
        self.clusters = Clusters(
            tuple(f"row-{i}" for i in self._row), tuple(f"wording-{i}" for i in self._wording)
        )

    @property
    def size(self) -> int:
        """Number of questions."""
        return len(self._row)

    def runs(self, accuracy: float, count: int, *, own: float, f1: bool = False) -> list[Measured]:
        """Draw runs of the same true accuracy over one draw of rows and wordings.

        Args:
            accuracy: over all rows and wordings, 0 to 1.
            count: how many runs.
            own: the share of the effects of rows and wordings that is each run's own.
            f1: whether answers may be right in part.
        """
        return self.several([accuracy] * count, own=own, f1=f1)

    def several(
        self, accuracies: Sequence[float], *, own: float, f1: bool = False
    ) -> list[Measured]:
        """Draw runs of these true accuracies over one draw of rows and wordings."""
        shared = self._effects()
        return [
            self._run(accuracy, np.sqrt(1 - own) * shared + np.sqrt(own) * self._effects(), f1)
            for accuracy in accuracies
        ]

    def pair(self, accuracy: float, apart: float, *, own: float) -> tuple[Measured, Measured]:
        """Draw two runs whose true accuracies lie so far apart around one, as shares."""
        shared = self._effects()
        one, other = (
            self._run(
                accuracy + sign * apart / 2,
                np.sqrt(1 - own) * shared + np.sqrt(own) * self._effects(),
                f1=False,
            )
            for sign in (1, -1)
        )
        return one, other

    def fixed_wordings(self, accuracy: float) -> tuple[Measured, float]:
        """A run, and its true accuracy over all rows in just these wordings."""
        rows, wordings = self._draws(self.shape.rows), self._draws(self.shape.wordings)
        shape = self.shape
        effect = np.sqrt(shape.of_wordings) * wordings
        spare = np.sqrt(1 - shape.of_wordings)
        limit = NormalDist().inv_cdf(accuracy)
        truth = np.mean([NormalDist().cdf((limit - float(e)) / float(spare)) for e in effect])
        whole = np.sqrt(shape.of_rows) * rows[self._row] + effect[self._wording]
        return self._run(accuracy, whole, f1=False), float(truth)

    def _effects(self) -> Floats:
        """What rows and wordings do to each question; shape (n,)."""
        rows, wordings = self._draws(self.shape.rows), self._draws(self.shape.wordings)
        return np.asarray(
            np.sqrt(self.shape.of_rows) * rows[self._row]
            + np.sqrt(self.shape.of_wordings) * wordings[self._wording]
        )

    def _draws(self, count: int) -> Floats:
        return self._dice.standard_normal(count)

    def _run(self, accuracy: float, effects: Floats, f1: bool) -> Measured:
        correct = self._tries(accuracy, effects, 1)[0]
        if f1:
            partial = self._tries(accuracy, effects, _TRIES).mean(axis=0)
            correct = np.where(self._dice.random(self.size) < 0.6, partial, correct)
        speed = self._dice.choice(_SPEED, self.size, p=_SPEED_CHANCES)
        terse = self._dice.choice(_TERSE, self.size, p=_TERSE_CHANCES)
        values = np.stack([correct, correct * speed, correct * terse], axis=1)
        nothing = np.zeros(self.size, dtype=np.bool_)
        return Measured(values, nothing, nothing)

    def _tries(self, accuracy: float, effects: Floats, count: int) -> Floats:
        """Independent tries at every question; shape (count, n), 0 or 1."""
        spare = 1 - self.shape.of_rows - self.shape.of_wordings
        noise = np.sqrt(spare) * self._dice.standard_normal((count, self.size))
        return np.asarray((effects + noise < NormalDist().inv_cdf(accuracy)).astype(np.float64))


def true_scores(accuracy: float) -> dict[str, float]:
    """AS, ART, AE and total of a run of that accuracy, in points."""
    speed, terse = (
        float(values @ np.array(chances))
        for values, chances in ((_SPEED, _SPEED_CHANCES), (_TERSE, _TERSE_CHANCES))
    )
    parts = {"AS": accuracy, "ART": accuracy * speed, "AE": accuracy * terse}
    total = sum(PROFILE.weights[part] * value for part, value in parts.items())
    return {name: 100 * value for name, value in {**parts, "total": total}.items()}


def coverage(shape: Shape, accuracy: float, tries: int, *, f1: bool, seed: int) -> dict[str, float]:
    """How often the intervals of AS, ART, AE and the total hold the true score, in per cent.

    Where the wordings are too few to say more, the interval of AS is held against the accuracy in
    just these wordings, and nothing else is said.
    """
    board = Board(shape, seed)
    held: dict[str, int] = {}
    for _ in range(tries):
        if board.clusters.fixed:
            run, truth = board.fixed_wordings(accuracy)
            true = {"AS": 100 * truth}
        else:
            (run,) = board.runs(accuracy, 1, own=0.0, f1=f1)
            true = true_scores(accuracy)
        found = score(run, board.clusters, PROFILE)
        estimates = {**found.parts, "total": found.total}
        for name, value in true.items():
            estimate = estimates[name]
            inside = estimate is not None and estimate.low <= value <= estimate.high
            held[name] = held.get(name, 0) + inside
    return {name: 100 * count / tries for name, count in held.items()}


def false_separations(
    shape: Shape, accuracy: float, tries: int, *, entries: int, own: float, seed: int
) -> float:
    """How often a board of equals tells any two of them apart, in per cent."""
    board = Board(shape, seed)
    wrong = 0
    for _ in range(tries):
        runs = board.runs(accuracy, entries, own=own)
        wrong += summarise(*joint_totals(runs, board.clusters, PROFILE)).apart > 0
    return 100 * wrong / tries
