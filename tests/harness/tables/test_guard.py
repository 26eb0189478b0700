"""Hostile and broken workbooks, built from a real one by changing its parts."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest

from harness.errors import InputError
from harness.tables import guard
from harness.tables.guard import check_xlsx
from harness.tables.load import load_table
from harness.tables.table import Column

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    for row in (["车次", "站台"], ["K1", 1], ["K2", "=1+1"]):
        sheet.append(row)
    workbook.save(tmp_path / "book.xlsx")
    return tmp_path / "book.xlsx"


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewrite(path: Path, parts: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def put(path: Path, name: str, content: bytes) -> None:
    rewrite(path, parts_of(path) | {name: content})


def refused(path: Path, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        load_table(path, [Column("车次", "text")], "车次")
    assert "\n" not in str(caught.value)


def test_a_formula_without_a_result_is_noticed_and_one_with_a_result_is_read(book: Path) -> None:
    columns = [Column("车次", "text"), Column("站台", "number")]
    assert check_xlsx(book)
    xml = parts_of(book)[SHEET]
    saved = xml.replace(b"<v></v>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>")
    assert saved != xml
    put(book, SHEET, saved)
    assert not check_xlsx(book)
    assert load_table(book, columns, "车次").row("K2")["站台"] == 2


def test_a_formula_whose_result_is_an_empty_text_is_a_missing_cell(book: Path) -> None:
    xml = parts_of(book)[SHEET]
    assert b'<c r="B3"><f>' in xml
    put(book, SHEET, xml.replace(b'<c r="B3"><f>', b'<c r="B3" t="str"><f>'))
    table = load_table(book, [Column("车次", "text"), Column("站台", "number")], "车次")
    assert table.row("K2")["站台"] is None


def test_a_bomb_is_not_expanded(book: Path) -> None:
    put(book, "xl/media/zeros.bin", bytes(8 * 1024 * 1024))
    refused(book, "'xl/media/zeros.bin' expands more than 200 times")


def test_the_whole_is_bounded(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MAX_EXPANDED", 1000)
    refused(book, "expands to [0-9]+ bytes, more than 1000")


def test_the_number_of_parts_is_bounded(book: Path) -> None:
    rewrite(book, parts_of(book) | {f"xl/media/{n}": b"" for n in range(guard.MAX_PARTS)})
    refused(book, "parts, more than 1000")


def test_a_cell_in_the_far_corner_does_not_fill_the_grid(book: Path) -> None:
    workbook = openpyxl.load_workbook(book)
    workbook.worksheets[0]["XFD1048576"] = 1
    workbook.save(book)
    refused(book, "spans more than 2000000 cells")


def test_cells_without_references_are_counted_too(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "MAX_CELLS", 20)
    rows = b"<row><c/><c/><c/></row>" * 7
    put(book, "xl/worksheets/odd.bin", b"<worksheet><sheetData>" + rows)
    refused(book, "'xl/worksheets/odd.bin' spans more than 20 cells")


@pytest.mark.parametrize("name", ["xl/sharedStrings.xml", SHEET, "xl/odd.bin"])
def test_entities_are_refused_in_any_part(book: Path, name: str) -> None:
    put(book, name, b'<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>')
    refused(book, f"'{name}' declares XML entities or a DTD")


def test_a_part_hidden_in_utf_16_is_refused_too(book: Path) -> None:
    text = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>'
    put(book, "xl/sharedStrings.xml", text.encode("utf-16"))
    refused(book, "declares XML entities or a DTD")


def test_a_broken_part_is_named(book: Path) -> None:
    put(book, SHEET, b"<worksheet><sheetData>")
    refused(book, f"'{SHEET}' is damaged")


def test_a_cut_file_is_damaged(book: Path) -> None:
    data = book.read_bytes()
    book.write_bytes(data[: len(data) // 2])
    refused(book, "not an xlsx, or a damaged one")


def test_a_flipped_byte_is_damaged(book: Path) -> None:
    data = bytearray(book.read_bytes())
    data[100] ^= 0xFF
    book.write_bytes(data)
    refused(book, "damaged")


def test_a_directory_that_lies_about_sizes_is_damaged(book: Path) -> None:
    content = parts_of(book)[SHEET]
    size = len(content).to_bytes(4, "little")
    data = book.read_bytes()
    assert size in data
    book.write_bytes(data.replace(size, (len(content) - 9).to_bytes(4, "little")))
    refused(book, "damaged")


def test_an_old_or_encrypted_workbook_says_so(book: Path) -> None:
    book.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))
    refused(book, "old .xls or an encrypted workbook")


def test_another_zip_is_no_workbook(book: Path) -> None:
    rewrite(book, {"word/document.xml": b"<a/>"})
    refused(book, "a zip, but no xlsx workbook")


def test_a_sound_zip_with_nonsense_inside_is_a_sentence(book: Path) -> None:
    put(book, "xl/workbook.xml", b"<workbook/>")
    refused(book, "cannot be read as xlsx|has no sheet")
    put(book, "[Content_Types].xml", b"<a/>")
    refused(book, "cannot be read as xlsx|has no sheet")
