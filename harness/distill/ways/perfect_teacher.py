"""What a perfect, dull teacher would ask over some rows: forms that all can be run."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from harness.distill.request import row_object
from harness.tables.form_families import WINDOW, family_of, family_ops
from harness.tables.forms import FormError, Ran, run_form
from harness.tables.operations import OPERATIONS
from harness.tables.questions import say
from harness.tables.table import ANY, ORDERED, Row, Table

# What a form says besides columns and conditions, by the field that its operation reads.
_MORE: Mapping[str, tuple[str, object]] = {"delays": ("delay", 15), "pick": ("pick", "min")}


def ideal_forms(
    table: Table, rows: Sequence[Row], families: Sequence[str], count: int, turn: int
) -> list[dict[str, Any]]:
    """So many forms with question and answer, of the families in turns.

    Args:
        table: what the forms run over.
        rows: the rows to ask about.
        families: names in `harness.tables.form_families`.
        count: how many; fewer where these rows give no more.
        turn: how many requests came before, so that this one asks otherwise.
    """
    streams = [_runnable(table, rows, family, turn) for family in families]
    mixed = (found for turn_ in itertools.zip_longest(*streams) for found in turn_ if found)
    return [
        {"id": number, "question": ran.plain, **form, "answer": _answer(ran)}
        for number, (form, ran) in enumerate(itertools.islice(mixed, count), start=1)
    ]


def _answer(ran: Ran) -> str:
    return "没有。" if ran.gold.value is None else say(ran.gold)


def _runnable(
    table: Table, rows: Sequence[Row], family: str, turn: int
) -> Iterator[tuple[dict[str, Any], Ran]]:
    forms = list(_forms(table, rows, family))
    start = turn % len(forms) if forms else 0
    for form in forms[start:] + forms[:start]:
        try:
            ran = run_form(form, table)
        except FormError:
            continue
        if family_of(ran) == family:
            yield form, ran


def _forms(table: Table, rows: Sequence[Row], family: str) -> Iterator[dict[str, Any]]:
    op = family_ops()[family]
    operation = OPERATIONS[op]
    columns = [column for column in table.columns if column.name not in table.keys]
    ordered = [column.name for column in columns if column.kind in ORDERED]
    fields = operation.columns[0]
    names = [column.name for column in columns] if ANY in fields.values() else ordered
    more = dict(_MORE[name] for name in operation.reads if name in _MORE)
    for row in rows:
        if not operation.of_many:
            about: Iterable[dict[str, Any]] = [{"key": row.key}]
        elif family == WINDOW:
            about = _windows(row_object(table, row), ordered)
        else:
            about = _alike(row, [column.name for column in columns])
        for one, chosen in itertools.product(about, itertools.combinations(names, len(fields))):
            yield {"op": op, **one, **dict(zip(fields, chosen, strict=True)), **more}


def _windows(shown: Mapping[str, str | None], ordered: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Conditions on all rows between what one row has and the same."""
    for name in ordered:
        yield {"where": [{"column": name, "test": "within", "value": [shown[name], shown[name]]}]}


def _alike(row: Row, names: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Conditions on all rows that have the same as this one in one column or two."""
    plain = [name for name in names if isinstance(row[name], str)]
    for chosen in [*itertools.combinations(plain, 1), *itertools.combinations(plain, 2)]:
        yield {"where": [{"column": n, "test": "equals", "value": row[n]} for n in chosen]}
