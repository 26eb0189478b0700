"""Does another wording of a question still ask the same? What can be told from the words alone.

The answer of a reworded question is computed for the question before it was reworded, so a wording
that drifts makes a right answer wrong.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from harness.checker.parse.values import ValueKind, find_values
from harness.core import Refusal
from harness.distill.verify.drift import added_value, drift, reversal
from harness.distill.verify.plain_text import foreign, leftover
from harness.text.masking import MASK, is_whole, places
from harness.text.normalize import informative, prepare

#: Stands for a value that a question names.
BLANK = MASK
_DIGITS = re.compile(r"[0-9]+")
# A number, with what it counts: 3, 12.5元.
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?[^\W\d]{0,2}")
# Before a time these make it another one.
_HALF_DAY = re.compile("(?:凌晨|清晨|早[上晨]|上午|中午|下午|傍晚|晚上?|夜[里间]) ?$")
# Words that ask nothing: a question needs more than these and the values that it names.
_EMPTY_WORDS = re.compile("请问|您好|你好|问题|[呢吗啊呀的吧请问么了哦]")
_SHORTEST = 2

LEAVES_OUT = "question leaves out what it asks about"
ADDS = "question adds a value"
REVERSED = "question asks the reverse"
LANGUAGE = "question in another language"
DRIFTS = "question asks something else"
NOT_PLAIN = "question is no plain sentence"


def wording_problem(original: str, question: str, named: Sequence[str]) -> Refusal | None:
    """What is wrong with another wording of a question.

    Args:
        original: the question as the suite words it.
        question: the other wording.
        named: the values that both must name.
    """
    return next(itertools.starmap(Refusal, _problems(original, question, named)), None)


def _problems(original: str, question: str, named: Sequence[str]) -> Iterator[tuple[str, str]]:
    new, old = prepare(question), prepare(original)
    yield from ((LEAVES_OUT, value) for value in named if not names(new, value))
    if left := leftover(question, original):
        yield NOT_PLAIN, left
    new, old = without_values(new, named), without_values(old, named)
    if _says_little(new) and not _says_little(old):
        yield DRIFTS, question
    if strange := foreign(question, (original, *named)):
        yield LANGUAGE, strange
    digits = set(_DIGITS.findall(new)) - set(_DIGITS.findall(old))
    if digits:
        yield ADDS, min(digits)
    for reason, rule in ((REVERSED, reversal), (DRIFTS, drift), (ADDS, added_value)):
        if found := rule(old, new):
            yield reason, found


def _says_little(words: str) -> bool:
    return len(informative(_EMPTY_WORDS.sub("", words)).replace(BLANK, "")) < _SHORTEST


def names(prepared: str, value: str) -> bool:
    """Whether a prepared question names a value: as it is written, or as the same time or span."""
    return bool(_spans_of(prepared, prepare(value)))


def without_values(prepared: str, named: Iterable[str]) -> str:
    """A prepared question with the values that it names blanked, also in other spellings."""
    text = prepared
    for value in sorted(map(prepare, named), key=len, reverse=True):
        for start, end in sorted(_spans_of(text, value), reverse=True):
            text = text[:start] + BLANK + text[end:]
    return text


def _spans_of(text: str, value: str) -> list[tuple[int, int]]:
    """Where a text names a value: with 早上 around 07:19 it does, with 晚上 it does not."""
    written = list(places(text, value))
    for kind in _kinds(value):
        if kind == "number" and written:  # the 1 of 1站台 is not the 一 of 一趟
            break
        asked = {mention.value for mention in find_values(kind, value)}
        found = [mention for mention in find_values(kind, text) if mention.value in asked]
        if asked and asked <= {mention.value for mention in found}:
            return [(mention.start, mention.end) for mention in found]
    return [(start, end) for start, end in written if not _HALF_DAY.search(text[:start])]


def _kinds(value: str) -> tuple[ValueKind, ...]:
    """The kinds of value that a named value may be said as in other words."""
    return ("time", "duration", "number") if _NUMBER.fullmatch(value) else ("time", "duration")


class Keys:
    """The keys of a table's rows, to be found in a text without trying each of them."""

    def __init__(self, keys: Collection[str]) -> None:
        # A key that is a short number would be found in times and counts.
        folded = {prepare(key) for key in keys}
        self._keys = {key for key in folded if len(key) > (3 if key.isdigit() else 1)}
        self._lengths = sorted({len(key) for key in self._keys}, reverse=True)

    def others(self, text: str, allowed: Iterable[str]) -> list[str]:
        """The keys that a text names apart from what is allowed, in order."""
        whole = prepare(text)
        own = [span for value in map(prepare, allowed) for span in places(whole, value)]
        return [
            whole[start:end]
            for start, end in self._spans(whole)
            if not any(first <= start and end <= last for first, last in own)
        ]

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        start = 0
        while start < len(text):
            end = next(self._ends(text, start), 0)
            if end:
                yield start, end
            start = end or start + 1

    def _ends(self, text: str, start: int) -> Iterator[int]:
        """Where keys that begin here end, the longest first."""
        for length in self._lengths:
            end = start + length
            if end <= len(text) and text[start:end] in self._keys and is_whole(text, start, end):
                yield end
