"""Rows of parquet files. Turns are lists of structs, as trainers read them."""

from __future__ import annotations

import datetime
import decimal
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from harness.errors import InputError, need
from harness.rows.cells import decode, encode
from harness.rows.faults import Handling
from harness.rows.fields import NESTED, OTHER_TEXTS, TEXTS, folded
from harness.rows.opening import opened
from harness.rows.record import Record

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 1000
_AS_TEXT = (datetime.date, datetime.time, datetime.timedelta, decimal.Decimal)


def read_parquet(path: Path, handling: Handling) -> Iterator[Record]:
    """Read rows; a missing value is a missing field, and NaN, as pandas writes it, is missing.

    Raises:
        InputError: the file is damaged, or a row cannot be read and nobody is told.
        MissingDependency: pyarrow is not installed.
    """
    pa = need("pyarrow", "parquet")
    parquet = need("pyarrow.parquet", "parquet")
    number = 0
    try:
        with opened(path) as file, parquet.ParquetFile(file, pre_buffer=False) as table:
            for batch in table.iter_batches(batch_size=_BATCH):
                for cells in batch.to_pylist():
                    number += 1
                    yield from _record(f"{path}: row {number}", cells, handling)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path}: cannot be read as parquet: {error}") from error


def _record(where: str, cells: Mapping[str, Any], handling: Handling) -> Iterator[Record]:
    fields: dict[str, Any] = {}
    try:
        for name, cell in cells.items():
            value = _plain(cell)
            if value is not None:
                known = folded(name)
                fields[known] = decode(known, value) if isinstance(value, str) else value
    except ValueError as error:
        handling.refuse("not plain data", where, f"{name}: {error}")
        return
    yield Record(where, fields)


def _plain(value: object) -> Any:
    """A value as JSON has it, without what is missing inside."""
    if isinstance(value, Mapping):
        inner = ((str(name), _plain(item)) for name, item in value.items())
        return {name: item for name, item in inner if item is not None}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return _missing(value)
    if isinstance(value, bytes):
        return value.decode()  # its own error says which byte
    if isinstance(value, _AS_TEXT):
        return str(value)
    return value


def _missing(value: float) -> None:
    if math.isinf(value):
        raise ValueError("infinity is not a JSON number")


def write_parquet(
    path: Path, rows: Iterable[Mapping[str, Any]], schema: pa.Schema, file: BinaryIO
) -> None:
    """Write rows of which `Shape` knows the schema."""
    pa = need("pyarrow", "parquet")
    parquet = need("pyarrow.parquet", "parquet")
    try:
        with parquet.ParquetWriter(file, schema) as writer:
            for batch in _batches(rows):
                cells = [[_cell(f.name, row.get(f.name)) for row in batch] for f in schema]
                arrays = [pa.array(c, f.type) for c, f in zip(cells, schema, strict=True)]
                writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
    except (pa.ArrowException, OverflowError) as error:
        raise InputError(f"{path}: parquet cannot hold its rows ({error}); write jsonl") from error


class Shape:
    """The types that a parquet file's columns need for all of its rows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fields: dict[str, pa.Field] = {}

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Widen the types for some rows.

        Raises:
            InputError: one column would need two types.
        """
        pa = need("pyarrow", "parquet")
        for name in dict.fromkeys(name for row in rows for name in row):
            try:
                cells = pa.array([_cell(name, row.get(name)) for row in rows])
                fresh = pa.schema([pa.field(name, cells.type)])
                known = pa.schema([self._fields[name]] if name in self._fields else [])
                both = pa.unify_schemas([known, fresh], promote_options="permissive")
                self._fields[name] = both.field(name)
            except (pa.ArrowException, OverflowError) as error:
                raise InputError(
                    f"{self._path}: the column {name!r} of a parquet file cannot hold all of its "
                    f"values ({error}); write jsonl"
                ) from error

    def schema(self) -> pa.Schema:
        """The columns, in the order in which they came."""
        pa = need("pyarrow", "parquet")
        null, text = pa.null(), pa.string()
        fields = self._fields.values()
        return pa.schema([f.with_type(text) if f.type == null else f for f in fields])


def _cell(name: str, value: object) -> object:
    """A value as its column holds it: turns and the like as they are, other nests as JSON text."""
    if name in NESTED and not isinstance(value, str):
        return value
    if isinstance(value, str) and name in TEXTS | OTHER_TEXTS:
        return value
    if isinstance(value, str | list | tuple | Mapping):
        return encode(name, value)
    return value


def _batches(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    left = iter(rows)
    while batch := list(islice(left, _BATCH)):
        yield batch


def unheld(name: str, value: object) -> str:
    """Name a field whose value a column cannot give back, empty where it can."""
    return f"{name} (empty)" if _has_nothing(value) else ""


def _has_nothing(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_nothing, value.values()))
    return any(map(_has_nothing, value)) if isinstance(value, list | tuple) else value is None
