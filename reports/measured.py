"""What a summary holds beside the score, read into types: measures and confusion matrices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast, get_args

from harness.metrics.measure import Better, Confusion, Measure, Scale

if TYPE_CHECKING:
    from reports.reader import Reader


def measures(read: Reader) -> tuple[Measure, ...]:
    """The measures of a summary; an earlier Podium wrote none."""
    if read.data.get("measures") is None:
        return ()
    return tuple(_measure(row) for row in read.rows("measures"))


def _measure(read: Reader) -> Measure:
    return Measure(
        name=read.text("name"),
        value=read.number("value"),
        n=read.count("n"),
        better=cast("Better", _one_of(read, "better", get_args(Better))),
        low=read.number("low"),
        high=read.number("high"),
        signature=read.words("signature"),
        note=read.words("note"),
        group=read.words("group"),
        scale=cast("Scale", _one_of(read, "scale", get_args(Scale))),
    )


def _one_of(read: Reader, field: str, known: Sequence[str]) -> str:
    """One of a few words, the first where nothing is said."""
    word = read.words(field) or known[0]
    if word not in known:
        raise read.wrong(field, f"must be one of {', '.join(known)}")
    return word


def confusions(read: Reader) -> tuple[Confusion, ...]:
    """The confusion matrices of a summary."""
    if read.data.get("confusions") is None:
        return ()
    return tuple(_confusions(read))


def _confusions(read: Reader) -> Iterator[Confusion]:
    for row in read.rows("confusions"):
        labels, columns = _names(row, "labels"), _names(row, "columns")
        counts = row.take("counts", list, "a list")
        shaped = len(counts) == len(labels) and all(
            isinstance(line, list) and len(line) == len(columns) for line in counts
        )
        if not shaped or not all(isinstance(n, int) for line in counts for n in line):
            raise row.wrong("counts", "must be whole numbers, a row a label, a cell a column")
        yield Confusion(row.words("group"), labels, columns, tuple(map(tuple, counts)))


def _names(read: Reader, field: str) -> tuple[str, ...]:
    return tuple(map(str, read.take(field, list, "a list")))
