"""What iFLYTEK's platform takes: two text fields a row, nothing else.

2025    instruction, output
2024    input and target, or input and output; at least 150 rows
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from harness.data.trainers.columns import kind_of, other_type
from harness.errors import did_you_mean
from harness.rows.fault import Fault
from harness.rows.record import Record
from harness.text.digest_set import digest
from harness.text.display import short

_LEAST_ROWS = 150
_TYPES = {"2025": (".jsonl", ".json"), "2024": (".jsonl", ".csv")}


class Xfyun:
    """Shown every row of a file, it tells what the platform would refuse."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fields: tuple[str, str] | None = None
        self._rows = 0
        self._distinct: set[int] = set()

    def look(self, record: Record) -> Iterator[Fault]:
        """Yield the faults of a row."""
        if self._fields is None:
            self._fields = two_fields(record.fields)
        self._rows += 1
        pair = repr([record.fields.get(name) for name in self._fields])
        self._distinct.add(digest(pair))
        yield from missing_field(record, self._fields)
        yield from other_field(record, self._fields)
        yield from field_is_no_text(record, self._fields)

    def end(self) -> Iterator[Fault]:
        """Yield the faults of the file as a whole."""
        year = "2024" if self._fields and self._fields[0] == "input" else "2025"
        yield from wrong_type(self._path, year)
        if year == "2024":
            yield from too_few_rows(self._path, self._rows, len(self._distinct))
        elif not self._rows:
            yield Fault("no rows", str(self._path), "", "has no rows", "fails")


def two_fields(fields: Mapping[str, Any]) -> tuple[str, str]:
    """The two fields that a file with such a first row must have throughout."""
    if "input" in fields and "instruction" not in fields:
        return ("input", "target" if "target" in fields or "output" not in fields else "output")
    return ("instruction", "output")


def missing_field(record: Record, fields: tuple[str, str]) -> Iterator[Fault]:
    """Every row must have both fields under their exact names."""
    for name in fields:
        if name not in record.fields:
            others = [other for other in record.fields if other not in fields]
            hint = did_you_mean(name, others) if others else ""
            yield Fault(f"missing {name}", record.where, name, f"is missing{hint}", "fails")


def other_field(record: Record, fields: tuple[str, str]) -> Iterator[Fault]:
    """There may be no third field, not even an empty `input`."""
    others = [name for name in record.fields if name not in fields]
    if others:
        detail = f"only {fields[0]} and {fields[1]} may stand there"
        yield Fault("field not taken", record.where, ", ".join(others), detail, "fails")


def field_is_no_text(record: Record, fields: tuple[str, str]) -> Iterator[Fault]:
    """Both fields must be strings that say something."""
    for name in fields:
        value = record.fields.get(name, "absent")
        if not isinstance(value, str):
            detail = f"is {kind_of(value)}, {short(value)}, not text"
            yield Fault(f"{name} is no text", record.where, name, detail, "fails")
        elif not value.strip():
            yield Fault(f"empty {name}", record.where, name, "is empty", "fails")


def wrong_type(path: Path, year: str) -> Iterator[Fault]:
    """The platform takes jsonl, in 2024 csv too; the notebook of 2025 saves a json list."""
    yield from other_type(path, _TYPES[year])


def too_few_rows(path: Path, rows: int, distinct: int) -> Iterator[Fault]:
    """Fewer than 150 rows are refused; duplicates fill the number, and teach nothing new."""
    if rows < _LEAST_ROWS:
        detail = f"{rows} rows, and the platform takes at least {_LEAST_ROWS}"
        yield Fault("too few rows", str(path), "", detail, "fails")
    elif distinct < _LEAST_ROWS:
        detail = f"{rows} rows, but only {distinct} different ones; the rest repeats them"
        yield Fault("too few distinct rows", str(path), "", detail, "note")
