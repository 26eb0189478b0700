"""Rows of xlsx workbooks: the first sheet, its first filled row the header.

Every text is written as text, never as a formula. A character that XML cannot hold, or a carriage
return, stands in a sheet as `_x000D_`; a text that says so itself is written `_x005F_x000D_`.
"""

from __future__ import annotations

import datetime
import itertools
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from harness.errors import InputError
from harness.rows.cells import encode, is_number, row_of
from harness.rows.csv_rows import header_of
from harness.rows.faults import Handling
from harness.rows.fields import TEXTS
from harness.rows.record import Record
from harness.rows.workbook import Sheet, Unsaved, open_sheet
from harness.rows.xlsx_guard import MAX_CELLS, MAX_EXPANDED
from harness.rows.xlsx_merged import Filler
from harness.rows.xlsx_writing import write_workbook

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

LONGEST = 32_767
_UNSAFE = re.compile(r"\r|_(?=x[0-9A-Fa-f]{4}_)")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")


def read_xlsx(path: Path, handling: Handling) -> Iterator[Record]:
    """Read the rows of the first sheet that is not hidden; empty ones are skipped.

    Raises:
        InputError: the workbook is damaged, dangerous or too large, or a row cannot be read and
            nobody is told.
    """
    header = None
    with open_sheet(path, None, table=False) as sheet:
        _remark(path, sheet, handling)
        for number, cells in _filled(path, sheet):
            where = f"{path}: row {number}"
            if header is None:
                header = header_of(path, cells, handling)
                continue
            if len(cells) > len(header):
                handling.refuse("too many cells", where, f"more than the header's {len(header)}")
                continue
            every = itertools.chain(cells, itertools.repeat(None))
            named = {n: c for n, c in zip(header, every, strict=False) if n}
            plain = {n: _plain(n, c, where, handling) for n, c in named.items()}
            yield Record(where, row_of(plain))


def _remark(path: Path, sheet: Sheet, handling: Handling) -> None:
    """Tell of what is not read of a workbook."""
    if sheet.unsaved:
        handling.remark("formula without a result", str(path), "read as an empty cell")
    which = "the first sheet" if sheet.name == sheet.names[0] else repr(sheet.name)
    for title in sheet.unread():
        handling.remark("sheet not read", str(path), f"{title!r}; only {which} is")


def _filled(path: Path, sheet: Sheet) -> Iterator[tuple[int, list[object]]]:
    """The rows that hold anything, each up to its last filled cell, with its number from 1."""
    filler = Filler(path, sheet.merged)
    width = 0
    for number, cells in enumerate(sheet.rows):
        own = _trimmed(cells)
        width = max(width, len(own))
        if own:
            yield number + 1, _trimmed(filler.fill(number, own, width))


def _trimmed(cells: list[object]) -> list[object]:
    end = len(cells)
    while end and cells[end - 1] in (None, ""):
        end -= 1
    return cells[:end]


def _plain(name: str, cell: object, where: str, handling: Handling) -> object:
    """A cell as JSON can hold it; numbers and dates among texts become text, and are told."""
    if isinstance(cell, str):
        return cell
    failed = isinstance(cell, float) and math.isnan(cell)
    if failed:
        handling.remark("spreadsheet error", where, f"{name}: read as an empty cell")
    if failed or isinstance(cell, Unsaved):
        return None
    if isinstance(cell, datetime.timedelta):
        return str(cell)
    if isinstance(cell, datetime.datetime | datetime.date | datetime.time):
        handling.remark("date read as text", where, f"{name}: {cell.isoformat()}")
        return cell.isoformat()
    if name in TEXTS and isinstance(cell, int | float):
        whole = isinstance(cell, float) and cell.is_integer()
        text = str(int(cell)) if whole else str(cell)
        handling.remark("number read as text", where, f"{name}: {text}")
        return text
    return cell


def check_size(path: Path, cells: int, size: int) -> None:
    """Refuse to write more than would be read.

    Args:
        path: the workbook.
        cells: how many there would be.
        size: bytes of text in them.

    Raises:
        InputError: it is too much.
    """
    if cells > MAX_CELLS or size > MAX_EXPANDED:
        raise InputError(
            f"{path}: {cells} cells with {size} bytes are too much for one sheet "
            f"({MAX_CELLS}, {MAX_EXPANDED}); write csv"
        )


def write_xlsx(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], file: BinaryIO) -> None:
    """Write a sheet with a header."""

    def fill(book: Workbook) -> None:
        sheet = book.create_sheet("Sheet1")
        sheet.append([_cell(sheet, name) for name in columns])
        for row in rows:
            sheet.append([_cell(sheet, _value(name, row.get(name))) for name in columns])

    file.write(write_workbook(fill))


def _value(name: str, value: object) -> object:
    return value if is_number(value) else encode(name, value)


def _cell(sheet: WriteOnlyWorksheet, value: object) -> Cell:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet)
    if isinstance(value, str):
        cell.value = _UNSAFE.sub(lambda match: f"_x{ord(match[0]):04X}_", value) or None
        cell.data_type = "s"  # openpyxl takes a leading = for a formula, and #N/A for an error
    else:
        cell.value = value  # type: ignore[assignment]  # numbers and truth values only
    return cell


def unwritable(name: str, value: object) -> str:
    """Say why a cell cannot hold a value, empty where it can."""
    text = "" if is_number(value) else encode(name, value)
    forbidden = _FORBIDDEN.search(text)
    if forbidden:
        return f"{name}: character {forbidden.start()} is {forbidden[0]!r}, which xlsx cannot hold"
    units = len(_UNSAFE.sub("_x000D_", text).encode("utf-16-le")) // 2
    if units > LONGEST:
        return f"{name}: {units} characters, more than the {LONGEST} of an xlsx cell"
    return ""
