"""Families of invented questions: what they are called, and what a teacher is told to write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from harness.tables.forms import Ran
from harness.tables.programs import Op
from harness.tables.table import Table

_ORDERED = {"number", "time", "date", "duration"}


@dataclass(frozen=True, slots=True)
class Family:
    """One family: the operation that it runs, and how a prompt names it."""

    op: Op
    words: str


# Named as the suites name theirs, so that what is invented trains what is asked.
FAMILIES: Mapping[str, Family] = {
    "lookup": Family("lookup", "lookup"),
    "filter": Family("select", "select"),
    "compare": Family("extreme", "extreme"),
    "dwell": Family("difference", "difference"),
    "window": Family("select", "select（条件里用 within）"),
    "missing": Family("missing", "missing"),
    "convert": Family("shift", "shift"),
    "count": Family("count", "count"),
}


def family_of(ran: Ran) -> str:
    """The family of a form that was run."""
    if ran.op == "select":
        return "window" if ran.windowed else "filter"
    return next(name for name, family in FAMILIES.items() if family.op == ran.op)


def possible(table: Table, asked: Iterable[str]) -> list[str]:
    """The families that a table can be asked of, those alone that its suite asks where any are."""
    kinds = {column.kind for column in table.columns}
    can = {
        "lookup": True,
        "filter": True,
        "compare": bool(kinds & _ORDERED),
        "dwell": "time" in kinds or "date" in kinds,
        "window": bool(kinds & _ORDERED),
        "missing": any(cell is None for row in table.rows for cell in row.cells.values()),
        "convert": "time" in kinds,
        "count": True,
    }
    there = [name for name, able in can.items() if able]
    wanted = set(asked)
    return [name for name in there if name in wanted] or there
