"""The Markdown tables of an answer: what heads the column of a value, and what its row says."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.metrics.mention import USED

if TYPE_CHECKING:
    from harness.metrics.mention import Mention


class Tables:
    """The Markdown tables of a text: what heads each column, and what stands in each row."""

    def __init__(self, text: str, masked: str) -> None:
        self._text = text
        self._lines = list(_lines(masked)) if "|" in text else []
        self._starts = [start for start, _ in self._lines]
        self._header: dict[int, list[tuple[int, int]]] = {}
        header: list[tuple[int, int]] = []
        for i, (start, line) in enumerate(self._lines):
            if "|" not in line:
                header = []
            elif not header:
                header = _cells(start, line)
            else:
                self._header[i] = header

    def cells(self, mention: Mention) -> str:
        """Return the heading and the row of a value; nothing outside a table."""
        at = bisect_right(self._starts, mention.start) - 1
        if at not in self._header:
            return ""
        start, line = self._lines[at]
        row = _cells(start, line)
        header = self._header[at]
        column = bisect_right([begin for begin, _ in row], mention.start) - 1
        words = [self._text[slice(*header[column])]] if column < len(header) else []
        words += [
            self._text[slice(*cell)] for i, cell in enumerate(row)
            if i != column and (i == 0 or USED not in line[cell[0] - start : cell[1] - start])
        ]  # fmt: skip
        return " ".join(words)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1


def _cells(start: int, line: str) -> list[tuple[int, int]]:
    """The spans of the cells of a row, with or without strokes at its ends."""
    cells: list[tuple[int, int]] = []
    at = start
    for cell in line.split("|"):
        cells.append((at, at + len(cell)))
        at += len(cell) + 1
    if not line.lstrip().startswith("|"):
        return cells
    return cells[1:]
