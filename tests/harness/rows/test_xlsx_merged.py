"""Merged cells hold the value of the first, in the sheet that was asked for and nowhere else."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from harness.errors import InputError
from harness.rows import xlsx_merged
from harness.rows.grid import read_grid
from harness.rows.xlsx_guard import check_xlsx
from harness.rows.xlsx_merged import Filler, Span
from harness.tables.load import load_table
from harness.tables.table import Column, Key


@pytest.fixture
def book(tmp_path: Path) -> Path:
    workbook = openpyxl.Workbook()
    other = workbook.worksheets[0]
    other.append(["x", "y"])
    sheet = workbook.create_sheet("课表")
    for row in (
        ["课程表", None, None],
        ["星期", "节次", "课程"],
        ["周一", 1, "数学"],
        [None, 2, "语文"],
        ["周二", 1, "实验"],
        [None, 2, None],
    ):
        sheet.append(row)
    for cells in ("A1:C1", "A3:A4", "A5:A6", "C5:C6"):
        sheet.merge_cells(cells)
    path = tmp_path / "book.xlsx"
    workbook.save(path)
    return path


def test_every_merged_cell_holds_the_value(book: Path) -> None:
    grid = read_grid(book, "课表")
    assert grid.rows == [
        ["课程表", "课程表", "课程表"],
        ["星期", "节次", "课程"],
        ["周一", 1, "数学"],
        ["周一", 2, "语文"],
        ["周二", 1, "实验"],
        ["周二", 2, "实验"],
    ]
    assert grid.merged[0] == Span(0, 0, 0, 2)
    assert read_grid(book, None).merged == ()


def test_a_table_with_merged_cells_is_whole(book: Path) -> None:
    columns = [Column("星期", "text"), Column("节次", "number"), Column("课程", "text")]
    table = load_table(book, columns, Key(("星期", "节次"), "{星期}第{节次}节"), "课表")
    assert {row.key: row["课程"] for row in table.rows} == {
        "周一第1节": "数学", "周一第2节": "语文", "周二第1节": "实验", "周二第2节": "实验",
    }  # fmt: skip


def filled(rows: Sequence[list[object]], *spans: Span, width: int) -> list[list[object]]:
    filler = Filler(Path("a.xlsx"), spans)
    return [filler.fill(number, row, width) for number, row in enumerate(rows)]


def test_a_span_beyond_the_sheet_is_cut() -> None:
    assert filled([["a", ""], ["", "b"]], Span(0, 0, 9, 9), Span(5, 5, 6, 6), width=2) == [
        ["a", "a"], ["a", "a"],
    ]  # fmt: skip
    assert filled([["a", "", "c"]], Span(0, 0, 3, 1), width=3) == [["a", "a", "c"]]
    assert filled([["a"], ["b", "x"]], Span(0, 0, 0, 1), width=2) == [["a", "a"], ["b", "x"]]


def test_a_row_with_nothing_of_its_own_is_none() -> None:
    rows: list[list[object]] = [["a", "b"], ["", None], ["", "c"], [], ["d"]]
    assert filled(rows, Span(0, 0, 3, 0), width=2) == [
        ["a", "b"], ["", None], ["a", "c"], [], ["d", ""],
    ]  # fmt: skip


def test_merging_is_bounded(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_merged, "MAX_CELLS", 2)
    with pytest.raises(InputError, match="merges more than 2 cells"):
        read_grid(book, "课表")


def test_a_book_without_relations_has_no_merged_cells(book: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(book) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    del parts["xl/_rels/workbook.xml.rels"]
    bare = tmp_path / "bare.xlsx"
    with zipfile.ZipFile(bare, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert xlsx_merged.merged_spans(bare, "课表", check_xlsx(bare).merged) == []
