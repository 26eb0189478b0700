"""Which language a text is in, as far as a metric must know: by the share of its letters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal, get_args

from harness.text.normalize import fold
from harness.text.tokens import Script, script_of

Language = Literal["zh", "en", "mixed", "other"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
_MOSTLY_CHINESE = 0.6
_HARDLY_CHINESE = 0.05
_FOREIGN = 0.3


def language_of(text: str) -> Language:
    """Tell the language of a text by the share of its letters; digits and signs do not count.

    Returns:
        `other` where more than 30% are neither Latin nor Chinese (kana among them) or there is no
        letter; else `zh` where at least 60% are Chinese characters; `en` where at most 5% are, in
        whatever language the Latin letters are; else `mixed`.
    """
    counts = _count(fold(text))
    letters = sum(counts.values())
    if not letters or counts["other"] > _FOREIGN * letters:
        return "other"
    if counts["han"] >= _MOSTLY_CHINESE * letters:
        return "zh"
    return "en" if counts["han"] <= _HARDLY_CHINESE * letters else "mixed"


def language_of_all(texts: Iterable[str]) -> Language:
    """Tell the language of several texts as if they were one."""
    return language_of("\n".join(texts))


def _count(text: str) -> dict[Script, int]:
    counts: dict[Script, int] = {"han": 0, "latin": 0, "other": 0}
    for character, count in Counter(text).items():
        script = script_of(character)
        if script is not None:
            counts[script] += count
    return counts
