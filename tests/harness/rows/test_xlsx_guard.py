"""Hostile and broken workbooks, built from a real one by changing its parts."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from harness.errors import InputError
from harness.rows import xlsx_guard
from harness.rows.xlsx_guard import check_xlsx
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


def rewrite(path: Path, parts: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", how) as archive:
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
    assert check_xlsx(book).unsaved
    xml = parts_of(book)[SHEET]
    saved = xml.replace(b"<v></v>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>")
    assert saved != xml
    put(book, SHEET, saved)
    assert not check_xlsx(book).unsaved
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
    monkeypatch.setattr(xlsx_guard, "MAX_EXPANDED", 1000)
    refused(book, "expands to [0-9]+ bytes, more than 1000")


def test_the_number_of_parts_is_bounded(book: Path) -> None:
    rewrite(book, parts_of(book) | {f"xl/media/{n}": b"" for n in range(xlsx_guard.MAX_PARTS)})
    refused(book, "parts, more than 1000")


def test_a_cell_in_the_far_corner_does_not_fill_the_grid(book: Path) -> None:
    workbook = openpyxl.load_workbook(book)
    workbook.worksheets[0]["XFD1048576"] = 1
    workbook.save(book)
    refused(book, "spans more than 2000000 cells")


def test_cells_without_references_are_counted_too(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx_guard, "MAX_CELLS", 20)
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


XF = b'<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
MANY = [
    ("xl/styles.xml", b"<cellXfs", XF, "cell formats", "xf"),
    ("xl/styles.xml", b"<cellStyleXfs", XF, "cell formats", "xf"),
    ("xl/styles.xml", b"<fonts", b"<font><sz/></font>", "fonts", "font"),
    ("xl/styles.xml", b"<borders", b"<border><left/></border>", "borders", "border"),
    (
        "xl/workbook.xml", b"<definedNames", b'<definedName name="n">Sheet!$A$1</definedName>',
        "defined names", "definedName",
    ),
    ("[Content_Types].xml", b"<Types", b'<Override PartName="/a" ContentType="b"/>', "parts",
     "Override"),
    ("xl/_rels/workbook.xml.rels", b"<Relationships", b'<Relationship Id="a" Target="b"/>',
     "links", "Relationship"),
    ("xl/workbook.xml", b"<sheets", b'<sheet name="a"/>', "sheets", "sheet"),
]  # fmt: skip


@pytest.mark.parametrize(("part", "after", "element", "what", "name"), MANY)
def test_what_readers_make_an_object_of_each_is_bounded(
    book: Path, part: str, after: bytes, element: bytes, what: str, name: str
) -> None:
    xml = parts_of(book)[part]
    place = xml.index(b">", xml.index(after)) + 1
    most = xlsx_guard._MOST[name][0]
    # Not packed: what repeats itself so often expands too much, which is refused before.
    many = {part: xml[:place] + element * (most + 1) + xml[place:]}
    rewrite(book, parts_of(book) | many, zipfile.ZIP_STORED)
    sentence = f"{part!r} holds more than {most} {what}; copy the table's cells to a new workbook"
    refused(book, re.escape(sentence))


def test_elements_of_any_name_are_bounded(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_guard, "_MOST_AT_ONCE", 1000)
    styles = parts_of(book)["xl/styles.xml"]
    put(book, "xl/styles.xml", styles.replace(b"</styleSheet>", b"<a/>" * 1000 + b"</styleSheet>"))
    refused(book, "'xl/styles.xml' holds more than 1000 elements")


def test_one_cell_that_stands_there_often_is_counted(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx_guard, "_MOST_ALIKE", 100)
    xml = parts_of(book)[SHEET]
    put(book, SHEET, xml.replace(b"</sheetData>", b'<row r="1"/>' * 101 + b"</sheetData>"))
    refused(book, "holds more than 100 elements 'row'")


def shared(book: Path, texts: int, cells: int) -> Path:
    """A workbook with so many texts that cells share, and so many cells that refer to them."""
    parts = parts_of(book)
    types = parts["[Content_Types].xml"]
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = b'<Override PartName="/xl/sharedStrings.xml" ContentType="' + kind + b'"/></Types>'
    if b"sharedStrings" not in types:
        types = types.replace(b"</Types>", override)
    head = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    strings = b"".join(b"<si><t>K%d</t></si>" % n for n in range(texts))
    cell = '<row r="{0}"><c r="A{0}" t="s"><v>{1}</v></c><c r="B{0}"><v>{1}</v></c></row>'
    rows = "".join(cell.format(n + 2, n) for n in range(cells)).encode()
    header = (
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>\xe8\xbd\xa6\xe6\xac\xa1</t></is></c>'
        b'<c r="B1" t="inlineStr"><is><t>\xe7\xab\x99\xe5\x8f\xb0</t></is></c></row>'
    )
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b"<sheetData>" + header + rows + b"</sheetData></worksheet>"
    )
    rewrite(
        book,
        parts
        | {
            "[Content_Types].xml": types,
            "xl/sharedStrings.xml": head + strings + b"</sst>",
            SHEET: sheet,
        },
    )
    return book


def test_texts_that_no_cell_refers_to_are_bounded(book: Path) -> None:
    refused(
        shared(book, 150_000, 10), "holds 150000 texts, and its cells refer to 10 at most; copy"
    )


def test_an_honest_book_with_many_texts_formats_and_names_is_read(book: Path) -> None:
    shared(book, 5000, 5000)
    parts = parts_of(book)
    styles, names = parts["xl/styles.xml"], parts["xl/workbook.xml"]
    place = styles.index(b">", styles.index(b"<cellXfs")) + 1
    place_of_names = names.index(b"<definedNames")
    rest = names[names.index(b">", place_of_names) + 1 :].replace(b"</definedNames>", b"")
    many = b"".join(
        b'<definedName name="n%d">Sheet!$A$%d</definedName>' % (n, n + 1) for n in range(3000)
    )
    defined = b"<definedNames>" + many + b"</definedNames>"
    parts["xl/styles.xml"] = styles[:place] + XF * 10_000 + styles[place:]
    parts["xl/workbook.xml"] = names[:place_of_names] + defined + rest
    rewrite(book, parts, zipfile.ZIP_STORED)
    table = load_table(book, [Column("车次", "text"), Column("站台", "number")], "车次")
    assert (len(table.rows), table.row("K4999")["站台"]) == (5000, 4999)
