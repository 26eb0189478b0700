"""Accuracy by kind of question, as a table with shades."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports import wordings

if TYPE_CHECKING:
    from reports.board import Entry, Leaderboard
    from reports.summary import Family


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One entry's accuracy in one family: 0 to 100, a shade of 0 to 10, best of its column."""

    accuracy: float | None = None
    shade: int | None = None
    best: bool = False


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One entry: a cell a family, and how far its accuracy depends on the wording."""

    entry: Entry
    cells: list[HeatCell]
    spread: str


@dataclass(frozen=True, slots=True)
class Heat:
    """Questions by family, the families being the columns; rows; in how many phrasings asked."""

    sizes: Mapping[str, int]
    rows: list[HeatRow]
    phrasings: int


def heat(board: Leaderboard) -> Heat:
    """Every entry's accuracy in every family."""
    columns = [_column(board, name) for name in board.families]
    rows = [
        HeatRow(entry, [column[at] for column in columns], wordings.spread_text(entry))
        for at, entry in enumerate(board.entries)
    ]
    sizes = {name: size(board, name) for name in board.families}
    return Heat(sizes, rows, wordings.phrasings(board))


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
