"""Decimal commas, thousands, and decimals that are names."""

from __future__ import annotations

import pytest

from harness.starter.column_kinds import Kind, understand
from harness.starter.decimals import fall_together, has_decimal_commas, in_doubt
from harness.starter.headers import read_header
from harness.tables.cell_read import CellError
from harness.tables.cells import read_cell
from harness.tables.table import Column


def kind_of(name: str, *cells: object, commas: bool = True) -> Kind:
    return understand(read_header(name), cells, "", commas=commas)


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (("1,50", "2,25", "3"), [1.5, 2.25, 3]),
        (("1.234,50", "1.001", "0,75"), [1234.5, 1001, 0.75]),
        (("1.234.567", "1,5", "2"), [1234567, 1.5, 2]),
        (("12,5%", "7%", "8,25 %"), [12.5, 7, 8.25]),
        (("12,50 €", "€ 3,99", "1,00€"), [12.5, 3.99, 1]),
        (("1 234,50", "12 000", "3,5"), [1234.5, 12000, 3.5]),
        (("1\xa0234,50 €", "2,5 €", "3 €"), [1234.5, 2.5, 3]),
        (("-1,5", "+2,5", "0,5"), [-1.5, 2.5, 0.5]),
        (("1,234", "0,5", "2,5"), [1.234, 0.5, 2.5]),
    ],
)
def test_decimal_commas(cells: tuple[str, ...], values: list[float]) -> None:
    kind = kind_of("Preis", *cells)
    assert (kind.column.kind, kind.column.decimal) == ("number", ",")
    assert list(kind.values) == values
    assert kind.note.startswith("has a decimal comma: ")


def test_a_thousand_and_one_only_where_the_column_says_so() -> None:
    kind = kind_of("Menge", "1,50", "1.001", "2,25", "3,5")
    assert kind.column.kind == "text"
    assert kind.note == (
        "1.001 may be 1001 or 1.001: say kind: number with decimal: ',' where it is in thousands"
    )
    assert read_cell("1.001", Column("Menge", "number", decimal=",")).value == 1001
    assert read_cell("1.001", Column("Menge", "number")).value == 1.001
    assert read_cell("1,001", Column("Menge", "number")).value == 1001
    for odd in ("1.50", "1,2,3", "1,50,"):
        with pytest.raises(CellError):
            read_cell(odd, Column("Menge", "number", decimal=","))


def test_commas_of_other_files_stay_thousands_and_lists() -> None:
    assert list(kind_of("Sales", "1,234", "2,500", commas=False).values) == [1234, 2500]
    assert kind_of("节次", "1,2", "3,4", "1,2", commas=False).column.kind != "number"
    assert not has_decimal_commas(["1,234", "2,500"])
    assert not has_decimal_commas(["1,50", "2.5"])
    assert has_decimal_commas(["1.234,50", "3"])
    assert in_doubt(["1,50", "1.001"]) == "1.001"
    assert in_doubt(["1,50", "1.001", "1.234,5"]) == ""


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("Version", ("3.0", "3.11", "3.9")),
        ("版本", ("1.1", "1.10", "2.0")),
        ("章节", ("1.1", "1.2", "2.1")),
        ("Section", ("4.1", "4.2", "4.10")),
        ("Release", ("2.10", "2.1", "3.0")),
        ("条目", ("1.1", "1.10", "1.2")),
        ("序号", ("1.1", "1.2", "1.10")),
        ("Key", ("5.1", "5.10", "5.2")),
    ],
)
def test_versions_and_chapters_are_text(name: str, cells: tuple[str, ...]) -> None:
    kind = kind_of(name, *cells, commas=False)
    assert kind.column.kind == "text"
    assert kind.values == cells


def test_prices_that_fall_together_are_numbers() -> None:
    assert kind_of("单价", "12.5", "12.50", "3", commas=False).column.kind == "number"
    assert kind_of("Weight (kg)", "1.1", "1.10", "2", commas=False).column.kind == "number"
    assert kind_of("Version", "1", "2", "3", commas=False).column.kind == "number"
    assert fall_together(["1.1", "1.10"])
    assert not fall_together(["1.1", "1.1", "1.10"])
    assert not fall_together([1.1, "1.10"])


def test_a_share_without_a_sign_among_percentages() -> None:
    kind = kind_of("折扣", "15%", "8%", "20%", "30%", "0.15", commas=False)
    assert kind.column.kind == "text"
    assert kind.note == "0.15 stands beside percentages and has no %: write all of them alike"
    assert list(kind_of("折扣", "15%", "8", "—", commas=False).values) == [15, 8, None]
