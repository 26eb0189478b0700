"""Accuracy by kind of question, as a table with shades."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reports.board import Entry, Leaderboard
    from reports.summary import Family


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One entry's accuracy in one family: 0 to 100, a shade of 0 to 10, best of its column."""

    accuracy: float | None = None
    shade: int | None = None
    best: bool = False


def heat(board: Leaderboard) -> list[tuple[Entry, list[HeatCell]]]:
    """Each entry with a cell a family, in the order of `board.families`."""
    columns = [_column(board, name) for name in board.families]
    return [(entry, [column[at] for column in columns]) for at, entry in enumerate(board.entries)]


def _column(board: Leaderboard, name: str) -> list[HeatCell]:
    found = [_accuracy(entry.summary.families.get(name)) for entry in board.entries]
    best = max((accuracy for accuracy in found if accuracy is not None), default=None)
    return [
        HeatCell()
        if accuracy is None
        else HeatCell(accuracy, round(accuracy / 10), accuracy == best)
        for accuracy in found
    ]


def _accuracy(family: Family | None) -> float | None:
    return None if family is None else family.accuracy


def size(board: Leaderboard, name: str) -> int:
    """How many questions a family has."""
    found = (entry.summary.families.get(name) for entry in board.entries)
    return max(family.n for family in found if family)
