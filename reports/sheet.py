"""One sheet of a workbook: strings stay strings, and nothing is longer than Excel keeps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from harness.text.display import width
from reports.text import visible

if TYPE_CHECKING:
    from openpyxl import Workbook

Cell = str | float | None

_CELL = 32_767  # UTF-16 units that Excel keeps in one cell
_ROWS = 100_000  # rows: ten times that is all Excel has, and takes minutes
_WIDEST = 80
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # Excel reads _x0041_ as A


def text_cell(text: str) -> str:
    """What Excel will show as exactly this text: no controls, no escapes, not too long."""
    text = _ESCAPE.sub("_x005F_", visible(text))
    units = text.encode("utf-16-le", "replace")
    if len(units) <= 2 * _CELL:
        return text
    mark = f" […cut: {len(text):,} characters in all]"
    return units[: 2 * (_CELL - len(mark))].decode("utf-16-le", "ignore") + mark


def add_sheet(
    book: Workbook,
    title: str,
    headings: Sequence[str],
    forms: Sequence[str],
    rows: Iterable[Sequence[Cell]],
) -> None:
    """One table: a bold frozen heading with a filter, columns as wide as what they hold.

    Args:
        book: where it goes.
        title: the sheet's name.
        headings: one a column.
        forms: a number format a column; empty for text.
        rows: the cells; too many end in a row that says so.
    """
    from openpyxl.utils import get_column_letter

    lines = _bounded(rows)
    sheet: Any = book.create_sheet(title)  # the stubs know no widths of write-only sheets
    for at, size in enumerate(_widths(headings, lines), 1):
        sheet.column_dimensions[get_column_letter(at)].width = size
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{len(lines) + 1}"
    sheet.append([_cell(sheet, text, "", bold=True) for text in headings])
    for line in lines:
        sheet.append([_cell(sheet, cell, form) for cell, form in zip(line, forms, strict=False)])


def _bounded(rows: Iterable[Sequence[Cell]]) -> list[Sequence[Cell]]:
    several = iter(rows)
    lines = list(islice(several, _ROWS))
    left = sum(1 for _ in several)
    return [*lines, [f"[…{left:,} more rows: see the run folders]"]] if left else lines


def _widths(headings: Sequence[str], lines: Sequence[Sequence[Cell]]) -> Iterator[float]:
    for at, heading in enumerate(headings):
        texts = [heading, *(_shown(line[at]) for line in lines[:500] if at < len(line))]
        yield min(_WIDEST, 3 + max(width(text[:_WIDEST]) for text in texts))


def _shown(cell: Cell) -> str:
    return f"{cell:.1f}" if isinstance(cell, float) else str(cell or "")


def _cell(sheet: Any, value: Cell, form: str, *, bold: bool = False) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cell = WriteOnlyCell(sheet)
    if value == "":
        return cell
    if isinstance(value, str):
        cell.value = text_cell(value)
        cell.data_type = "s"  # openpyxl takes a leading = for a formula, and #N/A for an error
        if value.startswith(("=", "+", "-", "@")):
            cell.quotePrefix = True  # so that editing keeps it text
    else:
        cell.value = value
        if form:
            cell.number_format = form
    if bold:
        cell.font = Font(bold=True)
    return cell
