"""In which wordings a board was asked, and how far an entry's accuracy depends on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.strings import Note
from reports.text import DASH, points

if TYPE_CHECKING:
    from reports.board import Entry, Leaderboard


def asked_in(board: Leaderboard) -> list[Note]:
    """The sentence under the board; none where its questions have no phrasings."""
    wordings = board.first.summary.wordings
    return [] if wordings is None else [Note(f"wordings_{wordings}")]


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
