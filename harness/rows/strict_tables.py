"""The rows of tables for `strict`: of one sheet, or of several that go on where others end."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.rows.about import About, FindHeader, Header, Row, Rows, Sheets
from harness.rows.grid import Grid, read_grid
from harness.rows.titles import is_header_again, title_of
from harness.rows.workbook import check_worked_out
from harness.rows.xlsx_merged import Span


@dataclass(frozen=True, slots=True)
class Reading:
    """How a table is read."""

    path: Path
    fields: Collection[str]
    find_header: FindHeader | None
    about: About

    def header(self, grid: Grid) -> Header:
        """The header of a sheet, by default its first row that is not empty."""
        filled = _filled(grid)
        if not filled:
            raise InputError(f"{self.path}: is empty")
        found = self.found(grid)
        return Header(1, _names(grid.rows[filled[0]])) if found is None else found

    def found(self, grid: Grid) -> Header | None:
        """The header of a sheet where one is found."""
        filled = _filled(grid)
        if self.find_header is None:
            return Header(1, _names(grid.rows[filled[0]])) if filled else None
        return self.find_header([grid.rows[n] for n in filled])


def read_tables(reading: Reading, sheet: str | None, sheets: Sheets | None) -> Rows:
    """The rows of a sheet, and of those that go on where it ends."""
    first = read_grid(reading.path, sheet, table=True, others=sheets is not None)
    header = reading.header(first)
    read = [(first, header), *_more(reading, first, header, sheets)]
    several = len(read) > 1
    reading.about.sheet = "" if several else first.sheet
    reading.about.together += [grid.sheet for grid, _ in read] if several else []
    for grid, own in read:
        place = f"{reading.path}: sheet {grid.sheet!r}" if several else f"{reading.path}:"
        added = sheets.marks(grid.sheet, own.names) if several and sheets is not None else {}
        for where, row in _cells(reading, place, grid, own):
            yield where, {**added, **row}


def _more(
    reading: Reading, first: Grid, header: Header, sheets: Sheets | None
) -> Iterator[tuple[Grid, Header]]:
    """The sheets that are read as well; the others are told."""
    for name in first.others:
        grid = read_grid(reading.path, name, table=True)
        found = reading.found(grid)
        if found is not None and sheets is not None and sheets.alike(header.names, found.names):
            yield replace(grid, sheet=name), found
        else:
            reading.about.unread.append(f"sheet {name!r}")


def _cells(reading: Reading, place: str, grid: Grid, header: Header) -> Rows:
    names, fields = _header(reading.path, header.names, reading.fields), reading.fields
    spans: dict[int, list[Span]] = {}
    for span in grid.merged:
        spans.setdefault(span.top, []).append(span)
    for number in _filled(grid)[header.rows :]:
        cells, where = grid.rows[number], f"{place} row {number + 1}"
        if not all(map(_empty, cells[len(names) :])):  # a sheet's rows are all as wide
            raise InputError(
                f"{where}: more cells than the header's {len(names)}; put quotation marks around "
                "a cell that holds a separator"
            )
        title = title_of(cells, names, spans.get(number, ()))
        if title:
            reading.about.titles.append((where, title))
        elif not is_header_again(cells, names):
            row = _row(names, cells, reading.about)
            _refuse_errors(where, row, fields)
            yield where, row


def _filled(grid: Grid) -> list[int]:
    """The rows that are not empty, from 0."""
    return [n for n, cells in enumerate(grid.rows) if not all(map(_empty, cells))]


def _row(names: Sequence[str], cells: Sequence[object], about: About) -> dict[str, Any]:
    """Cells by the names above them; under a name that stands twice they must not differ."""
    row: dict[str, Any] = {}
    for name, cell in zip(names, cells, strict=False):
        if name and (name not in row or _empty(row[name])):
            row[name] = cell
        elif name and not _empty(cell) and cell != row[name] and name not in about.repeated:
            about.repeated.append(name)
    return row


def _empty(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _names(cells: Sequence[object]) -> list[str]:
    return ["" if _empty(cell) else str(cell).strip() for cell in cells]


def _header(path: Path, names: Sequence[str], fields: Collection[str]) -> Sequence[str]:
    for name in fields:
        if names.count(name) > 1:
            raise InputError(f"{path}: the column {name!r} stands there twice")
    return names


def _refuse_errors(where: str, row: Row, fields: Collection[str]) -> None:
    """Refuse cells that hold what a spreadsheet program could not work out, where they count."""
    for name in fields:
        check_worked_out(f"{where}: {name}", row.get(name))
