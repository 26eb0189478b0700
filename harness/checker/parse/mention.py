"""A value found in free text, and what keeps one parser from reading another's characters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

#: Stands in for characters that another parser has used. No parser reads it, and it bounds words.
USED = "\ue000"


# What a number behind it names: room 830, no. 5.
_NUMBERED = re.compile(
    r"\b(?:no\.?|number|row|rank(?:s|ed)?|place|page|room|seat|bed|desk|coach|line|item|id|step|chapter"
    r"|lesson|volume|day|grade|platform|gate|figure|table|part|terminal|episode|bus|track|train|flight"
    r"|lane|stage)[ #:]{1,2}$|# ?$"
)
_NUMBERED_REACH = 12  # characters of the longest of them


@dataclass(frozen=True, slots=True)
class Mention:
    """One value in a text.

    Args:
        value: time `HH:MM` (`HH:MM:SS` where seconds are told), minutes, a number or a name.
        start: where its characters start in the prepared text.
        end: where they end.
        unit: what is counted, in the words of the text; empty where nothing is said.
        weak: true for words that are seldom meant as a number, such as 一个.
    """

    value: str | float
    start: int
    end: int
    unit: str = ""
    weak: bool = False


def mask(text: str, spans: Iterable[tuple[int, int]], fill: str = USED) -> str:
    """Return the text, equally long, with spans (in order, apart) overwritten by a character."""
    pieces: list[str] = []
    last = 0
    for start, end in spans:
        if start < last:
            continue
        pieces += (text[last:start], fill * (end - start))
        last = end
    return "".join(pieces) + text[last:] if pieces else text


def mask_mentions(text: str, mentions: Iterable[Mention]) -> str:
    """Return the text with the mentions made unreadable."""
    return mask(text, ((m.start, m.end) for m in mentions))


def mask_pattern(text: str, pattern: re.Pattern[str]) -> str:
    """Return the text with every match of a pattern made unreadable."""
    return mask(text, (m.span() for m in pattern.finditer(text)))


def names_one(text: str, start: int) -> bool:
    """Tell whether the English word before a number has it as its name: room 830."""
    return _NUMBERED.search(text[max(0, start - _NUMBERED_REACH) : start]) is not None
