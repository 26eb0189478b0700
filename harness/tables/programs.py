"""Programs over a typed table: each turns rows into questions whose gold answers are computed.

A program knows nothing of wording; `harness.tables.questions` puts its questions into words.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from harness.core import Gold
from harness.tables.conditions import meeting
from harness.tables.operations import OPERATIONS, Program
from harness.tables.table import Row, Table

_T = TypeVar("_T")


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
    for name in program.columns:
        table.column(name)
    questions = list(_questions(program, table))
    return few(questions, program.limit, lambda question: question.cluster, f"{seed}:{program.id}")


def _questions(program: Program, table: Table) -> Iterator[Question]:
    operation = OPERATIONS[program.op]
    every = ((row.key, {"key": row.key}, (row,)) for row in table.rows)
    for cluster, slots, rows in _matches(program, table) if operation.of_many else every:
        answer = operation.answer(program, table, rows)
        if answer is not None:
            yield Question(
                program.id, cluster, {**slots, **answer.slots}, answer.gold,
                tuple(row.key for row in rows), answer.domain, answer.next_day, answer.unit,
            )  # fmt: skip


def _matches(
    program: Program, table: Table
) -> Iterator[tuple[str, dict[str, str], tuple[Row, ...]]]:
    """Every combination of operands: its cluster, its words, the rows that meet all conditions."""
    operands = (condition.operands(table, program.language) for condition in program.where)
    for combination in itertools.product(*operands):
        pairs = list(zip(program.where, combination, strict=True))
        slots = {c.slot: words for c, (_, words) in pairs if c.slot}
        said = ", ".join(f"{slot}={words}" for slot, words in slots.items())
        yield f"{program.id}({said})", slots, meeting(table, ((c, o) for c, (o, _) in pairs))


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
