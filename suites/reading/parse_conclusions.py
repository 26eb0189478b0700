"""Answers that the end of an explanation names, as in `1.【解析】…… 故选C。`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from suites.reading.parse_numbers import Mark, Style, find_marks

KEY = r"[A-H](?:(?: ?[,、/&和或] ?)?[A-H](?![a-z'’]))*(?: [A-H](?=[ \t]*(?:\n|$|  |\d)))*"
CONCLUDED = re.compile(
    r"(?:故选|应选|故答案[应为是选:]+|答案(?:应该?)?[为是选:】]+|本题(?:应)?选|此题选|正确(?:答案|选项)[应为是:]+"
    r"|所以选|因此选|可知选|(?<=[,;。])\s?(?:应选|选|应为)"
    r"|(?:correct|right|best)\s+(?:answer|choice|option)\s+(?:is|should be)"
    rf"|answer\s*(?:is|:))\s*[:(\[“\"]?\s*(?P<key>{KEY})(?![A-Za-z])"
)
MARK_OF_SHEET = re.compile(r"【\s?(?:小题)?\s?(\d{1,3})\s?(?:小?题)?\s?(?:答案)?\s?】")
_MARK_OF_TEXT = re.compile(r"【\s?第?\s?(\d{1,3})\s?(?:小?题)?\s?(?:详解|解析|解答|分析)\s?】")
_NUMBERED_LINE = re.compile(r"\n[^\S\n]*\d{1,3} ?[.、]")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer.

    Args:
        number: of the question; `None` where only the order tells.
        key: its letters, sorted; more than one is no single choice.
        rank: how sure it is that this is an answer, 0.5 to 4.
        start: where it begins in the cell.
        words: what stands behind the key on its line.
    """

    number: int | None
    key: str
    rank: float
    start: int
    words: str = ""


def key_of(found: str) -> str:
    """The letters of a key, sorted, each once."""
    return "".join(sorted(set(re.findall("[A-H]", found.upper()))))


def concluded(text: str, answers: Sequence[Answer], numbers: Collection[int]) -> Iterator[Answer]:
    """Keys that only the end of an explanation names, and those that speak against the sheet."""
    keys = {answer.number: answer.key for answer in answers}
    marks = _explained(text)
    for place, mark in enumerate(marks):
        known = mark.number in keys
        if mark.number not in numbers or (mark.rank < 2 and not known):
            continue
        later = (one.start for one in marks[place + 1 :] if one.rank > (0 if known else 1))
        end = min(next(later, len(text)), _end_of_sheet(text, mark, answers))
        line = _NUMBERED_LINE.search(text, mark.end, end)
        end = line.start() if line is not None else end
        said = {key_of(found["key"]) for found in CONCLUDED.finditer(text, mark.end, end)}
        if len(said) == 1 and keys.get(mark.number) not in said:
            yield Answer(mark.number, said.pop(), 1.5, mark.start)


def _explained(text: str) -> list[Mark]:
    """Numbers that an explanation may follow, in order."""
    marks = find_marks(text)
    style: Style = next((mark.style for mark in marks if mark.rank > 1), "plain")
    sheet = {found.start() for found in MARK_OF_SHEET.finditer(text)}
    numbered = [mark for mark in marks if mark.style == style and mark.start not in sheet]
    titled = [
        Mark(found.start(), found.end(), int(found[1]), style, 3, True)
        for found in _MARK_OF_TEXT.finditer(text)
    ]
    return sorted([*numbered, *titled], key=lambda mark: mark.start)


def _end_of_sheet(text: str, mark: Mark, answers: Sequence[Answer]) -> int:
    """The end of a line that holds more answers than one: what stands below explains them all."""
    low, high = text.rfind("\n", 0, mark.start) + 1, text.find("\n", mark.start)
    several = sum(low <= answer.start < high for answer in answers) > 1
    return high if several else len(text)
