"""Rows of a data file, one at a time, by its ending: json, jsonl, csv, tsv, xlsx, parquet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from harness.data.record import Found, Record
from harness.row_files import read_rows
from harness.row_writers import JsonlWriter

__all__ = ["Found", "Record", "read_records", "write_records"]


def read_records(
    path: Path, *, found: Found | None = None, repair: bool = False
) -> Iterator[Record]:
    """Read the rows of a file one after the other.

    Args:
        path: the file; its ending says what it is.
        found: is told of each row that cannot be read, which is then skipped; None: that is an
            error.
        repair: mend rows that are nearly JSON, and tell `found` of each.

    Raises:
        InputError: it is missing or cannot be read, or, without `found`, a row cannot.
    """
    for where, fields in read_rows(path, ()):
        yield Record(where, fields)


def write_records(path: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write rows as the file's ending says; it holds all of them afterwards, or what it held.

    Returns:
        The number of rows written.

    Raises:
        InputError: the ending is not known, or a row holds what such a file cannot.
        StoreError: the file cannot be written.
    """
    count = 0
    with JsonlWriter(path) as file:
        for count, row in enumerate(rows, start=1):
            file.write(row)
    return count
