"""What is wrong with a reply whatever its reference: it says nothing, goes in circles, echoes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.metrics.score import says_nothing
from harness.text.normalize import answer_part, fold, is_empty, same_question

if TYPE_CHECKING:
    from harness.core import Output

EMPTY = "empty"
LOOPS = "goes in circles"
ECHO = "repeats the question"
# A piece of up to 40 characters, five times in a row or more.
_CIRCLE = re.compile(r"(.{1,40}?)\1{4,}", re.DOTALL)
_SHORTEST = 20
_MOST_READ = 4000


def heard(output: Output) -> str:
    """The text of an answer, nothing where it failed or is empty: it counts, as nothing said."""
    return "" if says_nothing(output) else output.text


def said(text: str) -> str:
    """What a reply says to the user: no thinking, nothing behind an end mark, no blanks around."""
    return answer_part(text).strip()


def fault(text: str, question: str) -> str | None:
    """Why a reply is worth nothing whatever would be right: `EMPTY`, `LOOPS`, `ECHO` or `None`.

    A reply goes in circles where more than half of it is one piece said over and over. Laughter
    of a few signs is none. It is an echo where it says the question again and nothing else.
    """
    if is_empty(text):
        return EMPTY
    if goes_in_circles(fold(said(text))):
        return LOOPS
    return ECHO if same_question(said(text)) == same_question(question) else None


def goes_in_circles(text: str) -> bool:
    """Tell whether more than half of a text is pieces that are said five times or more in a row."""
    text = text[:_MOST_READ]
    if len(text) < _SHORTEST:
        return False
    circling = sum(match.end() - match.start() for match in _CIRCLE.finditer(text))
    return 2 * circling > len(text)
