"""The Markdown tables of an answer: what heads the column of a value, and what its row says."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.checker.parse.mention import USED

if TYPE_CHECKING:
    from harness.checker.parse.mention import Mention


def barred(text: str) -> str:
    """Give a table of tabs or commas, header first, the strokes of a Markdown one; else as it is.

    Its header has no digit, its rows have one, all lines have as many cells, and none is long.
    """
    lines = [line for line in text.strip().split("\n") if line.strip()]
    if not 1 < len(lines) <= _MOST_LINES:
        return text
    for sign in ("\t", ",", "，"):
        rows = [line.split(sign) for line in lines]
        if len({len(row) for row in rows}) > 1 or len(rows[0]) == 1:
            continue
        if max(len(cell) for row in rows for cell in row) > _LONGEST_CELL:
            continue
        numbered = [any(map(str.isdigit, "".join(row))) for row in rows]
        if not numbered[0] and all(numbered[1:]):
            return "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return text


_MOST_LINES = 60
_LONGEST_CELL = 24


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
                header = cell_spans(masked, start, start + len(line))
            else:
                self._header[i] = header

    def heading(self, mention: Mention) -> str:
        """Return what heads the column of a value; nothing outside a table."""
        at = bisect_right(self._starts, mention.start) - 1
        if at not in self._header:
            return ""
        start, line = self._lines[at]
        column = _column(cell_spans(line, 0, len(line), start), mention)
        header = self._header[at]
        return self._text[slice(*header[column])] if 0 <= column < len(header) else ""

    def cells(self, mention: Mention) -> str:
        """Return the heading and the row of a value; nothing outside a table."""
        at = bisect_right(self._starts, mention.start) - 1
        if at not in self._header:
            return ""
        start, line = self._lines[at]
        row = cell_spans(line, 0, len(line), start)
        column = _column(row, mention)
        words = [heading] if (heading := self.heading(mention)) else []
        words += [
            self._text[slice(*cell)] for i, cell in enumerate(row)
            if i != column and (i == 0 or USED not in line[cell[0] - start : cell[1] - start])
        ]  # fmt: skip
        return " ".join(words)


def _column(row: list[tuple[int, int]], mention: Mention) -> int:
    return bisect_right([begin for begin, _ in row], mention.start) - 1


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1


def cell_spans(text: str, start: int, end: int, offset: int = 0) -> list[tuple[int, int]]:
    """Return where the cells of a row stand, with or without strokes at its ends.

    Args:
        text: what holds the row.
        start: where the row begins.
        end: where it ends.
        offset: what is added to each place.
    """
    line = text[start:end]
    left = line.index("|") + 1 if line.lstrip().startswith("|") else 0
    right = line.rindex("|") if line.rstrip().endswith("|") else len(line)
    cells: list[tuple[int, int]] = []
    at = start + offset + left
    for cell in line[left : max(left, right)].split("|"):
        cells.append((at, at + len(cell)))
        at += len(cell) + 1
    return cells
