"""Rows of a file of which each must be in order: the first that is not is an error.

As `files.read_records` for questions and answers: jsonl, json, csv, tsv, xlsx and parquet.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.rows.about import About, FindHeader, Inside, Row, Rows, RowsInside, Sheets
from harness.rows.decode import lines, read_text
from harness.text.display import short

TABLES = (".csv", ".tsv", ".xlsx", ".xlsm")


def read_rows(
    path: Path,
    fields: Collection[str],
    *,
    sheet: str | None = None,
    find_header: FindHeader | None = None,
    rows_inside: RowsInside | None = None,
    sheets: Sheets | None = None,
    about: About | None = None,
) -> Rows:
    """Read the rows of a file by its ending.

    Args:
        path: the file.
        fields: the columns that count; in others a spreadsheet may hold anything.
        sheet: of a workbook; the first that holds a table where `None`.
        find_header: finds the header of a table among its rows; it is the first that is not empty
            where none is found.
        rows_inside: finds the rows of a json file that holds an object and no list.
        sheets: which other sheets are read as well where none is named; none where `None`.
        about: is told what was not read, and the like.

    Raises:
        InputError: it is missing, cannot be read, or a row is no object.
    """
    told = About() if about is None else about
    readers: dict[str, Callable[[], Rows]] = {
        ".jsonl": lambda: json_lines(path),
        ".json": lambda: _json_array(path, rows_inside, told),
        **dict.fromkeys(TABLES, lambda: _tables(path, fields, sheet, find_header, sheets, told)),
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
            yield where, _object(where, _json(where, line.removesuffix("\n")))


def _object(where: str, row: Any) -> Row:
    if not isinstance(row, dict):
        raise InputError(f"{where}: not a JSON object: {short(row)}")
    return row


def _json_array(path: Path, rows_inside: RowsInside | None, about: About) -> Rows:
    text, _ = read_text(path)
    if _is_lines(text):  # one object a line, whatever the file is called
        yield from json_lines(path)
        return
    rows = _json(str(path), text)
    if isinstance(rows, dict):
        inside = Inside() if rows_inside is None else rows_inside(rows)
        about.unread += inside.unread
        rows = list(inside.rows)
        if not rows:
            raise InputError(
                f"{path}: must hold a list of questions; one object a line makes a .jsonl file"
            )
    if not isinstance(rows, list):
        raise InputError(f"{path}: must hold a list of questions, not {short(rows)}")
    for number, row in enumerate(rows, start=1):
        where = f"{path}: item {number}"
        yield where, _object(where, row)


def _is_lines(text: str) -> bool:
    """Whether a text has an object on its first line and more below it."""
    first, _, more = text.strip().partition("\n")
    if not first.startswith("{") or not more:
        return False
    try:
        return isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


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


def _tables(
    path: Path,
    fields: Collection[str],
    sheet: str | None,
    find_header: FindHeader | None,
    sheets: Sheets | None,
    about: About,
) -> Rows:
    from harness.rows.strict_tables import Reading, read_tables  # with workbooks: json does without

    yield from read_tables(Reading(path, fields, find_header, about), sheet, sheets)
