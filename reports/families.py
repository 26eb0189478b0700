"""Accuracy by kind of question, as a table with shades, and over phrasings of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports.text import DASH, points

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
class Heat:
    """Families with their sizes; entries with a cell a family and their spread over phrasings.

    `same`: families in which no entry differs, which need no column, with their accuracy.
    `phrasings`: in how many most is asked.
    """

    sizes: Mapping[str, int]
    same: Mapping[str, float | None]
    rows: list[tuple[Entry, list[HeatCell], str]]
    phrasings: int


def heat(board: Leaderboard) -> Heat:
    """Every entry's accuracy in every family."""
    every = {name: _column(board, name) for name in board.families}
    same = {name: cells[0].accuracy for name, cells in every.items() if _is_same(cells)}
    columns = [cells for name, cells in every.items() if name not in same]
    rows = [
        (entry, [column[at] for column in columns], spread_text(entry))
        for at, entry in enumerate(board.entries)
    ]
    sizes = {name: size(board, name) for name in board.families if name not in same}
    return Heat(sizes, same, rows, phrasings(board))


def _is_same(cells: list[HeatCell]) -> bool:
    return len(cells) > 1 and len({cell.accuracy for cell in cells}) == 1


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


def phrasings(board: Leaderboard) -> int:
    """In how many phrasings most is asked; 0 where no entry has a spread over them."""
    found = (entry.summary.phrasings for entry in board.entries)
    return max((spread.n for spread in found if spread is not None), default=0)


def spread_text(entry: Entry) -> str:
    """The least and the greatest AS of one phrasing, `88.2–100.0`, and the standard deviation."""
    spread = entry.summary.phrasings
    if spread is None:
        return DASH
    return f"{points(spread.low)}–{points(spread.high)} (sd {points(spread.sd)})"
