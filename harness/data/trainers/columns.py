"""The columns of a data file, as a loader sees them that reads rows into a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.rows.fault import Fault
from harness.rows.record import Record
from harness.text.display import short

_KINDS = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list"}


def kind_of(value: object) -> str:
    """The type of a JSON value, in plain words."""
    return _KINDS.get(type(value), "nothing" if value is None else "an object")


def other_type(path: Path, allowed: Sequence[str]) -> Iterator[Fault]:
    """A file whose ending is none of those that a loader takes."""
    if path.suffix.lower() not in allowed:
        detail = f"{path.suffix or 'no ending'} is not among {', '.join(allowed)}"
        yield Fault("file type not allowed", str(path), "", detail, "fails")


class Columns:
    """Which columns rows have and of which type, nested ones too.

    `present` counts the rows that have a column, `filled` those where it says something,
    `worded` those where that is more than a number.
    """

    def __init__(self, typed: bool) -> None:
        self._typed = typed
        self._kinds: dict[str, tuple[str, str]] = {}
        self.present: Counter[str] = Counter()
        self.filled: Counter[str] = Counter()
        self.worded: Counter[str] = Counter()
        self.rows = 0
        self.first = ""

    def add(self, record: Record) -> Iterator[Fault]:
        """Look at the next row; tell each value of another type than its column had before.

        pyarrow reads a column as one type and stops where a later value is of another.
        """
        self.rows += 1
        self.first = self.first or record.where
        self.present.update(record.fields.keys())
        self.filled.update(name for name, value in record.fields.items() if value)
        if not self._typed:
            said = (name for name, value in record.fields.items() if value and not _figures(value))
            self.worded.update(said)
            return
        seen: set[str] = set()
        for path, value in _paths(record.fields, ""):
            kind = kind_of(value)
            known, where = self._kinds.setdefault(path, (kind, record.where))
            if kind != known and path not in seen:
                seen.add(path)
                yield Fault(
                    "mixed types in a column", record.where, path,
                    f"is {kind}, {short(value)}, and {known} at {where}: the loader stops there",
                    "fails",
                )  # fmt: skip


def _figures(value: object) -> bool:
    """Whether a cell would be read as a number."""
    try:
        float(str(value))
    except ValueError:
        return False
    return True


def _paths(value: object, path: str) -> Iterator[tuple[str, Any]]:
    """Every value inside, by the path of its column; `None` has no type."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            inner = f"{path}.{name}" if path else str(name)
            if item is not None:
                yield inner, item
                yield from _paths(item, inner)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for item in value:
            if item is not None:
                yield f"{path}[]", item
                yield from _paths(item, f"{path}[]")
