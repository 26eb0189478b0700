"""Decimal commas, thousands, and decimals that are names."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.starter.column_kinds import Kind, understand
from harness.starter.decimals import fall_together, has_decimal_commas, in_doubt, points_of
from harness.starter.headers import read_header
from harness.starter.init import Request, start
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


def made_of(folder: Path, text: str, name: str = "t.csv") -> tuple[dict[str, str], tuple[str, ...]]:
    """The examples of each column with its kind, and the notes."""
    (folder / name).write_text(text, "utf-8")
    made = start(Request(folder / name))
    told = {row["column"]: f"{row['kind']}: {row['examples']}" for row in made.columns}
    return told, made.notes


STOCK = "Artikel;Preis;Lager\nApfel;1,50 €;{}\nBirne;2,25 €;{}\nKiwi;0,80 €;{}\n"
AS_THOUSANDS = "Lager: 1.001 is 1001, for decimals have a comma in this file"
IN_DOUBT = (
    "Lager: 1.001 may be 1001 or 1.001: say kind: number with decimal: ',' where it is in thousands"
)


@pytest.mark.parametrize(
    ("stock", "read"),
    [
        (("12", "1.001", "5"), "12, 1001, 5"), (("12", "1.001", "1.250.000"), "12, 1001, 1250000"),
        (("1.001", "2.350", "12.400"), "1001, 2350, 12400"), (("-1.001", "12", ""), "-1001, 12"),
        (("1.001", "0", "999"), "1001, 0, 999"),
    ],
)  # fmt: skip
def test_a_column_beside_shows_that_points_are_thousands(
    tmp_path: Path, stock: tuple[str, ...], read: str
) -> None:
    told, notes = made_of(tmp_path, STOCK.format(*stock))
    assert told["Lager"] == f"number: {read}"
    assert AS_THOUSANDS in notes


@pytest.mark.parametrize("text", [
    "品名;单价;库存\n苹果;1,50;12\n梨;2,25;1.001\n桃;0,80;5\n",
    '品名,单价,库存\n苹果,"1,50 €",12\n梨,"2,25 €",1.001\n桃,"0,80 €",5\n',
])  # fmt: skip
def test_thousands_in_chinese_and_in_other_files(tmp_path: Path, text: str) -> None:
    told, notes = made_of(tmp_path, text)
    assert told["库存"] == "number: 12, 1001, 5"
    assert AS_THOUSANDS.replace("Lager", "库存") in notes


@pytest.mark.parametrize(
    "text",
    [
        STOCK.format("1200", "1.001", "5"),  # thousands without a point stand beside
        STOCK.format("12;1.5", "1.001;2.5", "5;3.75").replace("Lager", "Lager;Menge"),
        STOCK.format("1.001;1.5 kg", "12;2.5 kg", "5;3 kg").replace("Lager", "Lager;Gewicht"),
    ],
)
def test_a_thousand_and_one_that_nothing_shows_is_told(tmp_path: Path, text: str) -> None:
    told, notes = made_of(tmp_path, text)
    assert told["Lager"].startswith("text: ")
    assert IN_DOUBT in notes


def test_points_that_can_only_be_decimals_stay_decimals(tmp_path: Path) -> None:
    for stock in (("0.250", "1.001", "5"), ("1.5", "1.001", "5")):
        told, _ = made_of(tmp_path, STOCK.format(*stock), f"t{stock[0]}.csv")
        assert told["Lager"] == f"number: {float(stock[0])}, 1.001, 5"
    english = "Item;Price;Stock\nApple;1.50;12\nPear;2.25;1.001\nKiwi;0.80;5\n"
    told, notes = made_of(tmp_path, english, "english.csv")
    assert (told["Stock"], notes) == ("number: 12, 1.001, 5", ())


def test_names_with_numbers_in_them_are_in_no_doubt(tmp_path: Path) -> None:
    text = STOCK.format("1.001 rot", "Modell 2.5", "B").replace("Lager", "Modell")
    told, notes = made_of(tmp_path, text)
    assert told["Modell"].startswith("text: ")
    assert notes == ("Preis: has a decimal comma: 1,50 is 1.50",)
    assert points_of([["1,50 €"], ["Modell 2.5"]], commas=False) == "thousands"
    assert points_of([["1,50 €"], ["2.5 kg"]], commas=False) == "unknown"
    assert points_of([["1.50 €"], ["1.001"]], commas=False) == "decimal"


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
