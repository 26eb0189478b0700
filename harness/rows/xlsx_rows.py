"""Rows of xlsx workbooks: the first sheet, its first filled row the header.

Every text is written as text, never as a formula. A character that XML cannot hold, or a carriage
return, stands in a sheet as `_x000D_`; a text that says so itself is written `_x005F_x000D_`.
"""

from __future__ import annotations

import datetime
import itertools
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from xml.etree.ElementTree import ParseError  # only the exception; nothing is parsed
from zipfile import BadZipFile

from harness.errors import InputError
from harness.rows.cells import encode, is_number, row_of
from harness.rows.csv_rows import header_of
from harness.rows.decode import opened
from harness.rows.faults import Handling
from harness.rows.fields import TEXTS
from harness.rows.record import Record

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

LONGEST = 32_767
_LOOKED_AT = 100

# What openpyxl raises on a workbook whose zip and XML are sound and whose content is not.
_UNREADABLE = (
    AttributeError, BadZipFile, IndexError, KeyError, OSError, ParseError, TypeError, ValueError,
)  # fmt: skip
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_UNSAFE = re.compile(r"\r|_(?=x[0-9A-Fa-f]{4}_)")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")


def read_xlsx(path: Path, handling: Handling) -> Iterator[Record]:
    """Read the rows of the first sheet; empty ones are skipped.

    Raises:
        InputError: the workbook is damaged, dangerous or too large, or a row cannot be read and
            nobody is told.
    """
    from harness.rows.xlsx_guard import check_xlsx

    with opened(path):
        unsaved = check_xlsx(path)
    if unsaved:
        handling.remark("formula without a result", str(path), "read as an empty cell")
    header = None
    for number, cells in _cells(path, handling):
        if all(cell is None or cell == "" for cell in cells):
            continue
        where = f"{path}: row {number}"
        if header is None:
            header = header_of(path, cells, handling)
            continue
        if any(cell is not None and cell != "" for cell in cells[len(header) :]):
            handling.refuse("too many cells", where, f"more than the header's {len(header)}")
            continue
        filled = itertools.chain(cells, itertools.repeat(None))  # rows end at the last filled cell
        named = {n: c for n, c in zip(header, filled, strict=False) if n}
        yield Record(where, row_of({n: _plain(n, c, where, handling) for n, c in named.items()}))


def _cells(path: Path, handling: Handling) -> Iterator[tuple[int, tuple[Any, ...]]]:
    import openpyxl

    with _quiet(path):
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    try:
        with _quiet(path):
            sheet, *others = book.worksheets
            unread = [other.title for other in others if _is_filled(other)]
            sheet.reset_dimensions()  # what a program wrote there may be wrong
            rows = sheet.iter_rows(values_only=True)
        for title in unread:
            handling.remark("sheet not read", str(path), f"{title!r}; only the first sheet is")
        for number in itertools.count(1):
            with _quiet(path):  # not around the yield: the filters are the whole process's
                cells = next(rows, None)
            if cells is None:
                return
            yield number, cells
    finally:
        book.close()


def _is_filled(sheet: Any) -> bool:
    """Whether anything stands in a sheet's first rows; programs add empty sheets."""
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=_LOOKED_AT, values_only=True)
    return any(cell not in (None, "") for cells in rows for cell in cells)


@contextmanager
def _quiet(path: Path) -> Iterator[None]:
    """Without openpyxl's warnings of styles and extensions that it skips: the values are whole."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            yield
    except _UNREADABLE as error:
        raise InputError(f"{path}: cannot be read as xlsx: {error}") from error


def _plain(name: str, cell: object, where: str, handling: Handling) -> object:
    """A cell as JSON can hold it; numbers and dates among texts become text, and are told."""
    if isinstance(cell, str):
        return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), cell)
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
    from harness.rows.xlsx_guard import MAX_CELLS, MAX_EXPANDED

    if cells > MAX_CELLS or size > MAX_EXPANDED:
        raise InputError(
            f"{path}: {cells} cells with {size} bytes are too much for one sheet "
            f"({MAX_CELLS}, {MAX_EXPANDED}); write csv"
        )


def write_xlsx(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], file: BinaryIO) -> None:
    """Write a sheet with a header."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")
    sheet.append([_cell(sheet, name) for name in columns])
    for row in rows:
        sheet.append([_cell(sheet, _value(name, row.get(name))) for name in columns])
    book.save(file)


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
