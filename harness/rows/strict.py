"""Rows of a file of which each must be in order: the first that is not is an error.

As `files.read_records` for questions and answers: jsonl, json, csv, tsv, xlsx and parquet.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.rows.decode import lines, read_text
from harness.text.display import short

TABLES = (".csv", ".tsv", ".xlsx", ".xlsm")

Row = Mapping[str, Any]
# Rows in order, each with its place: `path:3`, `path: item 3` or `path: row 3`.
Rows = Iterator[tuple[str, Row]]


@dataclass(frozen=True, slots=True)
class Header:
    """Where a table begins.

    Args:
        rows: how many of its rows that are not empty stand above the first row of cells.
        names: of its columns.
    """

    rows: int
    names: Sequence[str]


# Finds the header among the rows that are not empty; `None` where the first of them is it.
FindHeader = Callable[[Sequence[Sequence[object]]], Header | None]
# The rows that an object of a json file holds; none where it holds none.
RowsInside = Callable[[object], Sequence[Row]]


def read_rows(
    path: Path,
    fields: Collection[str],
    *,
    sheet: str | None = None,
    find_header: FindHeader | None = None,
    rows_inside: RowsInside | None = None,
) -> Rows:
    """Read the rows of a file by its ending.

    Args:
        path: the file.
        fields: the columns that count; in others a spreadsheet may hold anything.
        sheet: of a workbook; the first that holds a table where `None`.
        find_header: finds the header of a table among its rows; it is the first that is not empty
            where none is found.
        rows_inside: finds the rows of a json file that holds an object and no list.

    Raises:
        InputError: it is missing, cannot be read, or a row is no object.
    """
    readers: dict[str, Callable[[], Rows]] = {
        ".jsonl": lambda: json_lines(path),
        ".json": lambda: _json_array(path, rows_inside),
        **dict.fromkeys(TABLES, lambda: _grid(path, fields, sheet, find_header)),
        ".parquet": lambda: _parquet(path),
    }
    if path.suffix.lower() not in readers:
        raise InputError(f"{path}: cannot be read: must end in {', '.join(readers)}")
    return readers[path.suffix.lower()]()


def json_lines(path: Path) -> Rows:
    """Read a file of one JSON object a line; empty lines are skipped.

    Raises:
        InputError: it is missing, no text, or a line is no JSON object.
    """
    for number, line in lines(path):
        if line.strip():
            where = f"{path}:{number}"
            row = _json(where, line.removesuffix("\n"))
            if not isinstance(row, dict):
                raise InputError(f"{where}: not a JSON object: {short(row)}")
            yield where, row


def _json_array(path: Path, rows_inside: RowsInside | None) -> Rows:
    text, _ = read_text(path)
    if text.lstrip().startswith("{"):
        rows = [] if rows_inside is None else rows_inside(_json(str(path), text))
        if not rows:
            raise InputError(
                f"{path}: must hold a list of questions; one object a line makes a .jsonl file"
            )
    else:
        rows = _json(str(path), text)
    if not isinstance(rows, list):
        raise InputError(f"{path}: must hold a list of questions, not {short(rows)}")
    for number, row in enumerate(rows, start=1):
        where = f"{path}: item {number}"
        if not isinstance(row, dict):
            raise InputError(f"{where}: not a JSON object: {short(row)}")
        yield where, row


def _json(where: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise InputError(f"{where}: not valid JSON: {error}") from error
    except RecursionError as error:
        raise InputError(f"{where}: not valid JSON: nested too deeply") from error


def _parquet(path: Path) -> Rows:
    from harness.rows.files import read_records

    for record in read_records(path):
        yield record.where, record.fields


def _grid(
    path: Path, fields: Collection[str], sheet: str | None, find_header: FindHeader | None
) -> Rows:
    from harness.rows.grid import read_grid

    grid = read_grid(path, sheet, table=True)
    filled = [n for n, cells in enumerate(grid.rows) if not all(map(_empty, cells))]
    if not filled:
        raise InputError(f"{path}: is empty")
    found = None if find_header is None else find_header([grid.rows[n] for n in filled])
    if found is None:
        found = Header(1, _names(grid.rows[filled[0]]))
    header = _header(path, found.names, fields)
    for number in filled[found.rows :]:
        cells, where = grid.rows[number], f"{path}: row {number + 1}"
        if not all(map(_empty, cells[len(header) :])):  # a sheet's rows are all as wide
            raise InputError(
                f"{where}: more cells than the header's {len(header)}; put quotation marks around "
                "a cell that holds a separator"
            )
        row = {name: cell for name, cell in zip(header, cells, strict=False) if name}
        _refuse_errors(where, row, fields)
        yield where, row


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
    from harness.rows.workbook import check_worked_out

    for name in fields:
        check_worked_out(f"{where}: {name}", row.get(name))
