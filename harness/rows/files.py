"""Rows of a data file, one at a time, by its ending: json, jsonl, csv, tsv, xlsx, parquet.

A workbook with macros, xlsm, is read as well; nothing of it is ever run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from harness.errors import InputError, did_you_mean
from harness.rows import cells, csv_rows, json_rows, parquet_rows, xlsx_rows
from harness.rows.faults import Handling
from harness.rows.fields import misspelt
from harness.rows.formulas import runs
from harness.rows.record import Found, Record
from harness.store.files import beside, encode_json, read_jsonl, replacing, storing

__all__ = [
    "ENDINGS", "Found", "Record", "read_records", "runnable", "unheld", "unwritable",
    "write_records",
]  # fmt: skip

ENDINGS = (".json", ".jsonl", ".csv", ".tsv", ".xlsx", ".parquet")
_READERS: Mapping[str, Callable[[Path, Handling], Iterator[Record]]] = {
    ".json": json_rows.read_json,
    ".jsonl": json_rows.read_jsonl,
    ".csv": csv_rows.read_csv,
    ".tsv": csv_rows.read_csv,
    ".xlsx": xlsx_rows.read_xlsx,
    ".xlsm": xlsx_rows.read_xlsx,
    ".parquet": parquet_rows.read_parquet,
}
_AT_ONCE = 1000


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
        MissingDependency: a package that reads such files is not installed.
    """
    reader = _READERS[_ending(path, _READERS)]
    handling = Handling(found, repair)
    for record in reader(path, handling):
        renamed = misspelt(record.fields) if repair else {}
        if not renamed:
            yield record
            continue
        for wrong, name in renamed.items():
            handling.remark("repaired", record.where, f"{wrong!r} read as {name!r}")
        fields = {renamed.get(name, name): value for name, value in record.fields.items()}
        yield Record(record.where, fields)


def _ending(path: Path, known: Collection[str] = ENDINGS) -> str:
    """The ending of a file's name, one of those that are read, or, by default, written."""
    ending = path.suffix.lower()
    if ending not in known:
        if ending in _READERS:
            raise InputError(f"{path}: {ending} files are read and not written; write .xlsx")
        hint = did_you_mean(ending, ENDINGS)
        raise InputError(f"{path}: cannot tell what it is by its ending{hint}")
    return ending


def write_records(path: Path, rows: Iterable[Mapping[str, Any]], *, raw: bool = False) -> int:
    """Write rows as the file's ending says; it holds all of them afterwards, or what it held.

    Args:
        path: the file.
        rows: the rows, taken one by one.
        raw: write csv cells that a spreadsheet would run as they are, without an apostrophe.

    Returns:
        The number of rows written.

    Raises:
        InputError: the ending is not known, or a row holds what such a file cannot.
        StoreError: the file cannot be written.
    """
    ending = _ending(path)
    path = Path(os.path.realpath(path)) if path.is_symlink() else path  # a link stays one
    with storing(path), replacing(path) as file:
        if ending == ".jsonl":
            return json_rows.write_jsonl(path, rows, file)
        if ending == ".json":
            return json_rows.write_json(path, rows, file)
        with beside(path) as scratch, scratch.open("xb") as spool:
            return _write_table(path, rows, spool, file, raw=raw)


def _write_table(
    path: Path, rows: Iterable[Mapping[str, Any]], spool: BinaryIO, file: BinaryIO, *, raw: bool
) -> int:
    """Write a table, whose columns are only known once every row has been seen."""
    table = _Columns(path)
    for row in rows:
        table.add(row)
        spool.write(encode_json(row, path))
    table.close()
    spool.flush()
    if _ending(path) == ".xlsx":
        xlsx_rows.check_size(path, (table.count + 1) * len(table.names), spool.tell())
    again = read_jsonl(Path(spool.name))
    columns = [name for name in table.names if name.strip()]  # `unheld` names the others
    if table.shape is not None:
        parquet_rows.write_parquet(path, again, table.shape.schema(), file)
    elif _ending(path) == ".xlsx":
        xlsx_rows.write_xlsx(again, columns, file)
    else:
        csv_rows.write_csv(path, again, columns, file, raw=raw)
    return table.count


class _Columns:
    """What is known of a table's columns from the rows so far."""

    def __init__(self, path: Path) -> None:
        self.names: dict[str, None] = {}
        self.count = 0
        self.shape = parquet_rows.Shape(path) if _ending(path) == ".parquet" else None
        self._path = path
        self._waiting: list[Mapping[str, Any]] = []

    def add(self, row: Mapping[str, Any]) -> None:
        self.count += 1
        self.names |= dict.fromkeys(row)
        problem = unwritable(self._path, row)
        if problem:
            raise InputError(f"{self._path}: row {self.count}: {problem}")
        if self.shape is not None:
            self._waiting.append(row)
            if len(self._waiting) == _AT_ONCE:
                self.close()

    def close(self) -> None:
        """Take account of the last rows too."""
        if self.shape is not None and self._waiting:
            self.shape.add(self._waiting)
            self._waiting = []


def unwritable(path: Path, row: Mapping[str, Any]) -> str:
    """Say why a file of such an ending cannot hold a row at all, empty where it can."""
    ending = _ending(path)
    if ending in (".json", ".jsonl"):
        return ""
    for name, value in row.items():
        problem = xlsx_rows.unwritable(name, value) if ending == ".xlsx" else _halves(name, value)
        if problem:
            return problem
    return ""


def runnable(path: Path, row: Mapping[str, Any]) -> list[str]:
    """Name the fields of a row that a spreadsheet would run, opened from a file of such an ending.

    Only csv and tsv do not say what is text.
    """
    if _ending(path) not in (".csv", ".tsv"):
        return []
    return [name for name, value in row.items() if isinstance(value, str) and runs(value)]


def _halves(name: str, value: object) -> str:
    """Only JSON has escapes for half a surrogate pair."""
    try:
        cells.encode(name, value).encode()
    except UnicodeEncodeError:
        return f"{name}: half a surrogate pair, which UTF-8 cannot hold"
    return ""


def unheld(path: Path, row: Mapping[str, Any]) -> list[str]:
    """Name the fields of a row whose values a file of such an ending cannot give back.

    `name (empty)` stands for one that is null or an empty text and will be missing, `name (as
    text)` for a number that will be text, `name (rounded)` for one with too many digits, and
    `(no name)` for a column that nothing names.
    """
    ending = _ending(path)
    if ending in (".json", ".jsonl"):
        return []
    if ending == ".parquet":
        names = [parquet_rows.unheld(name, value) for name, value in row.items()]
    else:
        typed = ending == ".xlsx"
        names = [cells.unheld(name, value, typed=typed) for name, value in row.items()]
    return [name for name in names if name]
