"""Conditions that rows meet, and every operand that is worth asking about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from harness.tables.quantiles import cuts, windows
from harness.tables.table import DAY, Cell, Row, Scalar, Table
from harness.tables.words import Language, cell_words, span_words

Test = Literal["contains", "equals", "at_least", "at_most", "within", "missing", "present"]
Operand = Cell | tuple[Scalar, Scalar]
# The tests that compare, and so are for columns whose cells are more and less.
COMPARING: tuple[Test, ...] = ("at_least", "at_most", "within")


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on one column; `slot` names what the wording says of it.

    `contains` is for an item of a list, `equals` for a whole cell, a list in any order. Of times
    `within` takes windows of `width` minutes that start every `every` minutes and end by midnight,
    `at_least` and `at_most` the starts alone; of numbers, dates and durations, and of times where
    `every` is 0, they take values near the column's quantiles. Both ends are included.
    """

    column: str
    test: Test
    slot: str = ""
    every: int = 60
    width: int = 120

    def operands(self, table: Table, language: Language = "zh") -> list[tuple[Operand, str]]:
        """Every operand worth asking about, each with its words."""
        if self.test in ("missing", "present"):
            return [(None, self.column)]
        if self.test in COMPARING:
            return self._compared(table, language)
        values: dict[object, Cell] = {}
        for cell in table.values(self.column) if self.test == "contains" else self._cells(table):
            values.setdefault(_unordered(cell), cell)
        return [(value, words_of(table, self.column, value, language)) for value in values.values()]

    def _compared(self, table: Table, language: Language) -> list[tuple[Operand, str]]:
        kind, cells = table.column(self.column).kind, self._cells(table)
        at_hours = bool(self.every) and kind == "time"

        def said(cut: Scalar) -> str:
            midnight = at_hours and cut == DAY
            return "24:00" if midnight else words_of(table, self.column, cut, language)

        if self.test != "within":
            starts = range(0, DAY, self.every) if at_hours else cuts(cells, kind)
            return [(start, said(start)) for start in starts]
        spans = self._hours() if at_hours else windows(cells, kind)
        return [((low, high), span_words(said(low), said(high), language)) for low, high in spans]

    def _hours(self) -> Sequence[tuple[Scalar, Scalar]]:
        starts = range(0, DAY - self.width + 1, self.every)
        return [(start, start + self.width) for start in starts]

    def _cells(self, table: Table) -> list[Cell]:
        return [row[self.column] for row in table.rows if row[self.column] is not None]

    def holds(self, row: Row, operand: Operand) -> bool:
        """Whether the row meets the condition; a missing cell meets only `missing`."""
        cell = row[self.column]
        if self.test == "missing" or cell is None:
            return self.test == "missing" and cell is None
        return _HOLDS[self.test](cell, operand)


def _unordered(cell: Operand) -> object:
    return frozenset(cell) if isinstance(cell, tuple) else cell


def _contains(cell: Cell, operand: Operand) -> bool:
    return operand in cell if isinstance(cell, tuple) else cell == operand


def _ordered(low: object, high: object) -> bool:
    """Whether two cells or operands of one kind stand in this order, or are equal."""
    if isinstance(low, dt.date) and isinstance(high, dt.date):
        return low <= high
    return isinstance(low, int | float) and isinstance(high, int | float) and low <= high


def _within(cell: Cell, operand: Operand) -> bool:
    if not isinstance(operand, tuple):
        return False
    start, end = operand
    return _ordered(start, cell) and _ordered(cell, end)


_HOLDS: Mapping[Test, Callable[[Cell, Operand], bool]] = {
    "present": lambda cell, _: cell is not None,
    "contains": _contains,
    "equals": lambda cell, operand: _unordered(cell) == _unordered(operand),
    "at_least": lambda cell, operand: _ordered(operand, cell),
    "at_most": _ordered,
    "within": _within,
}


def meeting(table: Table, conditions: Iterable[tuple[Condition, Operand]]) -> tuple[Row, ...]:
    """The rows that meet all conditions, each with its operand."""
    pairs = tuple(conditions)
    return tuple(row for row in table.rows if all(c.holds(row, o) for c, o in pairs))


def words_of(table: Table, column: str, cell: Operand, language: Language = "zh") -> str:
    """A cell, or an item of it, as a person writes it; a missing one is empty."""
    return cell_words(table.column(column), cast("Cell", cell), language)
