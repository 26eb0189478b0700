"""A sheet as a grid of raw cells, from xlsx, csv or tsv."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.errors import InputError
from harness.rows.delimited import read_delimited
from harness.rows.workbook import Opened, Unsaved, read_sheet_of
from harness.rows.xlsx_merged import Span, merged_spans, spread

SUFFIXES = (".xlsx", ".xlsm", ".csv", ".tsv")

__all__ = ["SUFFIXES", "Grid", "Unsaved", "read_grid"]


@dataclass(frozen=True, slots=True)
class Grid:
    """Raw cells. Cell (r, c), both from 0, is `rows[r][c]`; rows may differ in length.

    In `delimited` text a row that is longer than the header has a separator too many; in a sheet
    it has a remark beside the table. Each of the `merged` cells holds the value of the first.
    `separator` is that of the text, `sheet` the name of the sheet where there are several.
    """

    rows: Sequence[Sequence[object]]
    notes: tuple[str, ...] = ()
    delimited: bool = False
    merged: tuple[Span, ...] = ()
    separator: str = ""
    sheet: str = ""


def read_grid(path: Path, sheet: str | None, *, table: bool = False) -> Grid:
    """Read a file's cells.

    Args:
        path: an xlsx, csv or tsv file that exists.
        sheet: the sheet of an xlsx; where it is None, the first one that is not hidden.
        table: whether to read as one who looks at it does: numbers as their formats show them,
            and the first sheet that holds a table.

    Raises:
        InputError: the file is of another format, damaged or dangerous, or lacks the sheet.
    """
    suffix = path.suffix.lower()
    if suffix == ".xls":
        raise InputError(f"{path}: the old .xls format is not read; save it as .xlsx or .csv")
    if suffix not in SUFFIXES:
        raise InputError(f"{path}: not a table; one of {', '.join(SUFFIXES)} is read")
    if suffix in {".xlsx", ".xlsm"}:
        return _read_xlsx(path, sheet, table=table)
    if sheet is not None:
        raise InputError(f"{path}: a {suffix} file has no sheets, so no sheet {sheet!r}")
    rows, separator = read_delimited(path)
    return Grid(rows, delimited=True, separator=separator)


def _read_xlsx(path: Path, sheet: str | None, *, table: bool) -> Grid:
    opened = read_sheet_of(path, sheet, table=table)
    several = len(opened.names) > 1
    notes = (_which(opened),) if sheet is None and several else ()
    merged = tuple(merged_spans(path, opened.name))
    rows = spread(path, opened.rows, merged) if merged else opened.rows
    return Grid(rows, notes, merged=merged, sheet=opened.name if several else "")


def _which(opened: Opened) -> str:
    names = [f"{name}, hidden" if name in opened.hidden else name for name in opened.names]
    listed = "; ".join(names) if opened.hidden else ", ".join(names)
    return f"the file has {len(names)} sheets ({listed}); read {opened.name!r}"
