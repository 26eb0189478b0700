"""A table written as JSON is the table that is read back."""

from __future__ import annotations

import datetime as dt
import json

from hypothesis import given
from hypothesis import strategies as st

from harness.tables.codec import table_from, table_to
from harness.tables.table import Cell, Column, ColumnKind, Row, Table
from tests.harness.checker.forms import UNHURRIED

WORDS = st.text(max_size=8)
NUMBERS = st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False)
CELLS: dict[ColumnKind, st.SearchStrategy[Cell]] = {
    "text": WORDS,
    "number": NUMBERS,
    "time": st.integers(0, 1439),
    "date": st.dates(),
    "duration": NUMBERS,
    "list": st.lists(WORDS, min_size=1, max_size=3).map(tuple),
}


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """A table with a column of every kind and the odd missing cell."""
    columns = tuple(
        Column(
            f"column {kind}",
            kind,
            draw(st.dictionaries(WORDS, WORDS, max_size=2)),
            draw(WORDS),
            draw(WORDS),
            tuple(draw(st.lists(WORDS, max_size=2))),
        )
        for kind in CELLS
    )
    rows = tuple(
        Row(
            f"{number}",
            {column.name: draw(st.none() | CELLS[column.kind]) for column in columns},
            number,
        )
        for number in range(2, 2 + draw(st.integers(0, 3)))
    )
    keys = draw(st.sampled_from([(), ("column text", "column date")]))
    return Table(draw(WORDS), draw(WORDS), columns, rows, (draw(WORDS),), keys)


def shape(table: Table) -> list[list[type]]:
    return [[type(cell) for cell in row.cells.values()] for row in table.rows]


@UNHURRIED
@given(tables())
def test_a_table_survives_json(table: Table) -> None:
    again = table_from(json.loads(json.dumps(table_to(table))))
    assert again == table
    assert shape(again) == shape(table)


def test_the_object_is_plain() -> None:
    row = Row("a", {"日": dt.date(2025, 3, 8), "厅": ("东", "西"), "价": None}, 2)
    columns = (Column("日", "date"), Column("厅", "list"), Column("价", "number", unit="元"))
    told = table_to(Table("t", "日", columns, (row,)))
    assert told["rows"] == [{"key": "a", "number": 2, "cells": ["2025-03-08", ["东", "西"], None]}]
    assert told["columns"][2]["unit"] == "元"
