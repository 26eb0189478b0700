"""What can be said of any reply without a reference: that it says nothing, or goes in circles."""

from __future__ import annotations

import re

from harness.metrics.text import answer_part, fold, is_empty

EMPTY = "empty"
LOOPS = "goes in circles"
# A piece of up to 40 characters, five times in a row or more.
_CIRCLE = re.compile(r"(.{1,40}?)\1{4,}", re.DOTALL)
_SHORTEST = 20
_MOST_READ = 4000


def said(text: str) -> str:
    """What a reply says to the user, folded: no thinking, nothing behind an end mark."""
    return fold(answer_part(text))


def fault(text: str) -> str | None:
    """Why a reply can be worth nothing whatever was asked: `EMPTY`, `LOOPS`, or `None`.

    A reply goes in circles where more than half of it is one piece said over and over. Laughter
    of a few signs is none.
    """
    if is_empty(text):
        return EMPTY
    return LOOPS if goes_in_circles(said(text)) else None


def goes_in_circles(text: str) -> bool:
    """Tell whether more than half of a text is pieces that are said five times or more in a row."""
    text = text[:_MOST_READ]
    if len(text) < _SHORTEST:
        return False
    circling = sum(match.end() - match.start() for match in _CIRCLE.finditer(text))
    return 2 * circling > len(text)
