"""Numbers of questions, however they are printed: `21.`, `第3题`, `(2)`, `①`, `三、`, `Q4`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from suites.reading.parse_fold import is_wide

Style = Literal["plain", "brackets", "ring", "chinese", "chinese brackets"]

MOST = 200  # no paper has more questions; larger numbers are years and amounts
_DIGITS = dict(zip("〇一二三四五六七八九", range(10), strict=True)) | {"零": 0, "两": 2}
_CHINESE = "[一二三四五六七八九十]{1,3}"
_WORDS = r"(?:小题|题目|题|[Qq]uestion|QUESTION|Q|No\.?)"
_FORMS: tuple[tuple[Style, str], ...] = (
    ("plain", rf"[(【\[]?\s?第\s?(\d{{1,3}}|{_CHINESE})\s?小?[题问問][)】\]]?\s?[.、:]?"),
    ("plain", rf"[(【\[]?\s?{_WORDS} ?(\d{{1,3}})[)】\]]?(?!\d)\s?[.、:)]?"),
    ("plain", r"(\d{1,3})\s?[.、:,)。](?!\d)[.、]?"),
    ("brackets", r"[(【\[]\s?(\d{1,3})\s?[)】\]]\s?[.、:]?"),
    ("ring", r"([①-⒛❶-❿⓫-⓾])\s?[.、:]?"),
    ("chinese", rf"({_CHINESE})\s?[、.:]"),
    ("chinese brackets", rf"\(({_CHINESE})\)\s?[、.:]?|([㈠-㈩])"),
    ("plain", r"(\d{1,3})(?=\s+[^a-z\s\d])"),
    ("plain", r"(\d{1,3})(?=[A-Z][a-z]|[下关根对文请从依本第以作这阅结填“‘《\"(_])"),
)  # fmt: skip
_PATTERNS = [(style, re.compile(form)) for style, form in _FORMS]
_SURE = 7  # the last two forms have no punctuation: they need a line of their own
_STARTS = re.compile(r"[\d第小题QqN(【\[①-⒛❶-❿⓫-⓾㈠-㈩一二三四五六七八九十]")
_IDEOGRAPH = re.compile("[\u3400-\u9fff]")
_AFTER = re.compile(r"[\s。.?!;,、:)\]】”\"'…_]")


@dataclass(frozen=True, slots=True)
class Mark:
    """A number that may begin a question: its words run from `end`.

    `rank` tells how it is set off: 3 at the start of a line, 2 behind two blanks, 1 behind one or
    behind punctuation, 0 glued to what stands before it.
    """

    start: int
    end: int
    number: int
    style: Style
    rank: int
    sure: bool


def find_marks(text: str) -> list[Mark]:
    """All numbers of a shadow text that may begin a question, in order."""
    return list(_marks(text))


def mark_at(text: str, at: int) -> Mark | None:
    """The number that begins at a place, where one does."""
    rank = rank_at(text, at)
    for place, (style, pattern) in enumerate(_PATTERNS):
        match = pattern.match(text, at)
        if match is None:
            continue
        number = read_number(next(filter(None, match.groups())))
        if number is None or not 0 < number <= MOST:
            continue
        sure = place < _SURE
        if sure or rank == 3:
            return Mark(at, match.end(), number, style, rank, sure)
    return None


def rank_at(text: str, at: int) -> int:
    """How a place is set off from what stands before it; see `Mark`."""
    bare = text[:at].rstrip(" ")
    if not bare or bare[-1] == "\n":
        return 3
    gap = at - len(bare)
    if gap:
        return 2 if gap > 1 else 1
    return 1 if _AFTER.match(bare[-1]) else 0


def read_number(text: str) -> int | None:
    """A whole number from digits, a ring numeral, or Chinese numerals below a hundred."""
    if text.isdecimal():
        return int(text)
    if len(text) == 1 and text not in _DIGITS and text != "十":
        value = unicodedata.numeric(text, -1.0)
        return int(value) if value > 0 else None
    tens, ten, ones = text.partition("十")
    if not ten:
        return _DIGITS.get(text) if len(text) == 1 else None
    if len(tens) > 1 or len(ones) > 1:
        return None
    return 10 * _DIGITS.get(tens or "一", 0) + (_DIGITS.get(ones, 0) if ones else 0)


def _marks(text: str) -> Iterator[Mark]:
    at = 0
    while match := _STARTS.search(text, at):
        start = match.start()
        found = mark_at(text, start) if _free(text, start) else None
        if found is not None:
            yield found
        at = found.end if found is not None else start + 1


def _free(text: str, at: int) -> bool:
    """Whether a place is not the middle of a number or of a Latin word."""
    if at == 0:
        return True
    here, before = text[at], text[at - 1]
    if here.isdigit() and (before.isdigit() or re.search(r"\d[.,:/-]$", text[max(0, at - 2) : at])):
        return False
    latin = before.isascii() and before.isalpha()
    if latin and here.isascii() and here.isalpha():
        return False
    if here in "小题":
        # As in 主题, where an option ends with it and the next number follows.
        return not _IDEOGRAPH.match(before)
    return not (is_wide(here) and before in "第十")
