"""A value found in free text, and what keeps one parser from reading another's characters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

#: Stands in for characters that another parser has used. No parser reads it, and it bounds words.
USED = "\ue000"


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
