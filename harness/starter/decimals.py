"""Whether numbers that are text have a decimal comma, and which of them are no numbers at all.

A point before three digits, as in 1.001, says nothing by itself: what it means comes from the other
numbers of the column, and of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from harness.tables.cells import without_gaps
from harness.tables.table import DecimalMark
from harness.tables.units import split_unit
from harness.text.display import fold

_CORE = re.compile(r"[0-9][0-9.,]*")
# What can be read in one way only.
_COMMA = re.compile(r"[0-9]+,(?:[0-9]{1,2}|[0-9]{4,})|[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|0,[0-9]+")
_POINT = re.compile(r"[0-9]+\.(?:[0-9]{1,2}|[0-9]{4,})|[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+|0\.[0-9]+")
_GROUPS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3}){2,}|[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+")
_ONE_GROUP = re.compile(r"[0-9]{1,3}\.[0-9]{3}")
_IN_GROUPS = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+")
_UNGROUPED = re.compile(r"[0-9]{4,}")
_PLAIN_DECIMAL = re.compile(r"[0-9]+\.[0-9]+")


Points = Literal["decimal", "thousands", "unknown"]
"""What 1.001 means in a file: a bit more than one, a thousand and one, or nobody knows."""


def points_of(columns: Iterable[Sequence[object]], *, commas: bool) -> Points:
    """What a point before three digits means in a file, as its columns show.

    Args:
        columns: the cells of each column.
        commas: whether the file's numbers have decimal commas; else only prices in euros may.
    """
    every = list(columns)
    if not commas and not any(map(is_money_with_comma, every)):
        return "decimal"
    amounts = (cell for cells in every for cell in cells if isinstance(cell, str) and _is_one(cell))
    return "unknown" if any(map(_POINT.fullmatch, _cores(amounts))) else "thousands"


def _is_one(cell: str) -> bool:
    """Whether a cell is a number with a unit or without, as opposed to a name with one in it."""
    text = without_gaps(fold(cell))
    return not text[:1].isalpha() and split_unit(text) is not None


def decimal_of(cells: Sequence[object], *, commas: bool, points: Points) -> DecimalMark | None:
    """The decimal mark of a column; `None` where nobody knows whether 1.001 is a thousand and one.

    Args:
        cells: the column.
        commas: whether the file's numbers have decimal commas.
        points: what a point before three digits means in the file.
    """
    if (commas or is_money_with_comma(cells)) and first_with_comma(cells):
        return None if in_doubt(cells) else ","
    if points == "decimal" or not first_in_groups(cells):
        return "."
    cores = _cores(cells)
    if any(map(_GROUPS.fullmatch, cores)):
        return ","
    return None if points == "unknown" or any(map(_UNGROUPED.fullmatch, cores)) else ","


def is_money_with_comma(cells: Sequence[object]) -> bool:
    """Whether prices such as 12,50 € have a decimal comma in any kind of file."""
    return any(isinstance(c, str) and "€" in c for c in cells) and has_decimal_commas(cells)


def first_in_groups(cells: Iterable[object]) -> str:
    """The first number with a point, where all such numbers may be in thousands."""
    cores = [core for core in _cores(cells) if "." in core or "," in core]
    return cores[0] if cores and all(map(_IN_GROUPS.fullmatch, cores)) else ""


def has_decimal_commas(cells: Iterable[object]) -> bool:
    """Whether any cell can only be read with a decimal comma, and none only with a point."""
    cores = _cores(cells)
    return any(map(_COMMA.fullmatch, cores)) and not any(map(_POINT.fullmatch, cores))


def first_with_comma(cells: Iterable[object]) -> str:
    """The first number with a comma, empty where there is none."""
    return next((core for core in _cores(cells) if "," in core), "")


def in_doubt(cells: Iterable[object]) -> str:
    """A number among decimal commas that may be in thousands, as 1.001, where no other is."""
    cores = _cores(cells)
    if any(map(_GROUPS.fullmatch, cores)):
        return ""
    return next((core for core in cores if _ONE_GROUP.fullmatch(core)), "")


def fall_together(cells: Sequence[object]) -> bool:
    """Whether texts that tell rows apart are one number, as 1.1 and 1.10 of versions are."""
    texts = [fold(cell) for cell in cells if isinstance(cell, str)]
    if len(texts) < len(cells) or len({*texts}) < len(texts):
        return False
    decimals = [text for text in texts if _PLAIN_DECIMAL.fullmatch(text)]
    return len({float(text) for text in decimals}) < len(decimals)


def _cores(cells: Iterable[object]) -> list[str]:
    """The digits of each cell with the marks between them; cells with several are left out."""
    texts = (without_gaps(fold(cell)) for cell in cells if isinstance(cell, str))
    found = map(_CORE.findall, texts)
    return [cores[0].rstrip(".,") for cores in found if len(cores) == 1]
