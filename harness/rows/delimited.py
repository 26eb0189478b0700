"""The cells of a csv or tsv file, a row at a time: which separator it has, and what ends its lines.

A cell that a spreadsheet would run has an apostrophe before it, which is taken off: see `formulas`.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from harness.errors import InputError
from harness.rows.decode import Told, lines
from harness.rows.formulas import unguarded

_LONGEST = 16 * 1024 * 1024
_LOOKED_AT, _MOST_LOOKED_AT = 30, 1024 * 1024
# Spreadsheet programs take the separator from a first line like this one.
_DECLARED = re.compile(r"sep=(?P<separator>[,;\t|])(?=\r?\n|\r|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Delimited:
    """A file's rows in order, each with the line that it begins on, and what parts its cells."""

    rows: Iterator[tuple[int, list[str]]]
    separator: str


def read_delimited(path: Path, told: Told | None = None) -> Delimited:
    """Open a file by its first lines; its rows are read as they are taken.

    Args:
        path: the file; a tsv is parted by tabs, a csv by commas, tabs or semicolons.
        told: hears of an encoding that is not UTF-8.

    Raises:
        InputError: it cannot be read, or is no such text; while rows are taken, too.
    """
    csv.field_size_limit(_LONGEST)  # of the whole process; its own limit is less than a long text
    text = _lines(path, told)
    head = _head(text)
    separator = "\t" if path.suffix.lower() == ".tsv" else _separator(head)
    if head and (declared := _DECLARED.match(head[0])):
        separator, head[0] = declared["separator"], head[0][declared.end() :]
    return Delimited(_rows(path, chain(head, text), separator), separator)


def _lines(path: Path, told: Told | None) -> Iterator[str]:
    """The lines, however they end: a carriage return without a line feed may end one."""
    for _, line in lines(path, told):
        if "\r" in line and "\r" in line[:-2]:
            yield from io.StringIO(line, newline="")
        else:
            yield line


def _head(text: Iterator[str]) -> list[str]:
    """The first lines, not more than can be held."""
    head: list[str] = []
    size = 0
    for line in text:
        head.append(line)
        size += len(line)
        if len(head) == _LOOKED_AT or size > _MOST_LOOKED_AT:
            break
    return head


def _separator(head: Sequence[str]) -> str:
    """The separator by which most lines have as many cells: a title above them has none."""
    filled = [line for line in head if line.strip()]
    return max(",\t;", key=lambda separator: _even(filled, separator))


def _even(lines: Sequence[str], separator: str) -> tuple[int, int]:
    """How many lines have the same number of cells, more than one, and how many cells."""
    # Not strict: a cell in quotation marks may go on below the lines that are looked at.
    widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator))
    several = [(count, width) for width, count in widths.items() if width > 1]
    return max(several, default=(0, 0))


def _rows(path: Path, text: Iterator[str], separator: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(text, delimiter=separator, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise InputError(
                f"{path}:{line}: cannot be read as {path.suffix[1:]}: {_say(error)}"
            ) from error
        if cells is None:
            return
        yield line, [unguarded(cell) for cell in cells]
        line = reader.line_num + 1


def _say(error: csv.Error) -> str:
    said = str(error)
    return "a quotation mark is never closed" if said == "unexpected end of data" else said
