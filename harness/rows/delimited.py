"""The cells of a csv or tsv file: which separator and which encoding it has."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from pathlib import Path

from harness.errors import InputError
from harness.text.display import show

MAX_TEXT_BYTES = 64 * 1024 * 1024
_LOOKED_AT = 30
# Spreadsheet programs take the separator from a first line like this one.
_DECLARED = re.compile(r"sep=(?P<separator>[,;\t|])(?=\r?\n|\r|$)", re.IGNORECASE)


def read_delimited(path: Path) -> tuple[list[list[str]], str]:
    """Read the cells of a file, and by what they are separated.

    Raises:
        InputError: it is too large, in an unknown encoding, or no such text.
    """
    if path.stat().st_size > MAX_TEXT_BYTES:
        raise InputError(f"{path}: larger than {MAX_TEXT_BYTES} bytes; not read")
    text = _decode(path)
    separator = "\t" if path.suffix.lower() == ".tsv" else _separator(text)
    if declared := _DECLARED.match(text):
        separator, text = declared["separator"], text[declared.end() :]
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise InputError(f"{path}: cannot be read as {path.suffix[1:]} ({show(error)})") from error
    return rows, separator


def _separator(text: str) -> str:
    """The separator by which most lines have as many cells: a title above them has none."""
    lines = io.StringIO(text, newline="")
    head = [line for line in (next(lines, "") for _ in range(_LOOKED_AT)) if line.strip()]
    return max(",\t;", key=lambda separator: _even(head, separator))


def _even(lines: list[str], separator: str) -> tuple[int, int]:
    """How many lines have the same number of cells, more than one, and how many cells."""
    # Not strict: a cell in quotation marks may go on below the lines that are looked at.
    widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator))
    several = [(count, width) for width, count in widths.items() if width > 1]
    return max(several, default=(0, 0))


def _decode(path: Path) -> str:
    """Decode as UTF-8 or GB18030; a UTF-16 file is known by its byte order mark."""
    data = path.read_bytes()
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(f"{path}: neither UTF-8 nor GB18030 text; save it as UTF-8")
