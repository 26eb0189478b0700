"""Programs over a typed table: each turns rows into questions whose gold answers are computed.

A program knows nothing of wording; `harness.tables.questions` puts its questions into words.

    lookup      one cell of one row
    missing     one empty cell of one row: the right answer is "there is none"
    difference  how long from one time cell to another of the same row, across midnight, or from
                one date to another
    shift       a time cell moved by a delay
    select      the keys of all rows that meet conditions
    count       how many rows meet conditions
    extreme     the key of the row with the least or greatest value among those that meet conditions
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar, cast

from harness.core import Gold
from harness.tables.quantiles import cuts, windows
from harness.tables.table import Cell, Row, Scalar, Table, clock
from harness.tables.units import scale_of
from harness.tables.words import Language, cell_words, hours_and_minutes, span_words

Op = Literal["lookup", "missing", "difference", "shift", "select", "count", "extreme"]
Test = Literal["contains", "equals", "at_least", "at_most", "within", "missing", "present"]
Operand = Cell | tuple[Scalar, Scalar]
DAY = 24 * 60
_T = TypeVar("_T")


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
        if self.test in ("at_least", "at_most", "within"):
            at_hours = self.every and table.column(self.column).kind == "time"
            return self._times(language) if at_hours else self._cuts(table, language)
        values: dict[object, Cell] = {}
        for cell in table.values(self.column) if self.test == "contains" else self._cells(table):
            values.setdefault(_unordered(cell), cell)
        return [(value, words_of(table, self.column, value, language)) for value in values.values()]

    def _times(self, language: Language) -> list[tuple[Operand, str]]:
        starts = range(0, DAY, self.every)
        if self.test != "within":
            return [(start, clock(start)) for start in starts]
        spans = [(start, start + self.width) for start in starts if start + self.width <= DAY]
        return [
            ((low, high), span_words(clock(low), "24:00" if high == DAY else clock(high), language))
            for low, high in spans
        ]

    def _cuts(self, table: Table, language: Language) -> list[tuple[Operand, str]]:
        kind, cells = table.column(self.column).kind, self._cells(table)

        def words(cut: Scalar) -> str:
            return words_of(table, self.column, cut, language)

        if self.test != "within":
            return [(cut, words(cut)) for cut in cuts(cells, kind)]
        return [
            ((low, high), span_words(words(low), words(high), language))
            for low, high in windows(cells, kind)
        ]

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


@dataclass(frozen=True, slots=True)
class Program:
    """One program, as a suite file declares it.

    `delays` are minutes; `max_rows` is the most rows that `select` may list or `count` count;
    `limit` is the most questions to ask; `language` is that of the values in the questions.
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
    language: Language = "zh"


@dataclass(frozen=True, slots=True)
class Question:
    """A program applied to a table: what is asked, and the answer.

    `cluster` is what the statistics resample, and no two questions of a program share it; `rows`
    are the keys that the answer rests on, `domain` the column whose values an answer could take,
    `next_day` says whether a time fell past midnight, `unit` is that of a number.
    """

    program: str
    cluster: str
    slots: Mapping[str, str]
    gold: Gold
    rows: tuple[str, ...]
    domain: str = ""
    next_day: bool = False
    unit: str = ""


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


def words_of(table: Table, column: str, cell: Operand, language: Language = "zh") -> str:
    """A cell, or an item of it, as a person writes it; a missing one is empty."""
    return cell_words(table.column(column), cast("Cell", cell), language)


def gold_of(table: Table, column: str, cell: Cell) -> Gold:
    """Type a cell that is not missing as a gold answer, by the kind of its column."""
    definition = table.column(column)
    if isinstance(cell, tuple):
        return Gold("set", cell)
    if isinstance(cell, dt.date):
        return Gold("date", cell.isoformat())
    if isinstance(cell, int | float) and definition.kind == "number":
        # Rounded, for 12.3万 is 123000 and not 123000.00000000001.
        return Gold("number", round(float(cell) * scale_of(definition.unit), 9))
    if isinstance(cell, int | float) and definition.kind == "duration":
        return Gold("duration", float(cell))
    if isinstance(cell, int) and definition.kind == "time":
        return Gold("time", clock(cell))
    return Gold("text", words_of(table, column, cell))


def minutes_between(start: int, end: int) -> int:
    """Minutes from one time of day to the next occurrence of another, less than a day.

    Where the later one says its day itself, it is as long as that is.
    """
    return end - start if end >= max(start, DAY) else (end - start) % DAY


def _named(table: Table, column: str) -> str:
    """The column as a domain of answers, where its values are names or dates."""
    return column if table.column(column).kind in ("text", "list", "date") else ""


def _lookup(program: Program, table: Table) -> Iterator[Question]:
    domain = _named(table, program.column)
    unit = table.column(program.column).unit
    for row in table.rows:
        cell = row[program.column]
        if cell is None:
            continue
        gold = gold_of(table, program.column, cell)
        later = gold.kind == "time" and isinstance(cell, int) and cell >= DAY
        slots = {"key": row.key}
        yield Question(program.id, row.key, slots, gold, (row.key,), domain, later, unit)


def _missing(program: Program, table: Table) -> Iterator[Question]:
    for row in table.rows:
        if row[program.column] is None:
            slots = {"key": row.key}
            yield Question(program.id, row.key, slots, Gold("none", None), (row.key,))


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


def _difference(program: Program, table: Table) -> Iterator[Question]:
    for row in table.rows:
        minutes = _minutes(program, row)
        if minutes is not None:
            gold = Gold("duration", float(minutes))
            yield Question(program.id, row.key, {"key": row.key}, gold, (row.key,))


def _shift(program: Program, table: Table) -> Iterator[Question]:
    for row in table.rows:
        cell = row[program.column]
        if not isinstance(cell, int):
            continue
        # The delay is drawn from the key, so that adding a row moves no other row's question.
        delay = random.Random(f"{program.id}:{row.key}").choice(program.delays)
        words = hours_and_minutes(delay, program.language)
        yield Question(
            program.id,
            row.key,
            {"key": row.key, "time": clock(cell), "delay": words},
            Gold("time", clock(cell + delay)),
            (row.key,),
            next_day=cell % DAY + delay >= DAY,
        )


def _matches(program: Program, table: Table) -> Iterator[tuple[dict[str, str], tuple[Row, ...]]]:
    """Every combination of operands, with its words and the rows that meet all conditions."""
    operands = (condition.operands(table, program.language) for condition in program.where)
    for combination in itertools.product(*operands):
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


def _count(program: Program, table: Table) -> Iterator[Question]:
    for slots, rows in _matches(program, table):
        if 1 <= len(rows) <= program.max_rows:
            keys = tuple(row.key for row in rows)
            gold = Gold("number", float(len(rows)))
            yield Question(program.id, _cluster(program, slots), slots, gold, keys)


def _measure(program: Program, row: Row) -> Scalar | None:
    if program.start:
        return _minutes(program, row)
    cell = row[program.column]
    return cell if isinstance(cell, int | float | dt.date) else None


def _extreme(program: Program, table: Table) -> Iterator[Question]:
    for slots, rows in _matches(program, table):
        measured = [(m, row.key) for row in rows if (m := _measure(program, row)) is not None]
        measured.sort(reverse=program.pick == "max")  # a column is of one kind, so they compare
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
    "count": _count,
    "extreme": _extreme,
}
