"""Programs over a typed table: each turns rows into questions whose gold answers are computed.

A program knows nothing of wording; `harness.tables.phrasing` puts its questions into words.

    lookup      one cell of one row
    missing     one empty cell of one row: the right answer is "there is none"
    difference  minutes from one time cell to another of the same row, across midnight
    shift       a time cell moved by a delay
    select      the keys of all rows that meet conditions
    extreme     the key of the row with the least or greatest value among those that meet conditions
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from harness.core import Gold
from harness.tables.table import Row, Table, clock

Test = Literal["contains", "equals", "at_least", "within", "missing", "present"]
DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on one column; `slot` names what the wording says of it.

    `within` takes windows of `width` minutes that start every `every` minutes; `at_least` takes
    the starts alone.
    """

    column: str
    test: Test
    slot: str = ""
    every: int = 60
    width: int = 120

    def operands(self, table: Table) -> Sequence[tuple[object, str]]:
        """Every operand worth asking about, each with its words."""
        if self.test in ("missing", "present"):
            return [(None, self.column)]
        if self.test == "at_least":
            return [(start, clock(start)) for start in range(0, DAY, self.every)]
        if self.test == "within":
            windows = [(start, start + self.width) for start in range(0, DAY, self.every)]
            return [(w, f"{clock(w[0])}到{clock(w[1] % DAY)}") for w in windows if w[1] < DAY]
        values: list[object] = []
        if table.column(self.column).kind == "list" and self.test == "equals":
            cells = dict.fromkeys(row[self.column] for row in table.rows)
            values = [cell for cell in cells if cell is not None]
            return [(v, "、".join(map(str, v)) if isinstance(v, tuple) else str(v)) for v in values]
        return [(value, str(value)) for value in table.values(self.column)]

    def holds(self, row: Row, operand: object) -> bool:
        """Whether the row meets the condition; a missing cell meets only `missing`."""
        cell = row[self.column]
        if self.test == "missing":
            return cell is None
        if cell is None:
            return False
        if self.test == "present":
            return True
        if self.test == "contains":
            return operand in cell if isinstance(cell, tuple) else operand == cell
        if self.test == "equals":
            return operand == cell
        if not isinstance(cell, int):
            return False
        if self.test == "at_least":
            return isinstance(operand, int) and cell >= operand
        return isinstance(operand, tuple) and operand[0] <= cell <= operand[1]


@dataclass(frozen=True, slots=True)
class Program:
    """One program, as a suite file declares it."""

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


@dataclass(frozen=True, slots=True)
class Question:
    """A program applied to a table: what is asked, and the answer.

    `cluster` is what the statistics resample, `rows` the keys that the answer rests on, `domain`
    the column whose values an answer could take, `next_day` whether a time fell past midnight.
    """

    program: str
    cluster: str
    slots: Mapping[str, str]
    gold: Gold
    rows: tuple[str, ...]
    domain: str = ""
    next_day: bool = False


def ask(program: Program, table: Table, seed: int) -> list[Question]:
    """Run a program over a table, at most `program.limit` questions, drawn with the seed.

    Raises:
        KeyError: the program names an operation or column that is not there.
    """
    questions = list(OPERATIONS[program.op](program, table))
    if program.limit is None or len(questions) <= program.limit:
        return questions
    draw = random.Random(f"{seed}:{program.id}")  # noqa: S311 - a draw, not a secret
    chosen = sorted(draw.sample(range(len(questions)), program.limit))
    return [questions[i] for i in chosen]


def gold_of(table: Table, column: str, cell: object) -> Gold:
    """Type a cell as a gold answer, by the kind of its column."""
    kind = table.column(column).kind
    if isinstance(cell, tuple):
        return Gold("set", tuple(map(str, cell)))
    if kind == "time" and isinstance(cell, int):
        return Gold("time", clock(cell))
    if kind == "number" and isinstance(cell, int | float):
        return Gold("number", float(cell))
    return Gold("text", str(cell))


def minutes_between(start: int, end: int) -> int:
    """Minutes from one time of day to a later one, at most a day later."""
    return (end - start) % DAY


def _lookup(program: Program, table: Table) -> Iterator[Question]:
    for row in table.rows:
        cell = row[program.column]
        if cell is not None:
            gold = gold_of(table, program.column, cell)
            yield Question(program.id, row.key, {"key": row.key}, gold, (row.key,), program.column)


def _missing(program: Program, table: Table) -> Iterator[Question]:
    for row in table.rows:
        if row[program.column] is None:
            slots = {"key": row.key}
            yield Question(program.id, row.key, slots, Gold("none", None), (row.key,))


def _times(program: Program, row: Row) -> tuple[int, int] | None:
    start, end = row[program.start], row[program.end]
    return (start, end) if isinstance(start, int) and isinstance(end, int) else None


def _difference(program: Program, table: Table) -> Iterator[Question]:
    for row in table.rows:
        if times := _times(program, row):
            gold = Gold("duration", float(minutes_between(*times)))
            yield Question(program.id, row.key, {"key": row.key}, gold, (row.key,))


def _shift(program: Program, table: Table) -> Iterator[Question]:
    for row in table.rows:
        cell = row[program.column]
        if not isinstance(cell, int):
            continue
        # The delay is drawn from the key, so that adding a row moves no other row's question.
        delay = random.Random(f"{program.id}:{row.key}").choice(program.delays)  # noqa: S311
        hours, minutes = divmod(delay, 60)
        words = (f"{hours}小时" if hours else "") + (f"{minutes}分钟" if minutes else "")
        yield Question(
            program.id,
            row.key,
            {"key": row.key, "time": clock(cell), "delay": words},
            Gold("time", clock((cell + delay) % DAY)),
            (row.key,),
            next_day=cell + delay >= DAY,
        )


def _matches(program: Program, table: Table) -> Iterator[tuple[dict[str, str], tuple[Row, ...]]]:
    """Every combination of operands, with its words and the rows that meet all conditions."""
    for combination in itertools.product(*(c.operands(table) for c in program.where)):
        pairs = list(zip(program.where, combination, strict=True))
        rows = tuple(r for r in table.rows if all(c.holds(r, o) for c, (o, _) in pairs))
        yield {c.slot: words for c, (_, words) in pairs if c.slot}, rows


def _cluster(program: Program, slots: Mapping[str, str]) -> str:
    return f"{program.id}({', '.join(slots.values())})"


def _select(program: Program, table: Table) -> Iterator[Question]:
    for slots, rows in _matches(program, table):
        if 1 <= len(rows) <= program.max_rows:
            keys = tuple(row.key for row in rows)
            cluster = _cluster(program, slots)
            yield Question(program.id, cluster, slots, Gold("set", keys), keys, table.key)


def _measure(program: Program, row: Row) -> int | float | None:
    if program.start:
        times = _times(program, row)
        return None if times is None else minutes_between(*times)
    cell = row[program.column]
    return cell if isinstance(cell, int | float) else None


def _extreme(program: Program, table: Table) -> Iterator[Question]:
    for slots, rows in _matches(program, table):
        measured = [(m, row.key) for row in rows if (m := _measure(program, row)) is not None]
        measured.sort(reverse=program.pick == "max")
        # One candidate is no comparison, and a tie has no single right answer.
        if len(measured) < 2 or measured[0][0] == measured[1][0]:
            continue
        keys = tuple(row.key for row in rows)
        gold = Gold("text", measured[0][1])
        yield Question(program.id, _cluster(program, slots), slots, gold, keys, table.key)


OPERATIONS: Mapping[str, Callable[[Program, Table], Iterator[Question]]] = {
    "lookup": _lookup,
    "missing": _missing,
    "difference": _difference,
    "shift": _shift,
    "select": _select,
    "extreme": _extreme,
}
