"""Values in a text: where they stand as whole words, and the text with a sign in their place.

The platform 1 does not stand in 12, nor in K1; K4547 does not stand in K4547/6.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

#: Stands for a value.
MASK = "□"
_SLASHED = re.compile("/[0-9]")
# Times, dates, codes and numbers: 07:30, K772/5, 5b, 1.5, 2025-03-08.
_FIGURES = re.compile(r"[A-Za-z]{0,3}[0-9](?:[0-9A-Za-z]|[/:.\-](?=[0-9]))*")
_TAKEN = "\0"


def joins(before: str, after: str) -> bool:
    """Whether two characters, or what is empty at an end, read as parts of one word or figure."""
    return all(c.isascii() and c.isalnum() for c in (before, after))


def is_whole(text: str, start: int, end: int) -> bool:
    """Whether what stands there is no part of a longer word, number or code."""
    if _SLASHED.match(text, end) and text[end - 1].isdigit():
        return False
    return not joins(text[start - 1 : start], text[start]) and not joins(
        text[end - 1], text[end : end + 1]
    )


def places(text: str, value: str) -> Iterator[tuple[int, int]]:
    """Where a text names a value by itself."""
    start = text.find(value) if value else -1
    while start >= 0:
        end = start + len(value)
        if is_whole(text, start, end):
            yield start, end
        start = text.find(value, end)


def spans(text: str, values: Iterable[str]) -> list[tuple[int, int, str]]:
    """Where values stand, in order: start, end and value; the longest has the first claim.

    兰州 is not looked for inside 兰州西 where both are values.
    """
    found: list[tuple[int, int, str]] = []
    free = text
    for value in sorted(set(values), key=lambda value: (-len(value), value)):
        for start, end in list(places(free, value)):
            found.append((start, end, value))
            free = free[:start] + _TAKEN * len(value) + free[end:]
    return sorted(found)


def masked(text: str, values: Iterable[str]) -> str:
    """The text with `MASK` for each of the values."""
    pieces: list[str] = []
    last = 0
    for start, end, _ in spans(text, values):
        pieces += (text[last:start], MASK)
        last = end
    return "".join(pieces) + text[last:]


def without_figures(text: str) -> str:
    """The text with `MASK` for each number, time and code that has one."""
    return _FIGURES.sub(MASK, text)
