"""Families that an entry answers worse than another does, whatever the whole comes to.

What is tuned is held against the untuned base, for that is what it may have forgotten; the entry at
the top against every other one, for it is the one that will be taken.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.metrics.length import Shortened, shortened
from reports.text import one_line, points

if TYPE_CHECKING:
    from reports.board import Entry, Leaderboard
    from reports.runs import Run

NAMED = 10.0  # points of a family's AS
_CLEAR = 2  # standard deviations of the difference of two counts; within them it may be chance


@dataclass(frozen=True, slots=True)
class Loss:
    """A family in which an entry has at least ten points less than another.

    Args:
        entry, against: their labels.
        family: its name.
        n: how many questions both were asked.
        was, now: AS of the other, and of the entry, 0 to 100.
    """

    entry: str
    against: str
    family: str
    n: int
    was: float
    now: float

    @property
    def clear(self) -> bool:
        """Whether it is more than two such counts differ by chance, at two standard deviations."""
        lost, share = (self.was - self.now) * self.n / 100, (self.was + self.now) / 200
        return lost >= _CLEAR * math.sqrt(2 * self.n * share * (1 - share))

    def as_json(self) -> dict[str, Any]:
        """For `leaderboard.json`."""
        return {
            "family": self.family, "against": self.against, "n": self.n,
            "was": round(self.was, 2), "now": round(self.now, 2), "clear": self.clear,
        }  # fmt: skip


def losses(board: Leaderboard) -> list[Loss]:
    """All of them, those of one entry together, in the order of the board."""
    return [loss for entry in board.entries for loss in of(board, entry)]


def of(board: Leaderboard, entry: Entry) -> list[Loss]:
    """What one entry loses; of several others the one that is best in the family is named."""
    worst: dict[str, Loss] = {}
    for other in _others(board, entry):
        for loss in _between(entry, other):
            known = worst.get(loss.family)
            if known is None or known.was < loss.was:
                worst[loss.family] = loss
    return list(worst.values())


def shorter(board: Leaderboard) -> Iterator[tuple[Entry, Shortened]]:
    """What is tuned and got shorter and wrong, beside the first untuned base of the board."""
    for entry in board.entries:
        base = next((other for other in board.entries if _is_base(other, entry)), None)
        if base is not None:
            told = shortened(*_answers(entry.run), *_answers(base.run))
            if told.flagged:
                yield entry, told


def _answers(run: Run) -> tuple[dict[str, str], dict[str, float]]:
    """The texts by question, and the correctness of those that were judged."""
    texts = {name: answer.text for name, answer in run.answers.items()}
    judged = {name: c for name, a in run.answers.items() if (c := a.correct) is not None}
    return texts, judged


def in_words(board: Leaderboard, loss: Loss) -> str:
    """Whose it is, against whom, what it was and is, and of how many questions."""
    family = next(
        (title for e in board.entries if (title := e.run.families.get(loss.family))), loss.family
    )
    return (
        f"{one_line(loss.entry)}: {one_line(family)} {points(loss.was)} → {points(loss.now)} "
        f"({one_line(loss.against)}, n = {loss.n:,}{'' if loss.clear else ', ?'})"
    )


def _others(board: Leaderboard, entry: Entry) -> Iterator[Entry]:
    """The untuned base of what is tuned; of the entry at the top, all that have a model."""
    for other in board.entries:
        if other is entry or not other.summary.computes or not entry.summary.computes:
            continue
        if entry is board.first or _is_base(other, entry):
            yield other


def _is_base(other: Entry, entry: Entry) -> bool:
    mine, theirs = entry.summary, other.summary
    base = mine.model.get("base")
    same = base is not None and theirs.model.get("base") == base
    return same and mine.finetune is not None and theirs.finetune is None


def _between(entry: Entry, other: Entry) -> Iterator[Loss]:
    for name, mine in entry.summary.families.items():
        theirs = other.summary.families.get(name)
        if theirs is None or theirs.accuracy is None or mine.accuracy is None:
            continue
        if theirs.accuracy - mine.accuracy >= NAMED:
            yield Loss(entry.label, other.label, name, mine.n, theirs.accuracy, mine.accuracy)
