"""What a chart is: a drawing and the table that says the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.text.display import clip_middle
from reports.table import Cell
from reports.text import one_line

if TYPE_CHECKING:
    from reports.board import Entry
    from reports.strings import Note

WIDE = 860  # of every drawing, in its own units
SIDE = 56  # left of which the vertical axis has its numbers


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing and its twin: `headings` are notes or names, `rows` the same numbers in words.

    `drawn` is how many entries it shows where that is not all of them.
    """

    title: Note
    help: Note
    drawing: str
    headings: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    drawn: int | None = None


def name_of(entry: Entry, columns: int = 22) -> str:
    """A name short enough for a drawing, hidden characters shown."""
    return clip_middle(one_line(entry.label), columns)
