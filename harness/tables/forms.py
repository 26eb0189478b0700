"""A question that a teacher invented, in the form of a program: read, run, answered.

    {"op": "lookup", "key": "K420", "column": "开点"}
    {"op": "extreme", "column": "开点", "pick": "min",
     "where": [{"column": "终到站", "test": "equals", "value": "西安"}]}

What names a column, row or value that the table does not have, or has no single answer, is refused.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast, get_args

from harness.core import Gold
from harness.errors import InputError
from harness.tables.cell_read import CellError
from harness.tables.cells import read_cell
from harness.tables.programs import DAY, Condition, Op, Operand, Test, gold_of, words_of
from harness.tables.table import Column, Row, Scalar, Table, clock
from harness.tables.words import Language, hours_and_minutes

UNKNOWN = "program names what the table does not have"
INCOMPLETE = "program lacks a field"
NO_ANSWER = "program has no single answer"
# More rows than this are no answer that anybody would read.
MOST_ROWS = 8
_ORDERED = ("number", "time", "date", "duration")


class FormError(ValueError):
    """A form that cannot be run: a reason to count by, and what exactly."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Ran:
    """A form that was run.

    `row` is the key of its one row, or says what it asks of many; `named` is what a question must
    name; `plain` asks it in plain words, for other wordings to be held against; `columns` are
    those whose cells answer it; `windowed` says whether a condition takes a window.
    """

    op: Op
    gold: Gold
    row: str
    named: tuple[str, ...]
    plain: str
    columns: tuple[str, ...]
    domain: str = ""
    windowed: bool = False


def run_form(form: Mapping[str, Any], table: Table, language: Language = "zh") -> Ran:
    """Run a form over a table.

    Raises:
        FormError: it cannot be run, or has no single answer.
    """
    op = str(form.get("op", "")).strip().lower()
    if op not in _RUNNERS:
        raise FormError(INCOMPLETE, f"op {op or 'is missing'}")
    return _RUNNERS[op](_Form(form, table, language))


@dataclass(frozen=True, slots=True)
class _Form:
    """A form's fields, read against the table."""

    fields: Mapping[str, Any]
    table: Table
    language: Language

    def text(self, name: str) -> str:
        value = self.fields.get(name)
        if value is None or not str(value).strip():
            raise FormError(INCOMPLETE, name)
        return str(value).strip()

    def column(self, name: str = "column") -> Column:
        return self.named_column(self.text(name))

    def named_column(self, name: str) -> Column:
        try:
            return self.table.column(name)
        except InputError as error:
            raise FormError(UNKNOWN, f"column {name}") from error

    def row(self) -> Row:
        key = self.text("key")
        try:
            return self.table.row(key)
        except InputError as error:
            raise FormError(UNKNOWN, f"row {key}") from error

    def words(self, column: str, operand: Operand) -> str:
        return words_of(self.table, column, operand, self.language)

    def conditions(self) -> list[tuple[Condition, Operand]]:
        where = self.fields.get("where")
        if where is None:
            return []
        listed = [where] if isinstance(where, dict) else where
        if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
            raise FormError(INCOMPLETE, "where is no list of conditions")
        return [self._condition(one) for one in listed]

    def _condition(self, given: Mapping[str, Any]) -> tuple[Condition, Operand]:
        inner = _Form(given, self.table, self.language)
        column, test = inner.column(), inner.text("test").lower()
        if test not in get_args(Test):
            raise FormError(INCOMPLETE, f"test {test}")
        if test in ("at_least", "at_most", "within") and column.kind not in _ORDERED:
            raise FormError(NO_ANSWER, f"{column.name} has no order")
        condition = Condition(column.name, cast("Test", test))
        return condition, inner.operand(column, test)

    def operand(self, column: Column, test: str) -> Operand:
        if test in ("missing", "present"):
            return None
        value = self.fields.get("value")
        if test == "within":
            if not isinstance(value, list) or len(value) != 2:
                raise FormError(INCOMPLETE, "within takes two values")
            low, high = (_read(part, column) for part in value)
            return cast("tuple[Scalar, Scalar]", (low, high))
        cell = _read("、".join(map(str, value)) if isinstance(value, list) else value, column)
        one_of_many = test == "contains" and isinstance(cell, tuple) and len(cell) == 1
        return cast("tuple[str, ...]", cell)[0] if one_of_many else cell

    def matching(self) -> tuple[list[tuple[Condition, Operand]], list[Row]]:
        conditions = self.conditions()
        rows = [row for row in self.table.rows if all(c.holds(row, o) for c, o in conditions)]
        return conditions, rows

    def named(self, conditions: Sequence[tuple[Condition, Operand]]) -> tuple[str, ...]:
        """What a question must name of its conditions; both ends of a window."""
        values: list[str] = []
        for condition, operand in conditions:
            ends = (
                operand if condition.test == "within" and isinstance(operand, tuple) else (operand,)
            )
            values += [self.words(condition.column, end) for end in ends if end is not None]
        return tuple(values)


def _read(raw: object, column: Column) -> Any:
    try:
        value = read_cell(raw, column).value
    except CellError as error:
        raise FormError(UNKNOWN, f"{column.name} {error}") from error
    if value is None:
        raise FormError(INCOMPLETE, f"value of {column.name}")
    return value


def _lookup(form: _Form) -> Ran:
    column, row = form.column(), form.row()
    if column.name in form.table.keys:
        raise FormError(NO_ANSWER, f"{column.name} names the row itself")
    cell = row[column.name]
    gold = Gold("none", None) if cell is None else gold_of(form.table, column.name, cell)
    op: Op = "missing" if cell is None else "lookup"
    domain = column.name if column.kind in ("text", "list", "date") and cell is not None else ""
    return Ran(op, gold, row.key, (row.key,), f"{row.key}的{column.name}是什么？",
               (column.name,), domain)  # fmt: skip


def _missing(form: _Form) -> Ran:
    ran = _lookup(form)
    if ran.gold.kind != "none":
        raise FormError(NO_ANSWER, f"{ran.row} does have {ran.columns[0]}")
    return ran


def _difference(form: _Form) -> Ran:
    row, start, end = form.row(), form.column("start"), form.column("end")
    first, last = row[start.name], row[end.name]
    if isinstance(first, dt.date) and isinstance(last, dt.date) and last > first:
        minutes = (last - first).days * DAY
    elif start.kind == end.kind == "time" and isinstance(first, int) and isinstance(last, int):
        minutes = (last - first) % DAY
    else:
        raise FormError(NO_ANSWER, f"from {start.name} to {end.name}")
    plain = f"{row.key}从{start.name}到{end.name}相隔多久？"
    columns = (start.name, end.name)
    return Ran("difference", Gold("duration", float(minutes)), row.key, (row.key,), plain, columns)


def _shift(form: _Form) -> Ran:
    row, column = form.row(), form.column()
    cell = row[column.name]
    try:
        delay = int(form.text("delay"))
    except ValueError as error:
        raise FormError(INCOMPLETE, "delay is no whole number of minutes") from error
    if column.kind != "time" or not isinstance(cell, int) or not 0 < delay < DAY:
        raise FormError(NO_ANSWER, f"{column.name} moved by {delay} minutes")
    words = hours_and_minutes(delay, form.language)
    plain = f"{row.key}的{column.name}推迟{words}后是几点？"
    gold = Gold("time", clock(cell + delay))
    return Ran("shift", gold, row.key, (row.key, words), plain, (column.name,))


def _select(form: _Form) -> Ran:
    conditions, rows = _some(form)
    keys = tuple(row.key for row in rows)
    return _of_many(form, "select", conditions, Gold("set", keys), "有哪些", (), form.table.key)


def _count(form: _Form) -> Ran:
    conditions, rows = _some(form)
    return _of_many(form, "count", conditions, Gold("number", float(len(rows))), "有几个", ())


def _extreme(form: _Form) -> Ran:
    conditions, rows = form.matching()
    column = form.column()
    if column.kind not in _ORDERED:
        raise FormError(NO_ANSWER, f"{column.name} has no order")
    pick = str(form.fields.get("pick", "")).strip().lower()
    if pick not in ("min", "max"):
        raise FormError(INCOMPLETE, "pick is neither min nor max")
    cells = [(row[column.name], row.key) for row in rows if row[column.name] is not None]
    cells.sort(key=lambda found: cast("Any", found[0]), reverse=pick == "max")
    if len(cells) < 2 or cells[0][0] == cells[1][0]:
        raise FormError(NO_ANSWER, f"no one row has the {pick} of {column.name}")
    words = "最早、最短、最低" if pick == "min" else "最晚、最长、最高"
    asked = f"{column.name}{words}的是哪个"
    gold = Gold("text", cells[0][1])
    return _of_many(form, "extreme", conditions, gold, asked, (column.name,), form.table.key)


def _some(form: _Form) -> tuple[list[tuple[Condition, Operand]], list[Row]]:
    conditions, rows = form.matching()
    if not conditions:
        raise FormError(INCOMPLETE, "where")
    if not 1 <= len(rows) <= MOST_ROWS:
        raise FormError(NO_ANSWER, f"{len(rows)} rows meet it, not 1 to {MOST_ROWS}")
    return conditions, rows


# What a condition's test says of its column, with the words that its opposites lack.
_SAID: Mapping[Test, str] = {
    "equals": "{column}是{value}", "contains": "{column}包含{value}",
    "at_least": "{column}在{value}以后、以上", "at_most": "{column}在{value}以前、以下",
    "within": "{column}在{value}之间", "missing": "没有{column}", "present": "{column}",
}  # fmt: skip


def _of_many(
    form: _Form, op: Op, conditions: Sequence[tuple[Condition, Operand]], gold: Gold, asked: str,
    columns: tuple[str, ...], domain: str = "",
) -> Ran:  # fmt: skip
    said = []
    for condition, operand in conditions:
        ends = operand if condition.test == "within" and isinstance(operand, tuple) else (operand,)
        value = "到".join(form.words(condition.column, end) for end in ends)
        said.append(_SAID[condition.test].format(column=condition.column, value=value))
    plain = f"{'、'.join(said)}的{asked}？"
    windowed = any(condition.test == "within" for condition, _ in conditions)
    return Ran(op, gold, f"{op}({plain})", form.named(conditions), plain,
               (*columns, *(c.column for c, _ in conditions)), domain, windowed)  # fmt: skip


_RUNNERS: Mapping[str, Callable[[_Form], Ran]] = {
    "lookup": _lookup, "missing": _missing, "difference": _difference, "shift": _shift,
    "select": _select, "count": _count, "extreme": _extreme,
}  # fmt: skip
