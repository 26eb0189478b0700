"""One parser a kind: what values of that kind a free text holds, or that it holds none.

    time      19:06, 下午7点06分, 7:06 pm        -> "19:06"
    date      2025年3月8日, March 8, 3月8日       -> "2025-03-08", "03-08"
    duration  1小时15分, 75 minutes, 半小时       -> 75.0 (minutes)
    number    1,234, 十二, 3号站台                -> 3.0
    text      K4547/6, 7001次, 5B                 -> "K4547/6" (names need a lexicon)

A parser returns what it is sure of. 八点五分 is a time and no number; 十几分钟 is nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from harness.checker.parse.clock import find_times
from harness.checker.parse.codes import find_codes
from harness.checker.parse.dates import find_dates
from harness.checker.parse.durations import find_durations
from harness.checker.parse.mention import Mention, mask_mentions
from harness.checker.parse.quantities import find_numbers
from harness.text.normalize import prepare

ValueKind = Literal["text", "number", "time", "date", "duration"]


@dataclass(frozen=True, slots=True)
class Reading:
    """The one value of a text: what it is, where it stands, and what is left over.

    `start` and `end` count characters of the prepared text, `leftover` is that text without them.
    """

    value: str | float
    start: int
    end: int
    leftover: str


def find_values(kind: ValueKind, text: str) -> list[Mention]:
    """Find every value of a kind in a prepared text, in order."""
    return _FINDERS[kind](text)


@lru_cache(maxsize=4096)
def question_values(kind: ValueKind, question: str) -> frozenset[str | float]:
    """Return the values that a prepared question itself holds: to repeat them is no hedge."""
    return frozenset(m.value for m in find_values(kind, question))


def show(mention: Mention) -> str:
    """Render a value for people."""
    return mention.value if isinstance(mention.value, str) else f"{mention.value:.10g}"


def read(kind: ValueKind, text: str) -> Reading | None:
    """Read the one value that a text holds.

    Returns:
        The reading, or `None` (unparsed) where there is no value or there are several.
    """
    prepared = prepare(text)
    mentions = find_values(kind, prepared)
    if len({m.value for m in mentions}) != 1:
        return None
    first = mentions[0]
    rest = mask_mentions(prepared, mentions)
    leftover = " ".join("".join(c if c.isprintable() else " " for c in rest).split())
    return Reading(first.value, first.start, first.end, leftover)


def _find_durations(text: str) -> list[Mention]:
    return find_durations(mask_mentions(text, find_times(text)))


_FINDERS: dict[str, Callable[[str], list[Mention]]] = {
    "time": find_times,
    "date": find_dates,
    "duration": _find_durations,
    "number": find_numbers,
    "text": find_codes,
}
