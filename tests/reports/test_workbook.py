from __future__ import annotations

import io
import zipfile
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.leaderboard import Leaderboard
from reports.sheet import text_cell
from reports.text import visible
from reports.workbook import workbook
from tests.reports.conftest import HOSTILE_TEXTS, MakeBoard, eight


@pytest.fixture(scope="module")
def sheets(hostile: Leaderboard) -> Any:
    return openpyxl.load_workbook(io.BytesIO(workbook(hostile)))


def column(sheet: Any, name: str) -> list[Any]:
    head, *rows = sheet.iter_rows()
    at = [cell.value for cell in head].index(name)
    return [row[at] for row in rows]


def test_sheets_and_frozen_headings(sheets: Any) -> None:
    taught = ["training", "reasons", "rejected"]
    assert sheets.sheetnames == ["leaderboard", "pairs", "families", *taught, "answers", "notes"]
    assert {sheet.freeze_panes for sheet in sheets} == {"A2"}
    assert all(sheet.auto_filter.ref for sheet in sheets)


def test_strings_stay_strings(sheets: Any) -> None:
    cells = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    answers = [cell.value for cell in column(sheets["answers"], "answer")]
    assert '=HYPERLINK("http://example.com","click")' in answers
    excel = visible(HOSTILE_TEXTS["q0006"]).replace("_x0041_", "_x005F_x0041_")
    assert excel in answers  # Excel shows _x005F_ as _, and would show _x0041_ as A


def test_a_formula_stays_text_when_it_is_edited(sheets: Any) -> None:
    found = [c for c in column(sheets["answers"], "answer") if c.value.startswith("=")]
    assert found
    assert all(cell.quotePrefix for cell in found)


def test_a_long_answer_is_cut_with_a_mark(sheets: Any) -> None:
    answers = [cell.value for cell in column(sheets["answers"], "answer")]
    long = next(text for text in answers if text.startswith("长长"))
    assert len(long) <= 32_767
    assert long.endswith(" […cut: 40,000 characters in all]")


def test_numbers_are_numbers_with_their_format(sheets: Any, hostile: Leaderboard) -> None:
    totals = column(sheets["leaderboard"], "total")
    expected = [entry.summary.total for entry in hostile.entries]
    assert [cell.value for cell in totals] == [pytest.approx(e.value) for e in expected if e]
    assert {cell.number_format for cell in totals} == {"0.0"}
    assert {cell.number_format for cell in column(sheets["answers"], "seconds")} == {"0.000"}


def test_every_answer_of_every_entry_is_there(sheets: Any, hostile: Leaderboard) -> None:
    rows = sheets["answers"].max_row - 1
    assert rows == len(hostile.samples) * len(hostile.entries)


def test_columns_are_as_wide_as_they_need(sheets: Any) -> None:
    sizes = {d.width for sheet in sheets for d in sheet.column_dimensions.values()}
    assert max(sizes) <= 80
    assert min(sizes) < 12 < max(sizes)


def test_equal_boards_are_equal_bytes(make_board: MakeBoard) -> None:
    board = make_board(*eight())
    data = workbook(board)
    assert workbook(board) == data
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b">2025-08-08T03:12:44Z</dcterms:modified>" in parts.read("docProps/core.xml")


def test_too_many_answers_end_in_a_row_that_says_so(
    hostile: Leaderboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.sheet._ROWS", 10)
    sheet: Any = openpyxl.load_workbook(io.BytesIO(workbook(hostile)))["answers"]
    assert sheet.max_row == 12
    assert sheet["A12"].value == "[…50 more rows: see the run folders]"


ASTRAL = "😀" * 20_000


@pytest.mark.parametrize("text", [ASTRAL, "a" * 32_767, "b" * 32_768, "c\ud83d" * 9000])
def test_no_cell_is_longer_than_excel_keeps(text: str) -> None:
    assert len(text_cell(text).encode("utf-16-le")) <= 2 * 32_767


@given(st.text(st.characters(codec=None), max_size=50))
def test_any_text_comes_back_as_it_shows(text: str) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet["A1"] = "."
    sheet["A1"].value = text_cell(text)
    sheet["A1"].data_type = "s"
    buffer = io.BytesIO()
    book.save(buffer)
    back = openpyxl.load_workbook(buffer).active
    assert back is not None
    assert (back["A1"].value or "").replace("_x005F_x", "_x") == visible(text)
