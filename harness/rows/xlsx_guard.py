"""What is checked of an xlsx before any parser sees it: it comes from a stranger.

An xlsx is a zip of XML. A small file can expand to gigabytes, declare entities that do, name one
cell in the far corner of a sheet so that a reader fills the whole grid, or hold a million cell
formats that a reader makes an object of each. Each of these ends here in a sentence.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import ParseError  # only the exception; defusedxml parses
from zipfile import BadZipFile, ZipFile, ZipInfo

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]  # ships no types
from defusedxml.ElementTree import DefusedXMLParser  # type: ignore[import-untyped]  # likewise

from harness.errors import InputError
from harness.text.display import show

MAX_EXPANDED = 256 * 1024 * 1024
MAX_RATIO = 200
MAX_PARTS = 1000
MAX_CELLS = 2_000_000

# What readers make an object of each, and slowly: more than a spreadsheet program writes itself.
_MOST = {
    "xf": (131_072, "cell formats"),
    "definedName": (65_536, "defined names"),
    "cellStyle": (65_536, "cell styles"),
    "dxf": (65_536, "conditional formats"),
    "font": (65_536, "fonts"),
    "fill": (65_536, "fills"),
    "border": (65_536, "borders"),
    "numFmt": (65_536, "number formats"),
    "sheet": (MAX_PARTS, "sheets"),
    "Override": (65_536, "parts"),
    "Relationship": (65_536, "links"),
    "property": (65_536, "properties"),
}
# Readers take sheets and texts piece by piece, and other parts at once.
_PIECEWISE = ("worksheet", "sst")
_MOST_PIECES, _MOST_AT_ONCE, _MOST_ALIKE = 12_000_000, 1_000_000, MAX_CELLS
# Texts that no cell refers to: some stay behind when cells are deleted, not a million.
_UNUSED_TEXTS = 100_000
_RATIO_FROM = 1024 * 1024
_CHUNK = 64 * 1024
_INSTEAD = "copy the table's cells to a new workbook, or save them as .csv"
_OLE = b"\xd0\xcf\x11\xe0"
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")


class _TooMany(Exception):  # never leaves this module
    """A part holds more of something than anyone makes; the message says of what."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a harmless workbook holds.

    Args:
        unsaved: whether any sheet has a formula whose result was never saved.
        errors: whether any has a cell that could not be worked out, such as #REF!.
        merged: the merged cells by the part of the zip that their sheet is, such as `A1:C1`.
    """

    unsaved: bool
    errors: bool
    merged: Mapping[str, Sequence[str]]


def check_xlsx(path: Path) -> Checked:
    """Refuse an xlsx that could harm its reader.

    Raises:
        InputError: no zip, damaged, encrypted, too large when expanded, or with forbidden XML.
    """
    with path.open("rb") as file:
        if file.read(len(_OLE)) == _OLE:
            raise InputError(
                f"{path}: an old .xls or an encrypted workbook; save it as plain .xlsx"
            )
    try:
        with ZipFile(path) as archive:
            _check_sizes(path, archive.infolist())
            parts = {p.filename: _check_part(path, archive, p) for p in archive.infolist()}
            _check_texts(path, parts.values())
            return Checked(
                any(part.unsaved for part in parts.values()),
                any(part.errors for part in parts.values()),
                {name: part.merged for name, part in parts.items()},
            )
    except (BadZipFile, zlib.error, EOFError, OSError) as error:
        raise InputError(f"{path}: not an xlsx, or a damaged one ({show(error)})") from error
    except (RuntimeError, NotImplementedError) as error:
        raise InputError(
            f"{path}: encrypted or packed in an unknown way ({show(error)})"
        ) from error


def _check_sizes(path: Path, parts: list[ZipInfo]) -> None:
    """Check what the zip's directory declares; zipfile never yields more than that."""
    if len(parts) > MAX_PARTS:
        raise InputError(f"{path}: has {len(parts)} parts, more than {MAX_PARTS}; not read")
    expanded = sum(part.file_size for part in parts)
    if expanded > MAX_EXPANDED:
        raise InputError(f"{path}: expands to {expanded} bytes, more than {MAX_EXPANDED}; not read")
    for part in parts:
        if part.file_size > max(_RATIO_FROM, MAX_RATIO * part.compress_size):
            raise InputError(
                f"{path}: part {part.filename!r} expands more than {MAX_RATIO} times; not read"
            )
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise InputError(f"{path}: a zip, but no xlsx workbook")


def _check_texts(path: Path, parts: Collection[_Census]) -> None:
    """Check that cells refer to most of the texts that they share."""
    texts = max(part.counts.get("si", 0) for part in parts)
    used = sum(part.texts_used for part in parts)
    if texts > used + _UNUSED_TEXTS:
        raise InputError(
            f"{path}: holds {texts} texts, and its cells refer to {used} at most; {_INSTEAD}"
        )


def _check_part(path: Path, archive: ZipFile, part: ZipInfo) -> _Census:
    """Walk one part as XML; return what was counted."""
    census = _Census()
    try:
        with archive.open(part) as stream:
            _walk(stream, census)
    except _TooMany as error:
        raise InputError(f"{path}: {part.filename!r} {error}") from error
    except DefusedXmlException as error:
        raise InputError(
            f"{path}: {part.filename!r} declares XML entities or a DTD; not read"
        ) from error
    except ParseError as error:
        # A picture is no XML, and a part with an unexpected name may still be a sheet.
        if part.filename.endswith((".xml", ".rels")):
            raise InputError(f"{path}: {part.filename!r} is damaged ({show(error)})") from error
    return census


def _walk(stream: IO[bytes], census: _Census) -> None:
    parser = DefusedXMLParser(target=census, forbid_dtd=True)
    while chunk := stream.read(_CHUNK):
        parser.feed(chunk)
    parser.close()


class _Census:
    """An XML parser's target that keeps nothing but the reach of the cells, and counts."""

    def __init__(self) -> None:
        self.unsaved = self.errors = False
        self.merged: list[str] = []
        self.counts: dict[str, int] = {}
        self.texts_used = 0
        self._elements = self._most = 0
        self._row = self._rows = 0
        self._column = self._columns = 0
        self._tag = ""
        self._lacks_result = False
        self._is_formula = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = self._tag = tag.rpartition("}")[2]
        if name == "row":
            self._row = _number(attributes.get("r"), self._row + 1)
            self._column = 0
        elif name == "c":
            self._column = _column(attributes.get("r"), self._column + 1)
            # An empty text is a result too, and is saved as type "str" with nothing in it.
            kind = attributes.get("t")
            self._lacks_result = kind != "str"
            self.texts_used += kind == "s"
            self.errors |= kind == "e"
            self._is_formula = False
        elif name == "f":
            self._is_formula = True
        elif name == "mergeCell":
            self.merged.append(attributes.get("ref", ""))
        self._rows = max(self._rows, self._row)
        self._columns = max(self._columns, self._column)
        # Readers fill the rectangle up to the furthest cell, so the rectangle is what counts.
        if self._rows * self._columns > MAX_CELLS:
            raise _TooMany(f"spans more than {MAX_CELLS} cells; not read")
        self._count(name)

    def _count(self, name: str) -> None:
        """Count an element; the first one of a part says what the part is."""
        if not self._elements:
            self._most = _MOST_PIECES if name in _PIECEWISE else _MOST_AT_ONCE
        self._elements += 1
        count = self.counts[name] = self.counts.get(name, 0) + 1
        most, what = _MOST.get(name, (_MOST_ALIKE, f"elements {name!r}"))
        if count > most:
            raise _TooMany(f"holds more than {most} {what}; {_INSTEAD}")
        if self._elements > self._most:
            raise _TooMany(f"holds more than {self._most} elements; {_INSTEAD}")

    def data(self, text: str) -> None:
        if self._tag == "v" and text.strip():
            self._lacks_result = False

    def end(self, tag: str) -> None:
        self._tag = ""
        if tag.rpartition("}")[2] == "c":
            self.unsaved |= self._is_formula and self._lacks_result

    def close(self) -> None:
        """The parser asks for a result; the census itself is it."""


def _number(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isascii() and text.isdecimal() else default


def _column(reference: str | None, default: int) -> int:
    """Turn the letters of a reference such as `AB12` into 28."""
    match = _REFERENCE.fullmatch(reference or "")
    if match is None:
        return default
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return column
