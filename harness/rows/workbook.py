"""The cells of one sheet of a workbook, a row at a time, as they are or as the sheet shows them."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError  # only the exception; nothing is parsed
from zipfile import BadZipFile

from harness.errors import InputError, did_you_mean
from harness.rows.labels import ends_in_colon, is_label
from harness.rows.number_formats import as_shown
from harness.rows.opening import opened
from harness.rows.xlsx_guard import check_xlsx
from harness.rows.xlsx_merged import Span, merged_spans
from harness.text.display import fold, show

if TYPE_CHECKING:
    from openpyxl import Workbook

# What openpyxl raises on a workbook whose zip and XML are sound and whose content is not.
_UNREADABLE = (
    AttributeError, BadZipFile, IndexError, KeyError, OSError, ParseError, TypeError, ValueError,
)  # fmt: skip
_LOOKED_AT, _LEAST_ROWS = 60, 3
_ANYTHING_WITHIN = 100
# A character that XML cannot hold, or a carriage return; half a surrogate pair stays as it stands.
_ESCAPE = re.compile(r"_x([0-9A-CE-Fa-ce-f][0-9A-Fa-f]{3}|[Dd][0-7][0-9A-Fa-f]{2})_")
# Sheets of these names are read where no other holds a table.
_AROUND = re.compile(
    r"封面|目录|说明|(?:填写|填表|使用)说明|(?:修订|变更|更新)记录|版本(?:记录|历史)?"
    r"|cover|(?:table of )?contents|toc|about|read ?me|instructions?|change ?log|revision history",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Unsaved:
    """What stands in a sheet for a formula whose result was never saved."""

    formula: str


def check_worked_out(where: str, cell: object) -> None:
    """Refuse a cell that a spreadsheet program did not, or could not, work out.

    Raises:
        InputError: it is one; the sentence begins with `where`.
    """
    if isinstance(cell, Unsaved):
        raise InputError(
            f"{where} is a formula whose result was never saved ({show(cell.formula)}); open the "
            "file in a spreadsheet program and save it"
        )
    if isinstance(cell, float) and math.isnan(cell):
        raise InputError(f"{where} holds a spreadsheet error such as #REF! or #N/A")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of an open workbook.

    Args:
        rows: its rows from the first, as they are taken: texts, numbers, truth values, dates,
            times and `Unsaved`; None or an empty text where nothing stands, NaN for a spreadsheet
            error.
        name: of the sheet.
        names: of all sheets.
        hidden: of those that are hidden.
        merged: its merged cells from the top; `rows` has a value in the first of each alone.
        unsaved: whether the workbook has a formula whose result was never saved.
    """

    rows: Iterator[list[object]]
    name: str
    names: tuple[str, ...]
    hidden: tuple[str, ...]
    merged: tuple[Span, ...]
    unsaved: bool
    _path: Path
    _book: Workbook

    def unread(self) -> list[str]:
        """The names of the other sheets that hold anything: programs add empty ones."""
        others = (ws for ws in self._book.worksheets if ws.title != self.name)
        return [str(ws.title) for ws in others if any(map(_holds, _top(self._path, ws)))]


@contextmanager
def open_sheet(path: Path, sheet: str | None, *, table: bool) -> Iterator[Sheet]:
    """Open a sheet of a stranger's workbook. Rows that a filter hides are rows like others.

    Args:
        path: an xlsx or xlsm file.
        sheet: its name; where it is None, the first that is not hidden.
        table: whether a sheet that holds no table is passed over, and cells are read as shown.

    Raises:
        InputError: the workbook is missing, damaged or dangerous, or lacks the sheet; while rows
            are taken, too.
    """
    with opened(path):
        checked = check_xlsx(path)
    with _opened(path, data_only=True) as book:
        names = tuple(str(ws.title) for ws in book.worksheets)
        hidden = tuple(str(ws.title) for ws in book.worksheets if ws.sheet_state != "visible")
        if not names:
            raise InputError(f"{path}: has no sheet")
        if sheet is not None and sheet not in names:
            raise InputError(f"{path}: no sheet {sheet!r}{did_you_mean(sheet, names)}")
        name = sheet if sheet is not None else _first(path, book, table=table)
        merged = tuple(merged_spans(path, name, checked.merged))
        rows = _rows(path, book, name, shown=table, errors=checked.errors)
        if not checked.unsaved:
            yield Sheet(rows, name, names, hidden, merged, False, path, book)
            return
        with _opened(path, data_only=False) as formulas:
            marked = _marked(rows, _values(path, formulas, name))
            yield Sheet(marked, name, names, hidden, merged, True, path, book)


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
    if not table:
        return str(sheets[0].title)
    inside = [ws for ws in sheets if not _AROUND.fullmatch(fold(str(ws.title)))]
    around = [ws for ws in sheets if ws not in inside]
    holding = (ws for ws in (*inside, *around) if _holds_table(path, ws))
    return str(next(holding, sheets[0]).title)


def _holds_table(path: Path, sheet: Any) -> bool:
    """Whether several rows of a sheet have several cells, as no page of prose and remarks has."""
    wide = 0
    for row in _taken(path, sheet, most=_LOOKED_AT, values_only=True):
        texts = [text for cell in row if cell is not None and (text := fold(str(cell)))]
        remark = bool(texts) and (is_label(texts[0]) or bool(ends_in_colon(texts[0])))
        wide += len(texts) > 1 and not remark
    return wide >= _LEAST_ROWS


def _top(path: Path, sheet: Any) -> Iterator[tuple[Any, ...]]:
    return _taken(path, sheet, most=_ANYTHING_WITHIN, values_only=True)


def _holds(row: Sequence[object]) -> bool:
    return any(cell is not None and cell != "" for cell in row)


def _taken(
    path: Path, sheet: Any, *, most: int | None, values_only: bool
) -> Iterator[tuple[Any, ...]]:
    """The rows of a sheet one by one, as openpyxl has them."""
    try:
        with _quiet():
            sheet.reset_dimensions()  # what a program wrote there may be wrong
            rows = sheet.iter_rows(max_row=most, values_only=values_only)
        while True:
            with _quiet():  # not around the yield: the filters are the whole process's
                row = next(rows, None)
            if row is None:
                return
            yield row
    except _UNREADABLE as error:
        raise InputError(f"{path}: sheet {sheet.title!r} cannot be read ({show(error)})") from error


def _sheet(book: Workbook, name: str) -> Any:
    return next(ws for ws in book.worksheets if ws.title == name)


def _rows(
    path: Path, book: Workbook, name: str, *, shown: bool, errors: bool
) -> Iterator[list[object]]:
    """The rows of a sheet; openpyxl makes an object of each cell where more than values counts."""
    if shown or errors:
        return _cells(path, book, name, shown=shown)
    return _values(path, book, name)


def _values(path: Path, book: Workbook, name: str) -> Iterator[list[object]]:
    """The rows of a sheet whose cells are their values."""
    for row in _taken(path, _sheet(book, name), most=None, values_only=True):
        yield [unescaped(value) if isinstance(value, str) else value for value in row]


def _cells(path: Path, book: Workbook, name: str, *, shown: bool) -> Iterator[list[object]]:
    """The rows of a sheet with what is known of its cells beside their values."""
    for row in _taken(path, _sheet(book, name), most=None, values_only=False):
        yield [_value(cell, shown=shown) for cell in row]


def _value(cell: Any, *, shown: bool) -> object:
    """A cell's value; a spreadsheet error is not a number."""
    value = cell.value
    if cell.data_type == "e" and value is not None:
        return float("nan")
    if isinstance(value, str):
        return unescaped(value)
    return as_shown(value, cell.number_format) if shown and value is not None else value


def unescaped(text: str) -> str:
    """What a sheet says, which has `_x000D_` for a carriage return and the like."""
    if "_x" not in text:
        return text
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)


def _marked(
    values: Iterator[list[object]], formulas: Iterator[list[object]]
) -> Iterator[list[object]]:
    """The rows of a sheet with a mark wherever there is a formula and no value."""
    for row, said in zip(values, formulas, strict=True):
        pairs = zip(row, said, strict=True)
        yield [Unsaved(str(f)) if v in (None, "") and f not in (None, "") else v for v, f in pairs]
