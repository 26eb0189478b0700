"""A sheet as a grid of raw cells, from xlsx, xlsm, csv or tsv."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.errors import InputError
from harness.rows.delimited import read_delimited
from harness.rows.opening import opened
from harness.rows.workbook import Sheet, open_sheet
from harness.rows.xlsx_merged import Filler, Span

MAX_TEXT_BYTES = 64 * 1024 * 1024
SUFFIXES = (".xlsx", ".xlsm", ".csv", ".tsv")


@dataclass(frozen=True, slots=True)
class Grid:
    """Raw cells. Cell (r, c), both from 0, is `rows[r][c]`; rows may differ in length.

    In `delimited` text a row that is longer than the header has a separator too many; in a sheet
    it has a remark beside the table. Each of the `merged` cells holds the value of the first.
    `separator` is that of the text, `sheet` the name of the sheet where there are several, and
    `others` those of the other sheets that hold anything and are not hidden, if asked for.
    """

    rows: Sequence[Sequence[object]]
    notes: tuple[str, ...] = ()
    delimited: bool = False
    merged: tuple[Span, ...] = ()
    separator: str = ""
    sheet: str = ""
    others: tuple[str, ...] = ()


def read_grid(path: Path, sheet: str | None, *, table: bool = False, others: bool = False) -> Grid:
    """Read a file's cells.

    Args:
        path: an xlsx, csv or tsv file.
        sheet: the sheet of an xlsx; where it is None, the first one that is not hidden.
        table: whether to read as one who looks at it does: numbers as their formats show them,
            and the first sheet that holds a table.
        others: whether to name the other sheets, where none is named.

    Raises:
        InputError: the file is missing, of another format, damaged or dangerous, or lacks the
            sheet.
    """
    suffix = path.suffix.lower()
    if suffix == ".xls":
        raise InputError(f"{path}: the old .xls format is not read; save it as .xlsx or .csv")
    if suffix not in SUFFIXES:
        raise InputError(f"{path}: not a table; one of {', '.join(SUFFIXES)} is read")
    if suffix in {".xlsx", ".xlsm"}:
        return _read_xlsx(path, sheet, table=table, others=others and sheet is None)
    if sheet is not None:
        raise InputError(f"{path}: a {suffix} file has no sheets, so no sheet {sheet!r}")
    return _read_delimited(path)


def _read_delimited(path: Path) -> Grid:
    with opened(path) as file:
        if os.fstat(file.fileno()).st_size > MAX_TEXT_BYTES:
            raise InputError(f"{path}: larger than {MAX_TEXT_BYTES} bytes; not read")
    read = read_delimited(path)
    return Grid([cells for _, cells in read.rows], delimited=True, separator=read.separator)


def _read_xlsx(path: Path, sheet: str | None, *, table: bool, others: bool) -> Grid:
    with open_sheet(path, sheet, table=table) as read:
        rows = _trimmed(read.rows)
        unread = read.unread() if others else []
    several = len(read.names) > 1
    notes = (_which(read),) if sheet is None and several else ()
    width = max(map(len, rows), default=0)
    filler = Filler(path, read.merged)
    whole = [
        filler.fill(number, [*row, *([""] * (width - len(row)))], width)
        for number, row in enumerate(rows)
    ]
    return Grid(
        whole, notes, merged=read.merged, sheet=read.name if several else "",
        others=tuple(name for name in unread if name not in read.hidden),
    )  # fmt: skip


def _trimmed(rows: Iterable[Sequence[object]]) -> list[list[object]]:
    """All rows up to the last with anything in it, each up to its last cell that has."""
    trimmed: list[list[object]] = []
    for row in rows:
        cells = [_cell(value) for value in row]
        while cells and cells[-1] == "":
            cells.pop()
        trimmed.append(cells)
    while trimmed and not trimmed[-1]:
        trimmed.pop()
    return trimmed


def _cell(value: object) -> object:
    """A cell's value: empty is an empty text, a whole number has no decimals."""
    if value is None:
        return ""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _which(read: Sheet) -> str:
    names = [f"{name}, hidden" if name in read.hidden else name for name in read.names]
    listed = "; ".join(names) if read.hidden else ", ".join(names)
    return f"the file has {len(names)} sheets ({listed}); read {read.name!r}"
