"""Whether numbers that are text have a decimal comma, and which of them are no numbers at all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from harness.tables.cells import without_gaps
from harness.text.display import fold

_CORE = re.compile(r"[0-9][0-9.,]*")
# What can be read in one way only.
_COMMA = re.compile(r"[0-9]+,(?:[0-9]{1,2}|[0-9]{4,})|[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|0,[0-9]+")
_POINT = re.compile(r"[0-9]+\.(?:[0-9]{1,2}|[0-9]{4,})|[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+|0\.[0-9]+")
_GROUPS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3}){2,}|[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+")
_ONE_GROUP = re.compile(r"[0-9]{1,3}\.[0-9]{3}")
_PLAIN_DECIMAL = re.compile(r"[0-9]+\.[0-9]+")


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
