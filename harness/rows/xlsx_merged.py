"""Merged cells of a sheet: people see one value over all of them, files store it in the first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]  # ships no types

from harness.errors import InputError
from harness.rows.xlsx_guard import MAX_CELLS

_MERGE = re.compile(
    rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"'
)
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True, slots=True)
class Span:
    """A rectangle of cells, rows and columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


def merged_spans(path: Path, sheet: str) -> list[Span]:
    """The merged cells of a sheet of an xlsx that was found harmless, in the file's order."""
    with ZipFile(path) as archive:
        part = _part(archive, sheet)
        text = archive.read(part) if part in archive.namelist() else b""
    return [
        Span(int(top) - 1, _column(left), int(bottom) - 1, _column(right))
        for left, top, right, bottom in _MERGE.findall(text)
    ]


def spread(path: Path, rows: Sequence[list[object]], spans: Sequence[Span]) -> list[list[object]]:
    """Rows in which every cell of a span holds the value of its first.

    Raises:
        InputError: the spans overlap so much that nobody can have merged them.
    """
    filled = [list(row) for row in rows]
    left = MAX_CELLS
    for span in spans:
        for r, c in _cells(span, filled):
            left -= 1
            if left < 0:
                raise InputError(f"{path}: merges more than {MAX_CELLS} cells; not read")
            filled[r][c] = filled[span.top][span.left]
    return filled


def _cells(span: Span, rows: Sequence[Sequence[object]]) -> Iterator[tuple[int, int]]:
    """The places of a span that are in the sheet, but its first."""
    if span.top >= len(rows) or span.left >= len(rows[span.top]):
        return
    for r in range(span.top, min(span.bottom + 1, len(rows))):
        for c in range(span.left, min(span.right + 1, len(rows[r]))):
            if (r, c) != (span.top, span.left):
                yield r, c


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


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1
