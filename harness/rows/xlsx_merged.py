"""Merged cells of a sheet: people see one value over all of them, files store it in the first."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]  # ships no types

from harness.errors import InputError
from harness.rows.xlsx_guard import MAX_CELLS

_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True, slots=True)
class Span:
    """A rectangle of cells, rows and columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


def merged_spans(path: Path, sheet: str, merged: Mapping[str, Sequence[str]]) -> list[Span]:
    """The merged cells of a sheet of a workbook, `merged` as the guard found them, from the top."""
    if not any(merged.values()):
        return []
    with ZipFile(path) as archive:
        found = map(_REFERENCE.fullmatch, merged.get(_part(archive, sheet), ()))
    spans = (
        Span(int(match[2]) - 1, _column(match[1]), int(match[4]) - 1, _column(match[3]))
        for match in found
        if match is not None
    )
    return sorted(spans, key=lambda span: span.top)


class Filler:
    """Gives the cells of each span the value of its first, a row after the other.

    A row that holds nothing but what is merged into it from above is no row of its own.
    """

    def __init__(self, path: Path, spans: Sequence[Span]) -> None:
        self._path = path
        self._ahead = deque(spans)
        self._open: list[tuple[Span, object]] = []
        self._left = MAX_CELLS

    def fill(self, number: int, row: list[object], width: int) -> list[object]:
        """A row of the sheet, from the top, as people see it.

        Args:
            number: which row it is, from 0.
            row: its own cells, the empty ones None or an empty text.
            width: how many columns the table has; spans end there.

        Raises:
            InputError: the spans overlap so much that nobody can have merged them.
        """
        while self._ahead and self._ahead[0].top <= number:
            span = self._ahead.popleft()
            if span.top == number and span.left < len(row):
                self._open.append((span, row[span.left]))
        if not self._open or all(cell is None or cell == "" for cell in row):
            return row
        self._open = [(span, value) for span, value in self._open if span.bottom >= number]
        filled = [*row, *([""] * (width - len(row)))]
        for span, value in self._open:
            places = range(span.left, min(span.right + 1, width))
            self._left -= max(1, len(places))
            for place in places:
                filled[place] = value
        if self._left < 0:
            raise InputError(f"{self._path}: merges more than {MAX_CELLS} cells; not read")
        return filled


def _part(archive: ZipFile, sheet: str) -> str:
    """The part of the zip that a sheet is stored in."""
    book = fromstring(archive.read("xl/workbook.xml"))
    ids = [
        element.get(_RELATION)
        for element in book.iter()
        if element.tag.endswith("}sheet") and element.get("name") == sheet
    ]
    relations = "xl/_rels/workbook.xml.rels"
    if not ids or relations not in archive.namelist():
        return ""
    targets = {
        element.get("Id"): str(element.get("Target"))
        for element in fromstring(archive.read(relations)).iter()
    }
    target = targets.get(ids[0], "")
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
