"""The quantities that the scores are made from, as the page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports.columns import Column, raw_columns
from reports.strings import Note, words
from reports.text import one_line

if TYPE_CHECKING:
    from reports.board import Entry, Leaderboard


@dataclass(frozen=True, slots=True)
class Raw:
    """The columns; an entry a row."""

    columns: list[Column]

    def steady(self, entry: Entry) -> Note | str:
        """The word for how steady the times were: translated where it is one of ours."""
        word = entry.summary.latency.verdict if entry.summary.latency else ""
        return Note(f"cv_{word}") if f"cv_{word}" in words() else one_line(word)


def view(board: Leaderboard) -> Raw:
    """The columns that any entry fills."""
    return Raw(raw_columns(board))
