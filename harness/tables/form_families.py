"""Families of invented questions: what they are called, and what a teacher is op_words to write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from harness.tables.forms import Ran
from harness.tables.operations import OPERATIONS
from harness.tables.table import ORDERED, Table

WINDOW = "window"
# Named as the suites name theirs, so that what is invented trains what is asked.
_OPS = {
    "lookup": "lookup", "filter": "select", "compare": "extreme", "dwell": "difference",
    WINDOW: "select", "missing": "missing", "convert": "shift", "count": "count",
}  # fmt: skip


def family_ops() -> Mapping[str, str]:
    """The operation of each family; one that the suites have no name for is its own family."""
    return {**_OPS, **{op: op for op in OPERATIONS if op not in _OPS.values()}}


def op_words(family: str) -> str:
    """How a prompt names a family."""
    return f"{family_ops()[family]}{'（条件里用 within）' if family == WINDOW else ''}"


def family_of(ran: Ran) -> str:
    """The family of a form that was run."""
    if ran.windowed and ran.op == _OPS[WINDOW]:
        return WINDOW
    return next(name for name, op in family_ops().items() if op == ran.op)


def possible(table: Table, asked: Iterable[str]) -> list[str]:
    """The families that a table can be asked of, those alone that its suite asks where any are."""
    there = [name for name in family_ops() if _can(name, table)]
    wanted = set(asked)
    return [name for name in there if name in wanted] or there


def _can(family: str, table: Table) -> bool:
    """Whether a table has columns of the kinds, and empty cells where an answer is about them."""
    operation = OPERATIONS[family_ops()[family]]
    kinds = {column.kind for column in table.columns}
    wanted = [*operation.columns[0].values(), *([ORDERED] if family == WINDOW else [])]
    empty = (cell is None for row in table.rows for cell in row.cells.values())
    return all(map(kinds.intersection, wanted)) and (operation.has_value or any(empty))
