"""A table before it has a language: terminals, Markdown and pages show it."""

from __future__ import annotations

from dataclasses import dataclass

from reports.strings import Note

Cell = str | Note


@dataclass(frozen=True, slots=True)
class Table:
    """Headings over rows of as many cells; `left` says which columns are words."""

    headings: tuple[Cell, ...]
    left: tuple[bool, ...]
    rows: tuple[tuple[Cell, ...], ...]
