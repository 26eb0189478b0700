"""Programs over a typed table: each turns rows into questions whose gold answers are computed.

A program knows nothing of wording; `harness.tables.questions` puts its questions into words.

    lookup      one cell of one row
    missing     one empty cell of one row: the right answer is "there is none"
    difference  minutes from one time cell to another of the same row, across midnight
    shift       a time cell moved by a delay
    select      the keys of all rows that meet conditions
    extreme     the key of the row with the least or greatest value among those that meet conditions
"""

from __future__ import annotations

import hashlib
import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from harness.core import Gold
from harness.tables.table import Cell, Row, Table, clock

Op = Literal["lookup", "missing", "difference", "shift", "select", "extreme"]
Test = Literal["contains", "equals", "at_least", "within", "missing", "present"]
Operand = Cell | tuple[int, int]
DAY = 24 * 60
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on one column; `slot` names what the wording says of it.

    `contains` is for an item of a list, `equals` for a whole cell, a list in any order. `within`
    takes windows of `width` minutes that start every `every` minutes and end by midnight, both
    ends included; `at_least` takes the starts alone.
    """

    column: str
    test: Test
    slot: str = ""
    every: int = 60
    width: int = 120

    def operands(self, table: Table) -> list[tuple[Operand, str]]:
        """Every operand worth asking about, each with its words."""
        starts = range(0, DAY, self.every)
        if self.test in ("missing", "present"):
            return [(None, self.column)]
        if self.test == "at_least":
            return [(start, clock(start)) for start in starts]
        if self.test == "within":
            windows = [(start, start + self.width) for start in starts if start + self.width <= DAY]
            return [
                (w, f"{clock(w[0])}到{'24:00' if w[1] == DAY else clock(w[1])}") for w in windows
            ]
        values: dict[object, Cell] = {}
        for cell in table.values(self.column) if self.test == "contains" else self._cells(table):
            values.setdefault(_unordered(cell), cell)
        return [(value, words_of(table, self.column, value)) for value in values.values()]

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


def _at_least(cell: Cell, operand: Operand) -> bool:
    return isinstance(cell, int) and isinstance(operand, int) and cell >= operand


def _within(cell: Cell, operand: Operand) -> bool:
    if not isinstance(cell, int) or not isinstance(operand, tuple):
        return False
    start, end = operand
    return isinstance(start, int) and isinstance(end, int) and start <= cell <= end


_HOLDS: Mapping[Test, Callable[[Cell, Operand], bool]] = {
    "present": lambda cell, _: cell is not None,
    "contains": _contains,
    "equals": lambda cell, operand: _unordered(cell) == _unordered(operand),
    "at_least": _at_least,
    "within": _within,
}


@dataclass(frozen=True, slots=True)
class Program:
    """One program, as a suite file declares it.

    `delays` are minutes; `max_rows` is the most keys that an answer of `select` may list; `limit`
    is the most questions to ask.
    """

    id: str
    op: Op
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

    `cluster` is what the statistics resample, and no two questions of a program share it; `rows`
    are the keys that the answer rests on, `domain` the column whose values an answer could take,
    `next_day` says whether a time fell past midnight.
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
        InputError: the program names a column that the table does not have.
    """
    for name in (program.column, program.start, program.end, *(c.column for c in program.where)):
        if name:
            table.column(name)
    questions = list(OPERATIONS[program.op](program, table))
    return few(questions, program.limit, lambda question: question.cluster, f"{seed}:{program.id}")


def few(items: Sequence[_T], limit: int | None, name: Callable[[_T], str], seed: str) -> list[_T]:
    """Draw at most `limit` items, in their order, all where it is `None`.

    The draw ranks items by a hash of the seed and each one's name, so that an item more or less
    changes at most one other place.
    """
    if limit is None or len(items) <= limit:
        return list(items)
    if limit < 1:
        return []

    def rank(item: _T) -> bytes:
        return hashlib.sha256(f"{seed}:{name(item)}".encode("utf-8", "surrogatepass")).digest()

    last = sorted(map(rank, items))[limit - 1]
    return [item for item in items if rank(item) <= last]


def words_of(table: Table, column: str, cell: Operand) -> str:
    """A cell, or an item of it, as a person writes it; a missing one is empty."""
    if cell is None:
        return ""
    if isinstance(cell, tuple):
        return "、".join(map(str, cell))
    if isinstance(cell, int) and table.column(column).kind == "time":
        return clock(cell)
    return str(cell)


def gold_of(table: Table, column: str, cell: Cell) -> Gold:
    """Type a cell that is not missing as a gold answer, by the kind of its column."""
    kind = table.column(column).kind
    if isinstance(cell, tuple):
        return Gold("set", cell)
    if kind == "number" and isinstance(cell, int | float):
        return Gold("number", float(cell))
    return Gold("time" if kind == "time" else "text", words_of(table, column, cell))


def minutes_between(start: int, end: int) -> int:
    """Minutes from one time of day to the next occurrence of another, less than a day."""
    return (end - start) % DAY


def _named(table: Table, column: str) -> str:
    """The column as a domain of answers, where its values are names."""
    return column if table.column(column).kind in ("text", "list") else ""


def _lookup(program: Program, table: Table) -> Iterator[Question]:
    domain = _named(table, program.column)
    for row in table.rows:
        cell = row[program.column]
        if cell is not None:
            gold = gold_of(table, program.column, cell)
            yield Question(program.id, row.key, {"key": row.key}, gold, (row.key,), domain)


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
        delay = random.Random(f"{program.id}:{row.key}").choice(program.delays)
        hours, minutes = divmod(delay, 60)
        words = (f"{hours}小时" if hours else "") + (f"{minutes}分钟" if minutes else "")
        yield Question(
            program.id,
            row.key,
            {"key": row.key, "time": clock(cell), "delay": words},
            Gold("time", clock(cell + delay)),
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
    return f"{program.id}({', '.join(f'{slot}={words}' for slot, words in slots.items())})"


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


OPERATIONS: Mapping[Op, Callable[[Program, Table], Iterator[Question]]] = {
    "lookup": _lookup,
    "missing": _missing,
    "difference": _difference,
    "shift": _shift,
    "select": _select,
    "extreme": _extreme,
}
