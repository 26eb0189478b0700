"""A question that a teacher invented, in the form of a program: read, run, answered.

    {"op": "lookup", "key": "K420", "column": "开点"}
    {"op": "extreme", "column": "开点", "pick": "min",
     "where": [{"column": "终到站", "test": "equals", "value": "西安"}]}

What names a column, row or value that the table does not have, or has no single answer, is refused.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast, get_args

from harness.core import Gold
from harness.errors import InputError
from harness.tables.cell_read import CellError
from harness.tables.cells import read_cell
from harness.tables.conditions import COMPARING, Condition, Operand, Test, meeting, words_of
from harness.tables.operations import OPERATIONS, Program
from harness.tables.table import ANY, DAY, ORDERED, Cell, Column, Row, Table, kind_problem
from harness.tables.words import Language

UNKNOWN = "program names what the table does not have"
INCOMPLETE = "program lacks a field"
NO_ANSWER = "program has no single answer"
# What a condition's test says of its column, with the words that its opposites lack.
_SAID: Mapping[Test, str] = {
    "equals": "{column}是{value}", "contains": "{column}包含{value}",
    "at_least": "{column}在{value}以后、以上", "at_most": "{column}在{value}以前、以下",
    "within": "{column}在{value}之间", "missing": "没有{column}", "present": "{column}",
}  # fmt: skip
_PICKED = {"min": "最早、最短、最低", "max": "最晚、最长、最高"}


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

    op: str
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
    given = _Form(form, table, language)
    op = str(form.get("op", "")).strip().lower()
    if op not in OPERATIONS:
        raise FormError(INCOMPLETE, f"op {op or 'is missing'}")
    operation = OPERATIONS[op]
    conditions = given.conditions() if operation.of_many else []
    rows = meeting(table, conditions) if operation.of_many else (given.row(),)
    program = given.program(op, conditions)
    answer = operation.answer(program, table, rows)
    if answer is None and operation.otherwise:
        op = operation.otherwise
        answer = OPERATIONS[op].answer(program, table, rows)
    words = [given.ends(condition, operand) for condition, operand in conditions]
    said = _said(program, rows, words)
    if answer is None:
        raise FormError(NO_ANSWER, operation.unanswered.format(**said))
    said |= answer.slots
    plain = operation.plain.format(**said)
    row = f"{op}({plain})" if operation.of_many else rows[0].key
    named = (*(said[slot] for slot in operation.says), *itertools.chain(*words))
    windowed = any(condition.test == "within" for condition in program.where)
    return Ran(op, answer.gold, row, named, plain, program.columns, answer.domain, windowed)


def _said(program: Program, rows: Sequence[Row], words: Sequence[Sequence[str]]) -> dict[str, Any]:
    """What the sentences of an operation may say; `words` are those of each condition's operand."""
    where = "、".join(
        _SAID[condition.test].format(column=condition.column, value="到".join(ends))
        for condition, ends in zip(program.where, words, strict=True)
    )
    fields = {**asdict(program), "where": where, "picked": _PICKED[program.pick]}
    return {**fields, "key": rows[0].key if rows else "", "rows": len(rows)}


@dataclass(frozen=True, slots=True)
class _Form:
    """A form's fields, read against the table."""

    fields: Mapping[str, Any]
    table: Table
    language: Language

    def program(self, op: str, conditions: Sequence[tuple[Condition, Operand]]) -> Program:
        """The operation with the arguments that the form gives."""
        operation = OPERATIONS[op]
        fields: dict[str, Any] = {
            name: self.column(name, kinds).name for name, kinds in operation.columns[0].items()
        }
        if not fields and not conditions:
            raise FormError(INCOMPLETE, "where")
        if "pick" in operation.reads:
            fields["pick"] = str(self.fields.get("pick", "")).strip().lower()
            if fields["pick"] not in _PICKED:
                raise FormError(INCOMPLETE, "pick is neither min nor max")
        if "delays" in operation.reads:
            fields["delays"] = (self.delay(),)
        where = tuple(condition for condition, _ in conditions)
        return Program("form", op, **fields, where=where, language=self.language)

    def delay(self) -> int:
        try:
            delay = int(self.text("delay"))
        except ValueError as error:
            raise FormError(INCOMPLETE, "delay is no whole number of minutes") from error
        if not 0 < delay < DAY:
            raise FormError(NO_ANSWER, f"a delay of {delay} minutes")
        return delay

    def text(self, name: str) -> str:
        value = self.fields.get(name)
        if value is None or not str(value).strip():
            raise FormError(INCOMPLETE, name)
        return str(value).strip()

    def column(self, field: str, allowed: Collection[str]) -> Column:
        name = self.text(field)
        try:
            column = self.table.column(name)
        except InputError as error:
            raise FormError(UNKNOWN, f"column {name}") from error
        if problem := kind_problem(name, column.kind, allowed):
            raise FormError(NO_ANSWER, problem)
        return column

    def row(self) -> Row:
        key = self.text("key")
        try:
            return self.table.row(key)
        except InputError as error:
            raise FormError(UNKNOWN, f"row {key}") from error

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
        test = inner.text("test").lower()
        if test not in get_args(Test):
            raise FormError(INCOMPLETE, f"test {test}")
        column = inner.column("column", ORDERED if test in COMPARING else ANY)
        condition = Condition(column.name, cast("Test", test))
        return condition, inner.operand(column, test)

    def operand(self, column: Column, test: str) -> Operand:
        if test in ("missing", "present"):
            return None
        value = self.fields.get("value")
        if test == "within":
            if not isinstance(value, list) or len(value) != 2:
                raise FormError(INCOMPLETE, "within takes two values")
            return cast("Operand", tuple(_read(part, column) for part in value))
        cell = _read("、".join(map(str, value)) if isinstance(value, list) else value, column)
        one_of_many = test == "contains" and isinstance(cell, tuple) and len(cell) == 1
        return cast("tuple[str, ...]", cell)[0] if one_of_many else cell

    def ends(self, condition: Condition, operand: Operand) -> tuple[str, ...]:
        """What a question must name of a condition: its value, or both ends of a window."""
        is_window = condition.test == "within" and isinstance(operand, tuple)
        ends = cast("tuple[Cell, ...]", operand if is_window else (operand,))
        return tuple(
            words_of(self.table, condition.column, end, self.language)
            for end in ends
            if end is not None
        )


def _read(raw: object, column: Column) -> Any:
    try:
        value = read_cell(raw, column).value
    except CellError as error:
        raise FormError(UNKNOWN, f"{column.name} {error}") from error
    if value is None:
        raise FormError(INCOMPLETE, f"value of {column.name}")
    return value
