"""What readers of rows are told, and what they tell beside the rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]
# Rows in order, each with its place: `path:3`, `path: item 3` or `path: row 3`.
Rows = Iterator[tuple[str, Row]]


@dataclass(frozen=True, slots=True)
class Header:
    """Where a table begins.

    Args:
        rows: how many of its rows that are not empty stand above the first row of cells.
        names: of its columns.
    """

    rows: int
    names: Sequence[str]


# Finds the header among the rows that are not empty; `None` where the first of them is it.
FindHeader = Callable[[Sequence[Sequence[object]]], Header | None]


@dataclass(frozen=True, slots=True)
class Inside:
    """The rows that an object of a json file holds, and the lists in it that were not read."""

    rows: Sequence[Row] = ()
    unread: Sequence[str] = ()


RowsInside = Callable[[object], Inside]


@dataclass(frozen=True, slots=True)
class Sheets:
    """How sheets of one workbook are read together where none is named.

    Args:
        alike: whether a sheet with the second names goes on where one with the first ends.
        marks: what the rows of a sheet of a name have beside their cells, given their columns.
    """

    alike: Callable[[Sequence[str], Sequence[str]], bool]
    marks: Callable[[str, Sequence[str]], Row]


@dataclass(slots=True)
class About:
    """What is known of a file beside its rows, once they are read.

    Args:
        sheet: of a workbook of several, the one that was read, where it was alone.
        together: the sheets that were read, where there were several.
        unread: parts that hold something and were not read: sheets, lists.
        titles: rows that are titles of sections, place and text.
        repeated: names that stand over several columns of different cells.
    """

    sheet: str = ""
    together: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    titles: list[tuple[str, str]] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
