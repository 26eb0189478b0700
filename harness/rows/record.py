"""One row of a data file, before anything is known of its format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.core import Finding

# Is told what is wrong with a row that is left out or mended, instead of an error being raised.
Found = Callable[[Finding], None]


@dataclass(frozen=True, slots=True)
class Record:
    """One row: where it stands, such as `data.jsonl:3`, and its fields by name.

    `data.json:3 item 62` is the 62nd row that begins on line 3; the first goes without a number.
    """

    where: str
    fields: Mapping[str, Any]


class Places:
    """Names the places of a file's rows as they come."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._line = 0
        self._items = 0

    def here(self, line: int) -> str:
        """The place of the last row, if that began on a line; else of the line."""
        item = self._items if line == self._line else 1
        return self._name(line, item)

    def ahead(self, line: int) -> str:
        """The place of a row, should the next begin on a line."""
        return self._name(line, self._items + 1 if line == self._line else 1)

    def next(self, line: int) -> str:
        """The place of the next row, which begins on a line."""
        self._items = self._items + 1 if line == self._line else 1
        self._line = line
        return self._name(line, self._items)

    def _name(self, line: int, item: int) -> str:
        return f"{self._path}:{line}" + (f" item {item}" if item > 1 else "")
