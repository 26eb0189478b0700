"""A bar for work that reads a data file row by row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.progress import Bar, bar

_LINES = {".jsonl", ".csv", ".tsv"}
_CHUNK = 1 << 20


@contextmanager
def watching(label: str, path: Path) -> Iterator[Bar]:
    """A bar that knows about how many rows there are where a row is a line."""
    with bar(label, lines_in(path)) as shown:
        yield shown


def lines_in(path: Path) -> int:
    """Line ends of a file; 0, for not known, where a line is no row, or the file is not there."""
    if path.suffix.lower() not in _LINES or not path.is_file():
        return 0
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(_CHUNK), b""))
