"""One JSON object, read field by field, so that a wrong one is named with its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.store.files import read_json

_MOST = 10**15  # no count, time or price is larger; what is would not even be a float


@dataclass(frozen=True, slots=True)
class Reader:
    """An object of a file with the path that leads to it, for messages that name the field."""

    file: Path
    path: str
    data: Mapping[str, Any]

    def wrong(self, field: str, what: str) -> InputError:
        """The error that says what is wrong with a field."""
        return InputError(f"{self.file}: {self.path}{field} {what}")

    def take(self, field: str, kind: type | tuple[type, ...], what: str) -> Any:
        """A field that must be there, of a type."""
        if field not in self.data:
            raise self.wrong(field, "is missing")
        value = self.data[field]
        if not isinstance(value, kind) or isinstance(value, bool):
            raise self.wrong(field, f"must be {what}")
        if isinstance(value, int | float) and abs(value) > _MOST:
            raise self.wrong(field, f"must be {what} of at most {_MOST:.0e}")
        return value

    def text(self, field: str) -> str:
        """A text that must be there."""
        return str(self.take(field, str, "text"))

    def words(self, field: str) -> str:
        """A text, empty where there is none."""
        return "" if self.data.get(field) is None else self.text(field)

    def whole(self, field: str) -> int:
        """A whole number that must be there."""
        return int(self.take(field, int, "a whole number"))

    def count(self, field: str) -> int:
        """A whole number that must be there, and not below 0."""
        value = self.whole(field)
        if value < 0:
            raise self.wrong(field, "must not be negative")
        return value

    def some(self, field: str) -> int | None:
        """A count, or nothing."""
        return None if self.data.get(field) is None else self.count(field)

    def number(self, field: str) -> float | None:
        """A number, or nothing."""
        return None if self.data.get(field) is None else self.sure(field)

    def sure(self, field: str) -> float:
        """A number that must be there."""
        return float(self.take(field, (int, float), "a number"))

    def share(self, field: str) -> float | None:
        """A number from 0 to 1, or nothing."""
        value = self.number(field)
        if value is not None and not 0 <= value <= 1:
            raise self.wrong(field, "must be 0 to 1")
        return value

    def mapping(self, field: str) -> Mapping[str, Any]:
        """An object that must be there, as it is."""
        return dict(self.take(field, dict, "an object"))

    def inside(self, field: str) -> Reader:
        """An object that must be there."""
        return Reader(self.file, f"{self.path}{field}.", self.mapping(field))

    def maybe(self, field: str) -> Reader | None:
        """An object, or nothing."""
        return None if self.data.get(field) is None else self.inside(field)

    def each(self, field: str) -> Iterator[tuple[str, Reader]]:
        """The objects inside an object, by name; none where it is not there."""
        if (objects := self.maybe(field)) is not None:
            for name in objects.data:
                yield name, objects.inside(name)

    def counts(self) -> dict[str, int]:
        """The object itself as counts by name."""
        return {name: self.count(name) for name in self.data}

    def rows(self, field: str) -> Iterator[Reader]:
        """The objects of a list."""
        for at, row in enumerate(self.take(field, list, "a list")):
            if not isinstance(row, dict):
                raise self.wrong(f"{field}[{at}]", "must be an object")
            yield Reader(self.file, f"{self.path}{field}[{at}].", row)


def open_object(file: Path) -> Reader:
    """Read a file that holds one JSON object.

    Raises:
        InputError: it cannot be read, or holds something else.
    """
    data = read_json(file)
    if not isinstance(data, dict):
        raise InputError(f"{file}: must hold one JSON object")
    return Reader(file, "", data)
