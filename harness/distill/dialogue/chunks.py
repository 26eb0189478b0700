"""A long text in pieces that a teacher can read: they end at paragraph ends, and overlap."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

_PARAGRAPH_END = re.compile(r"\n+")
_SENTENCE_END = re.compile(r"[。！？!?…][”」』’\"]*|\.[\"”’]?\s|[”」』]")
# How much of a piece stands in the one before it, too, as one part of so many.
_OVERLAP = 5


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a text, from one character's offset up to another's."""

    start: int
    end: int


def cut(text: str, whole: Chunk, size: int) -> list[Chunk]:
    """Cut a text into pieces of at most `size` characters, in order, leaving nothing out.

    Each begins some paragraphs before the end of the one before it, a fifth of the size at most. A
    paragraph that is longer than a piece is cut at a sentence's end, a sentence that is, anywhere.

    Args:
        text: the text.
        whole: the part of it that is cut.
        size: in characters, above 0.
    """
    paragraphs, every = _breaks(text, whole, size)
    chunks: list[Chunk] = []
    start = whole.start
    while start < whole.end:
        end = _last_within(paragraphs, start, start + size)
        if end is None:
            end = _last_within(every, start, start + size)
        if end is None:
            end = min(start + size, whole.end)
        chunks.append(Chunk(start, end))
        if end >= whole.end:
            break
        start = _first_from(paragraphs, max(end - size // _OVERLAP, start + 1), end)
    return chunks


def _breaks(text: str, whole: Chunk, size: int) -> tuple[list[int], list[int]]:
    """Where paragraphs end, and where those or the sentences of long paragraphs do."""
    ends = [m.end() for m in _PARAGRAPH_END.finditer(text, whole.start, whole.end)]
    paragraphs = [end for end in ends if end < whole.end] + [whole.end]
    every: list[int] = []
    last = whole.start
    for end in paragraphs:
        if end - last > size:
            every += [m.end() for m in _SENTENCE_END.finditer(text, last, end) if m.end() < end]
        every.append(end)
        last = end
    return paragraphs, every


def _last_within(breaks: list[int], start: int, most: int) -> int | None:
    """The last break behind `start` and up to `most`."""
    at = bisect_right(breaks, most) - 1
    return breaks[at] if at >= 0 and breaks[at] > start else None


def _first_from(breaks: list[int], least: int, end: int) -> int:
    """The first break from `least` on; `end` where there is none before it."""
    at = bisect_left(breaks, least)
    return min(breaks[at], end) if at < len(breaks) else end
