"""A question with one slip of a traveller who types in a hurry.

No slip changes a figure, and none makes a code into another that the table has.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from harness.core import Domain, Sample
from harness.curate.augment.question_parts import Asked, Place, asked
from harness.curate.augment.words import Slips, SlipWords
from harness.curate.near_duplicates import telling_words
from harness.curate.rows import Row
from harness.text.masking import joins
from harness.text.normalize import prepare

_CODE = re.compile(r"\A(?=[A-Za-z]*[0-9])[A-Za-z0-9]{2,8}(?:/[0-9]{1,5})?")
_HEAD = re.compile("[A-Za-z]+")
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(ord("0"), ord("z") + 1)}
_MARKS = "，。？！?!；"


class Typos:
    """Makes slips.

    Args:
        words: the slips by language.
        domains: what values can be, by column: a slip must not turn one into another.
    """

    def __init__(self, words: SlipWords, domains: Mapping[str, Domain]) -> None:
        self._slips = {"zh": words.zh, "en": words.en}
        self._written: Counter[str] = Counter()
        for value in {value for domain in domains.values() for value in _names(domain)}:
            self._written[_bare_code(value)] += 1

    def changes(self, row: Row, draw: random.Random) -> Iterator[Sample]:
        """The question with each single slip that fits it, in drawn order."""
        question = asked(row.sample)
        if question is None or question.language is None:
            return
        slips = self._slips[question.language]
        lines = [*_swapped(question, slips), *_twice(question, slips), *_unmarked(question)]
        found = [question.reworded(line) for line in lines if _tells_no_more(line, question.line)]
        for place in {place.value: place for place in question.places}.values():
            found += self._respelled(question, place, slips)
        draw.shuffle(found)
        yield from found

    def _respelled(self, question: Asked, place: Place, slips: Slips) -> Iterator[Sample]:
        """A code as people type it: without its capitals, in full width, with a blank inside."""
        code = place.value
        if not _CODE.fullmatch(code) or self._written[_bare_code(code)] > 1:
            return
        for spelling in (code.lower(), code.translate(_FULL_WIDTH), self._with_blank(code)):
            if spelling != code:
                yield question.respelled(place, spelling)
        if code.isdigit():
            return
        for word in slips.left_out:  # 7001 is a train only by the 次 behind it
            rest = question.line[place.end :].removeprefix(word)
            if question.line.startswith(word, place.end) and not joins(code[-1], rest[:1]):
                yield question.reworded(question.line[: place.end] + rest)

    def _with_blank(self, code: str) -> str:
        """A code with a blank behind its letters, unless a part of it then reads as another."""
        head = _HEAD.match(code)
        if head is None:
            return code
        pieces = (head[0], code[head.end() :])
        return code if any(self._written[_bare_code(p)] for p in pieces) else " ".join(pieces)


def _names(domain: Domain) -> Iterable[str]:
    return (*domain.values, *domain.aliases)


def _bare_code(value: str) -> str:
    """A value as it reads without capitals, width and blanks."""
    return "".join(prepare(value).split())


def _swapped(question: Asked, slips: Slips) -> Iterator[str]:
    """One word mistyped, outside the values."""
    for right, wrongs in slips.swaps.items():
        pattern = rf"\b{re.escape(right)}\b" if right.isascii() else re.escape(right)
        for match in re.finditer(pattern, question.line, re.IGNORECASE):
            if _is_free(question, *match.span()):
                for wrong in wrongs:
                    typed = wrong.capitalize() if match[0][0].isupper() else wrong
                    yield question.line[: match.start()] + typed + question.line[match.end() :]


def _twice(question: Asked, slips: Slips) -> Iterator[str]:
    """One character typed twice."""
    for at, character in enumerate(question.line):
        if character in slips.twice and _is_free(question, at, at + 1):
            yield question.line[:at] + character + question.line[at:]


def _unmarked(question: Asked) -> Iterator[str]:
    """One mark left out, where it keeps no two words or figures apart."""
    line = question.line
    for at, character in enumerate(line):
        if character in _MARKS and not joins(line[at - 1 : at], line[at + 1 : at + 2]):
            yield line[:at] + line[at + 1 :]


def _is_free(question: Asked, start: int, end: int) -> bool:
    return all(end <= place.start or start >= place.end for place in question.places)


def _tells_no_more(line: str, before: str) -> bool:
    """Whether a slip has brought in no figure and no word such as 不 or 最早."""
    return Counter(telling_words(line)) <= Counter(telling_words(before))
