"""The operations: everything that can be asked of a table, one entry of `OPERATIONS` each.

    lookup      one cell of one row
    missing     one empty cell of one row: the right answer is "there is none"
    difference  how long from one time cell to another of the same row, across midnight, or from
                one date to another
    shift       a time cell moved by a delay
    select      the keys of all rows that meet conditions
    count       how many rows meet conditions
    extreme     the key of the row with the least or greatest value among those that meet conditions

Suite files, programs, and the forms in which a teacher invents questions all read this table.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from harness.core import Gold
from harness.tables.conditions import Condition, words_of
from harness.tables.table import ANY, DAY, NAMED, ORDERED, Cell, Row, Scalar, Table, clock
from harness.tables.units import scale_of
from harness.tables.words import Language, hours_and_minutes


@dataclass(frozen=True, slots=True)
class Program:
    """An operation with its arguments, as a suite file declares it or a form gives it.

    `delays` are minutes; `max_rows` is the most rows that `select` may list or `count` count;
    `limit` is the most questions to ask; `language` is that of the values in the questions.
    """

    id: str
    op: str
    column: str = ""
    start: str = ""
    end: str = ""
    pick: Literal["min", "max"] = "min"
    where: tuple[Condition, ...] = ()
    delays: tuple[int, ...] = ()
    max_rows: int = 8
    limit: int | None = None
    language: Language = "zh"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it names."""
        conditions = (condition.column for condition in self.where)
        return tuple(filter(None, (self.column, self.start, self.end, *conditions)))


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation answers.

    `domain` is the column whose values an answer could take, `next_day` says whether a time fell
    past midnight, `unit` is that of a number, `slots` are what the question says besides the key.
    """

    gold: Gold
    domain: str = ""
    next_day: bool = False
    unit: str = ""
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: what it reads, how it computes, and what a form of it says.

    Args:
        answer: computes over one row, or over all that meet the conditions; `None` where there is
            no single answer.
        plain: asks in plain words; braces name fields of `Program`, what it says, or `picked`.
        unanswered: why a form has no answer; braces as in `plain`, and `rows`, how many there are.
        columns: the fields that name a column, with the kinds that it may be of, in each of the
            ways in which a program may give them. A form gives the first.
        reads: the other fields that it reads; what reads `where` is about many rows.
        needs: those of them that a program must give.
        says: what its questions must say, besides their conditions.
        may_say: what they may say besides.
        has_value: whether there is a value to say in the answer.
        otherwise: the operation that a form of this one turns into where it has no answer.
    """

    answer: Callable[[Program, Table, Sequence[Row]], Answer | None]
    plain: str
    unanswered: str
    columns: tuple[Mapping[str, Collection[str]], ...] = ({},)
    reads: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    says: tuple[str, ...] = ("key",)
    may_say: tuple[str, ...] = ()
    has_value: bool = True
    otherwise: str = ""

    @property
    def of_many(self) -> bool:
        """Whether it is about all rows that meet conditions, not about one."""
        return "where" in self.reads


def gold_of(table: Table, column: str, cell: Cell) -> Gold:
    """Type a cell as a gold answer, by the kind of its column."""
    definition = table.column(column)
    if cell is None:
        return Gold("none", None)
    if isinstance(cell, tuple):
        return Gold("set", cell)
    if isinstance(cell, int | float) and definition.kind == "number":
        # Rounded, for 12.3万 is 123000 and not 123000.00000000001.
        return Gold("number", round(float(cell) * scale_of(definition.unit), 9))
    if isinstance(cell, int | float) and definition.kind == "duration":
        return Gold("duration", float(cell))
    if isinstance(cell, int) and definition.kind == "time":
        return Gold("time", clock(cell))
    return Gold("date" if isinstance(cell, dt.date) else "text", words_of(table, column, cell))


def minutes_between(start: int, end: int) -> int:
    """Minutes from one time of day to the next occurrence of another, less than a day.

    Where the later one says its day itself, it is as long as that is.
    """
    return end - start if end >= max(start, DAY) else (end - start) % DAY


def _lookup(program: Program, table: Table, rows: Sequence[Row]) -> Answer | None:
    column, cell = table.column(program.column), rows[0][program.column]
    if cell is None or column.name in table.keys:
        return None
    gold = gold_of(table, column.name, cell)
    later = gold.kind == "time" and isinstance(cell, int) and cell >= DAY
    return Answer(gold, column.name if column.kind in NAMED else "", later, column.unit)


def _missing(program: Program, _: Table, rows: Sequence[Row]) -> Answer | None:
    return Answer(Gold("none", None)) if rows[0][program.column] is None else None


def _minutes(program: Program, row: Row) -> int | None:
    """How long it is from the row's start to its end; `None` where either is missing.

    Between dates it is whole days, and `None` too where the end is not after the start.
    """
    start, end = row[program.start], row[program.end]
    if isinstance(start, dt.date) and isinstance(end, dt.date):
        return (end - start).days * DAY if end > start else None
    if isinstance(start, int) and isinstance(end, int):
        return minutes_between(start, end)
    return None


def _difference(program: Program, _: Table, rows: Sequence[Row]) -> Answer | None:
    minutes = _minutes(program, rows[0])
    return None if minutes is None else Answer(Gold("duration", float(minutes)))


def _shift(program: Program, _: Table, rows: Sequence[Row]) -> Answer | None:
    (row,) = rows
    cell = row[program.column]
    if not isinstance(cell, int):
        return None
    # The delay is drawn from the key, so that adding a row moves no other row's question.
    delay = random.Random(f"{program.id}:{row.key}").choice(program.delays)
    slots = {"time": clock(cell), "delay": hours_and_minutes(delay, program.language)}
    gold = Gold("time", clock(cell + delay))
    return Answer(gold, next_day=cell % DAY + delay >= DAY, slots=slots)


def _select(program: Program, table: Table, rows: Sequence[Row]) -> Answer | None:
    keys = tuple(row.key for row in rows)
    return Answer(Gold("set", keys), table.key) if 1 <= len(keys) <= program.max_rows else None


def _count(program: Program, _: Table, rows: Sequence[Row]) -> Answer | None:
    return Answer(Gold("number", float(len(rows)))) if 1 <= len(rows) <= program.max_rows else None


def _measure(program: Program, row: Row) -> Scalar | None:
    if program.start:
        return _minutes(program, row)
    cell = row[program.column]
    return cell if isinstance(cell, int | float | dt.date) else None


def _extreme(program: Program, table: Table, rows: Sequence[Row]) -> Answer | None:
    measured = [(m, row.key) for row in rows if (m := _measure(program, row)) is not None]
    measured.sort(reverse=program.pick == "max")  # a column is of one kind, so they compare
    # One candidate is no comparison, and a tie has no single right answer.
    if len(measured) < 2 or measured[0][0] == measured[1][0]:
        return None
    return Answer(Gold("text", measured[0][1]), table.key)


_SPAN = {"start": ("time", "date"), "end": ("time", "date")}

OPERATIONS: Mapping[str, Operation] = {
    "lookup": Operation(
        _lookup, "{key}的{column}是什么？", "{column} names the row itself", ({"column": ANY},),
        otherwise="missing",
    ),
    "missing": Operation(
        _missing, "{key}的{column}是什么？", "{key} does have {column}", ({"column": ANY},),
        has_value=False,
    ),
    "difference": Operation(
        _difference, "{key}从{start}到{end}相隔多久？", "from {start} to {end}", (_SPAN,)
    ),
    "shift": Operation(
        _shift, "{key}的{column}推迟{delay}后是几点？", "{key} has no {column}",
        ({"column": ("time",)},), reads=("delays",), needs=("delays",),
        says=("key", "delay"), may_say=("time",),
    ),
    "select": Operation(
        _select, "{where}的有哪些？", "{rows} rows meet it, not 1 to {max_rows}",
        reads=("where", "max_rows"), needs=("where",), says=(),
    ),
    "count": Operation(
        _count, "{where}的有几个？", "{rows} rows meet it, not 1 to {max_rows}",
        reads=("where", "max_rows"), says=(),
    ),
    "extreme": Operation(
        _extreme, "{where}的{column}{picked}的是哪个？", "no one row has the {pick} of {column}",
        ({"column": ORDERED}, _SPAN), reads=("pick", "where"), says=(),
    ),
}  # fmt: skip
