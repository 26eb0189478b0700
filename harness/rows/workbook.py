"""The cells of one sheet of an xlsx, as they are or as the sheet shows them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError  # only the exception; nothing is parsed
from zipfile import BadZipFile

from harness.errors import InputError, did_you_mean
from harness.rows.labels import ends_in_colon, is_label
from harness.rows.number_formats import as_shown
from harness.rows.xlsx_guard import check_xlsx
from harness.text.display import fold, show

if TYPE_CHECKING:
    from openpyxl import Workbook

# What openpyxl raises on a workbook whose zip and XML are sound and whose content is not.
_UNREADABLE = (
    AttributeError, BadZipFile, IndexError, KeyError, OSError, ParseError, TypeError, ValueError,
)  # fmt: skip
_LOOKED_AT, _LEAST_ROWS = 60, 3


@dataclass(frozen=True, slots=True)
class Unsaved:
    """What stands in a grid for a formula whose result was never saved."""

    formula: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A sheet's cells, its name, and the names of all sheets, the hidden ones apart too."""

    rows: list[list[object]]
    name: str
    names: tuple[str, ...]
    hidden: tuple[str, ...]


def read_sheet_of(path: Path, sheet: str | None, *, table: bool) -> Opened:
    """Read a sheet.

    Args:
        path: an xlsx file that exists.
        sheet: its name; where it is None, the first that is not hidden.
        table: whether a sheet that holds no table is passed over, and cells are read as shown.

    Raises:
        InputError: the workbook is damaged or dangerous, or lacks the sheet.
    """
    unsaved = check_xlsx(path)
    with _opened(path, data_only=True) as book:
        names = tuple(str(ws.title) for ws in book.worksheets)
        hidden = tuple(str(ws.title) for ws in book.worksheets if ws.sheet_state != "visible")
        if not names:
            raise InputError(f"{path}: has no sheet")
        if sheet is not None and sheet not in names:
            raise InputError(f"{path}: no sheet {sheet!r}{did_you_mean(sheet, names)}")
        chosen = sheet if sheet is not None else _first(path, book, table=table)
        rows = _cells(path, book, chosen, shown=table)
    if unsaved:
        with _opened(path, data_only=False) as book:
            rows = _mark_unsaved(rows, _cells(path, book, chosen, shown=False))
    return Opened(rows, chosen, names, hidden)


@contextmanager
def _opened(path: Path, *, data_only: bool) -> Iterator[Workbook]:
    import openpyxl  # heavy

    try:
        with _quiet():
            book = openpyxl.load_workbook(
                path, read_only=True, data_only=data_only, keep_links=False
            )
    except _UNREADABLE as error:
        raise InputError(f"{path}: cannot be read as xlsx ({show(error)})") from error
    try:
        yield book
    finally:
        book.close()


@contextmanager
def _quiet() -> Iterator[None]:
    """Without openpyxl's warnings of styles and extensions that it skips: the values are whole."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


def _first(path: Path, book: Workbook, *, table: bool) -> str:
    """The first sheet that is not hidden and, where it matters, holds a table."""
    sheets = [ws for ws in book.worksheets if ws.sheet_state == "visible"] or book.worksheets
    holding = (ws for ws in sheets if not table or _holds_table(path, ws))
    return str(next(holding, sheets[0]).title)


def _holds_table(path: Path, sheet: Any) -> bool:
    """Whether several rows of a sheet have several cells, as no page of prose and remarks has."""
    wide = 0
    for row in _rows(path, sheet, lambda cell: cell.value, _LOOKED_AT):
        texts = [text for cell in row if cell is not None and (text := fold(str(cell)))]
        remark = bool(texts) and (is_label(texts[0]) or bool(ends_in_colon(texts[0])))
        wide += len(texts) > 1 and not remark
    return wide >= _LEAST_ROWS


def _cells(path: Path, book: Workbook, name: str, *, shown: bool) -> list[list[object]]:
    """All rows up to the last with anything in it, all as wide as the widest."""
    sheet = next(ws for ws in book.worksheets if ws.title == name)
    rows = _rows(path, sheet, lambda cell: _value(cell, shown=shown))
    for row in rows:
        while row and row[-1] == "":
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    width = max(map(len, rows), default=0)
    return [[*row, *([""] * (width - len(row)))] for row in rows]


def _rows(
    path: Path, sheet: Any, read: Callable[[Any], object], most: int | None = None
) -> list[list[object]]:
    try:
        with _quiet():
            sheet.reset_dimensions()  # what a program wrote there may be wrong
            return [[read(cell) for cell in cells] for cells in sheet.iter_rows(max_row=most)]
    except _UNREADABLE as error:
        raise InputError(f"{path}: sheet {sheet.title!r} cannot be read ({show(error)})") from error


def _value(cell: Any, *, shown: bool) -> object:
    """A cell's value: empty is an empty text, a spreadsheet error is not a number."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "e":
        return float("nan")
    if shown and not isinstance(value, str):
        return as_shown(value, cell.number_format)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _mark_unsaved(
    values: Sequence[Sequence[object]], formulas: Sequence[Sequence[object]]
) -> list[list[object]]:
    """Put a mark wherever there is a formula and no value.

    Both are readings of one sheet; where there is no value at the end of it, `values` is shorter.
    """
    marked = []
    for r, row in enumerate(formulas):
        known = values[r] if r < len(values) else []
        shown = [*known, *([""] * (len(row) - len(known)))]
        pairs = zip(shown, row, strict=True)
        marked.append([Unsaved(str(cell)) if v == "" and cell != "" else v for v, cell in pairs])
    return marked
