"""What a perfect, dull teacher would ask over some rows: forms that all can be run."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from harness.distill.request import row_object
from harness.tables.form_families import FAMILIES, family_of
from harness.tables.forms import FormError, Ran, run_form
from harness.tables.programs import Op
from harness.tables.questions import say
from harness.tables.table import Row, Table

_DELAY = 15
_ORDERED = ("number", "time", "date", "duration")


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
    op = FAMILIES[family].op
    columns = [column for column in table.columns if column.name not in table.keys]
    names = [column.name for column in columns]
    ordered = [column.name for column in columns if column.kind in _ORDERED]
    for row in rows:
        about = {"op": op, "key": row.key}
        if op in ("lookup", "missing"):
            yield from ({**about, "column": name} for name in names)
        elif op == "shift":
            yield from ({**about, "column": name, "delay": _DELAY} for name in ordered)
        elif op == "difference":
            pairs = itertools.combinations(ordered, 2)
            yield from ({**about, "start": start, "end": end} for start, end in pairs)
        elif family == "window":
            shown = row_object(table, row)
            for name in ordered:
                at = {"column": name, "test": "within", "value": [shown[name], shown[name]]}
                yield {"op": op, "where": [at]}
        else:
            yield from _over_many(op, row, names, ordered)


def _over_many(
    op: Op, row: Row, names: Sequence[str], ordered: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Forms about all rows that have the same as this one in one column or two."""
    plain = [name for name in names if isinstance(row[name], str)]
    for chosen in [*itertools.combinations(plain, 1), *itertools.combinations(plain, 2)]:
        where = [{"column": name, "test": "equals", "value": row[name]} for name in chosen]
        if op != "extreme":
            yield {"op": op, "where": where}
            continue
        for name in ordered:
            yield {"op": op, "where": where, "column": name, "pick": "min"}
