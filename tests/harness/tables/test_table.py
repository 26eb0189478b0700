from __future__ import annotations

import dataclasses

import pytest

from harness.errors import InputError
from harness.tables.table import Cell, Column, Row, Table, clock


def build() -> Table:
    columns = (Column("车次", "text"), Column("候车厅", "list"), Column("站台", "number"))
    cells: tuple[dict[str, Cell], ...] = (
        {"车次": "K2", "候车厅": ("北厅", "南厅"), "站台": 4},
        {"车次": "7001", "候车厅": None, "站台": 2},
        {"车次": "OK2", "候车厅": ("南厅", "东厅"), "站台": 4},
    )
    rows = tuple(Row(str(c["车次"]), c, number) for number, c in enumerate(cells, 2))
    return Table("board", "车次", columns, rows)


def test_values_are_distinct_in_order_and_list_items_stand_alone() -> None:
    table = build()
    assert table.values("站台") == (4, 2)
    assert table.values("候车厅") == ("北厅", "南厅", "东厅")


def test_a_row_is_found_by_its_key_and_read_by_column() -> None:
    assert build().row("7001")["站台"] == 2
    assert build().row("OK2").number == 4


def test_an_unknown_row_names_the_nearest_key() -> None:
    with pytest.raises(InputError, match=r"no row with 车次 'OK22' \(did you mean 'OK2'\?\)"):
        build().row("OK22")


def test_an_unknown_column_names_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"no column '终点' \(known: 候车厅, 站台, 车次\)"):
        build().column("终点")
    with pytest.raises(InputError, match="no column"):
        build().values("终点")


def test_a_table_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        build().name = "other"  # type: ignore[misc]  # that it fails is the point


@pytest.mark.parametrize(
    ("minutes", "text"), [(0, "00:00"), (432, "07:12"), (1439, "23:59"), (1452, "00:12")]
)
def test_clock(minutes: int, text: str) -> None:
    assert clock(minutes) == text
