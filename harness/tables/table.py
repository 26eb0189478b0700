"""A table in memory: typed cells, a key, and what the loader noticed on the way."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, get_args

from harness.errors import InputError, did_you_mean

DAY = 24 * 60  # minutes
ColumnKind = Literal["text", "number", "time", "date", "duration", "list"]
ANY: tuple[ColumnKind, ...] = get_args(ColumnKind)
# Columns whose cells are more and less, and those whose cells are names or dates.
ORDERED: tuple[ColumnKind, ...] = ("time", "number", "date", "duration")
NAMED: tuple[ColumnKind, ...] = ("text", "list", "date")
# Of a date with its year last: 03/08/2025 is refused where nobody says what comes first.
DateOrder = Literal["ymd", "mdy", "dmy"]
DecimalMark = Literal[".", ","]

# time: minutes since midnight, of the next day with a day more; duration: minutes; list: a tuple
# of strings; missing: None
Cell = str | int | float | dt.date | tuple[str, ...] | None
Scalar = int | float | dt.date


@dataclass(frozen=True, slots=True)
class Key:
    """Columns that tell rows apart together.

    `words` says a row by them, each column's name in braces: `{星期}第{节次}节`.
    """

    columns: tuple[str, ...]
    words: str

    @property
    def name(self) -> str:
        """What the columns are called together."""
        return " + ".join(self.columns)


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds.

    `aliases` maps another spelling to the canonical one, in text and list columns.
    `separators` are the characters that part the items of a list column. `unit` is what a number
    column counts in, such as 元 or kg, and a duration column where its cells are bare numbers.
    `missing` are words that stand for an empty cell, besides those that do in every table. `year`
    is the year of dates that leave it out, `order` that of dates whose year comes last. `decimal`
    is the mark before the decimals of numbers that are text. `past_midnight` says that the clock of
    times counts on: 25:38 is 01:38 of the next day.
    """

    name: str
    kind: ColumnKind
    aliases: Mapping[str, str] = field(default_factory=dict)
    separators: str = "，,、;；"
    unit: str = ""
    missing: tuple[str, ...] = ()
    year: int | None = None
    order: DateOrder = "ymd"
    decimal: DecimalMark = "."
    past_midnight: bool = False


@dataclass(frozen=True)
class Row:
    """One row. `number` is its 1-based number in the sheet, as a spreadsheet program shows it."""

    key: str
    cells: Mapping[str, Cell]
    number: int

    def __getitem__(self, column: str) -> Cell:
        return self.cells[column]


@dataclass(frozen=True)
class Table:
    """A table whose rows are told apart by the column `key`.

    Where it takes several columns together, `key_columns` holds them and `key` what they are
    called. `name` is the file's name without its suffix. `notes` says in a sentence each what the
    loader noticed and repaired.
    """

    name: str
    key: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    key_columns: tuple[str, ...] = ()

    @cached_property
    def _by_key(self) -> Mapping[str, Row]:
        return {row.key: row for row in self.rows}

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that tell rows apart."""
        return self.key_columns or (self.key,)

    def column(self, name: str) -> Column:
        """Return the column of that name.

        Raises:
            InputError: there is none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        known = [column.name for column in self.columns]
        raise InputError(f"table {self.name} has no column {name!r}{did_you_mean(name, known)}")

    def values(self, column: str) -> tuple[str | int | float | dt.date, ...]:
        """Return the distinct values of a column, in order of appearance.

        Missing cells are left out; the items of list cells are taken one by one.

        Raises:
            InputError: there is no such column.
        """
        found: dict[str | int | float | dt.date, None] = {}
        for row in self.rows:
            cell = row[self.column(column).name]
            if isinstance(cell, tuple):
                found.update(dict.fromkeys(cell))
            elif cell is not None:
                found[cell] = None
        return tuple(found)

    def row(self, key: str) -> Row:
        """Return the row with that key.

        Raises:
            InputError: there is none.
        """
        if key in self._by_key:
            return self._by_key[key]
        # A table has hundreds of keys: name the nearest one or none, never all.
        near = difflib.get_close_matches(key, self._by_key, n=1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        raise InputError(f"table {self.name} has no row with {self.key} {key!r}{hint}")


def kind_problem(name: str, kind: ColumnKind, allowed: Collection[str]) -> str:
    """What is wrong with a column where only some kinds may stand, empty where nothing is."""
    if kind in allowed:
        return ""
    *others, last = allowed
    choice = f"{', '.join(others)} or {last}" if others else last
    return f"{name} is a {kind} column, and must be {choice}"


def clock(minutes: int) -> str:
    """Write minutes since midnight as a time of day; past 24 hours it is the next day's clock.

    >>> clock(432)
    '07:12'
    """
    hour, minute = divmod(minutes % DAY, 60)
    return f"{hour:02}:{minute:02}"
