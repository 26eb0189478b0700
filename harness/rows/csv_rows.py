"""Rows of csv and tsv files. A csv file may also be parted by semicolons or tabs.

Cells that a spreadsheet would run are written with an apostrophe before them: see `formulas`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from harness.errors import InputError
from harness.rows.cells import encode, row_of
from harness.rows.delimited import read_delimited
from harness.rows.faults import Handling
from harness.rows.fields import folded
from harness.rows.formulas import guarded
from harness.rows.record import Record


def read_csv(path: Path, handling: Handling) -> Iterator[Record]:
    """Read rows under a header; empty lines are skipped.

    Raises:
        InputError: the file cannot be read, or a row cannot and nobody is told.
    """
    header = None
    for line, cells in read_delimited(path, handling.told(path)).rows:
        if not any(cells):
            continue
        where = f"{path}:{line}"
        if header is None:
            header = header_of(path, cells, handling)
            continue
        if any(cells[len(header) :]):
            what = f"more cells than the header's {len(header)}; is a quotation mark missing?"
            handling.refuse("too many cells", where, what)
            continue
        named = zip(header, cells, strict=False)
        yield Record(where, row_of({name: cell for name, cell in named if name}))


def header_of(path: Path, cells: Sequence[object], handling: Handling) -> list[str]:
    """The names of the columns, empty for those that have none.

    Raises:
        InputError: two columns have one name.
    """
    names = ["" if cell is None or not str(cell).strip() else folded(str(cell)) for cell in cells]
    for name in names:
        if name and names.count(name) > 1:
            raise InputError(f"{path}: the column {name!r} stands there twice")
    if not all(names):
        unnamed = names.index("") + 1
        handling.remark("column without a name", str(path), f"column {unnamed} is not read")
    return names


def write_csv(
    path: Path, rows: Iterable[Mapping[str, Any]], columns: Sequence[str], file: BinaryIO,
    *, raw: bool,
) -> None:  # fmt: skip
    """Write a header and rows; lines end as RFC 4180 has it, so that cells may hold any end.

    Args:
        path: the file's name, whose ending says what parts cells.
        rows: the rows.
        columns: their columns.
        file: where to write.
        raw: write what a spreadsheet would run as it is.
    """
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([guarded(name, raw=raw) for name in columns])
    for row in rows:
        writer.writerow([_cell(name, row.get(name), raw=raw) for name in columns])
    text.flush()
    text.detach()


def _cell(name: str, value: object, *, raw: bool) -> str:
    """A number is none that anything runs, whatever its sign."""
    text = encode(name, value)
    return guarded(text, raw=raw) if isinstance(value, str) else text
