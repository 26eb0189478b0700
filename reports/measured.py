"""What a summary holds beside the score, read into types: measures and confusion matrices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reports.reader import Reader


@dataclass(frozen=True, slots=True)
class Measured:
    """One number about a run; see `harness.metrics.graded.Measure`."""

    name: str
    value: float | None
    n: int
    better: str = "higher"
    low: float | None = None
    high: float | None = None
    signature: str = ""
    note: str = ""
    group: str = ""
    scale: str = "percent"


@dataclass(frozen=True, slots=True)
class Confused:
    """Right labels (rows) by answered labels (columns), over a group of questions."""

    group: str
    labels: tuple[str, ...]
    columns: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


def measures(read: Reader) -> tuple[Measured, ...]:
    """The measures of a summary; an earlier Podium wrote none."""
    if read.data.get("measures") is None:
        return ()
    return tuple(_measure(row) for row in read.rows("measures"))


def _measure(read: Reader) -> Measured:
    return Measured(
        name=read.text("name"),
        value=read.number("value"),
        n=read.count("n"),
        better=read.words("better") or "higher",
        low=read.number("low"),
        high=read.number("high"),
        signature=read.words("signature"),
        note=read.words("note"),
        group=read.words("group"),
        scale=read.words("scale") or "percent",
    )


def confusions(read: Reader) -> tuple[Confused, ...]:
    """The confusion matrices of a summary."""
    if read.data.get("confusions") is None:
        return ()
    return tuple(_confusions(read))


def _confusions(read: Reader) -> Iterator[Confused]:
    for row in read.rows("confusions"):
        labels, columns = _names(row, "labels"), _names(row, "columns")
        counts = row.take("counts", list, "a list")
        shaped = len(counts) == len(labels) and all(
            isinstance(line, list) and len(line) == len(columns) for line in counts
        )
        if not shaped or not all(isinstance(n, int) for line in counts for n in line):
            raise row.wrong("counts", "must be whole numbers, a row a label, a cell a column")
        yield Confused(row.words("group"), labels, columns, tuple(map(tuple, counts)))


def _names(read: Reader, field: str) -> tuple[str, ...]:
    return tuple(map(str, read.take(field, list, "a list")))
