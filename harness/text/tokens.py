"""Words of a text in any script: what ROUGE, distinct-n and lengths count.

A tokenizer made for English drops every Chinese character, so that two different Chinese answers
look the same and two equal ones look empty. Here

    a Chinese character, kana or hangul syllable    is a token
    a letter of a script without blanks (Thai)      is a token, with its marks
    a run of other letters and digits               is a token: qwen3, Straße, поезд
    a number, time, date or train with its signs    is a token: 3.5, 07:06, 2025/3/8, K2095/8
    an emoji                                        is a token, whatever its skin
    everything else                                 separates tokens

after folding (`harness.text.normalize.fold`: NFKC among others) and in lower case. On plain ASCII
words this is what rouge-score's own tokenizer does.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from functools import lru_cache
from typing import Final, Literal

from harness.text.normalize import fold

#: Part of every signature of a metric over tokens: another number, other tokens.
TOKENS: Final = "podium-1"

Script = Literal["han", "latin", "other"]
_Sort = Literal["single", "word", "digit", "mark", "gap"]

# First and last code point of what stands for itself. Chinese characters first.
_HAN = (
    (0x2E80, 0x2FDF), (0x3005, 0x3007), (0x3021, 0x3029), (0x3038, 0x303B), (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF),
)  # fmt: skip
_NO_BLANKS = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x0F00, 0x0FFF),  # Tibetan
    (0x1000, 0x109F),  # Myanmar
    (0x1100, 0x11FF),  # hangul, decomposed
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x312F),  # kana, bopomofo
    (0x3130, 0x318F),  # hangul, decomposed
    (0x31A0, 0x31FF),  # bopomofo, kana
    (0xA960, 0xA97F),  # hangul, decomposed
    (0xAC00, 0xD7FF),  # hangul
    (0x1AFF0, 0x1B16F),  # kana
)
_EMOJI = ((0x2600, 0x27BF), (0x2B00, 0x2BFF), (0x1F000, 0x1FAFF))
_SKINS = ((0x1F3FB, 0x1F3FF),)
_LATIN_LAST = 0x024F
_LATIN_MORE = ((0x1E00, 0x1EFF), (0x2C60, 0x2C7F), (0xA720, 0xA7FF), (0xAB30, 0xAB6F))
# Between two digits these belong to a number, a time, a date or a train.
_JOINTS = ".:/"


class Tokenizer:
    """The tokenizer as an object, which is what rouge-score asks for."""

    def tokenize(self, text: str) -> list[str]:
        """Return the tokens of a text."""
        return tokenize(text)


def tokenize(text: str) -> list[str]:
    """Return the tokens of a text, in order (the rules are this module's first paragraph)."""
    text = fold(text).lower()
    tokens: list[str] = []
    before: _Sort = "gap"
    for i, character in enumerate(text):
        sort = _sort(character)
        if sort == "gap" and before == "digit" and _joins(text, i):
            tokens[-1] += character
            continue
        if sort == "mark":
            if before != "gap":
                tokens[-1] += character
            continue
        if sort == "single" or (sort != "gap" and before in ("gap", "single")):
            tokens.append(character)
        elif sort != "gap":
            tokens[-1] += character
        before = sort
    return tokens


@lru_cache(maxsize=8192)
def script_of(character: str) -> Script | None:
    """Name the script of a letter; `None` of what is no letter."""
    if unicodedata.category(character)[0] != "L" and not _within(character, _HAN):
        return None
    if _within(character, _HAN):
        return "han"
    latin = ord(character) <= _LATIN_LAST or _within(character, _LATIN_MORE)
    return "latin" if latin else "other"


def _joins(text: str, i: int) -> bool:
    return text[i] in _JOINTS and i + 1 < len(text) and _sort(text[i + 1]) == "digit"


@lru_cache(maxsize=8192)
def _sort(character: str) -> _Sort:
    category = unicodedata.category(character)
    if category in ("Mn", "Mc"):
        return "mark"
    if _within(character, _EMOJI):
        return "gap" if _within(character, _SKINS) or category[0] != "S" else "single"
    if category[0] not in "LN":
        return "gap"
    if _within(character, _HAN) or (_within(character, _NO_BLANKS) and category != "Nd"):
        return "single"
    return "digit" if category == "Nd" else "word"


def _within(character: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    """Tell whether a character lies in one of some ranges, which are sorted."""
    code = ord(character)
    i = bisect_right(ranges, code, key=lambda r: r[0])
    return i > 0 and code <= ranges[i - 1][1]
