"""Answers that are numbers: places of options, or what an option says.

哪个城市在西北？ 上海 兰州 广州 福州   2      a place
3+1等于多少？    1    2    4    3      4      what an option says
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from harness.question_files.choices import as_text, by_words, first_number

_NUMBER = re.compile(r"-?\d{1,9}(?:\.\d{1,9})?")

Options = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Numbers:
    """How the numbers of a file are read.

    Args:
        first: the number of the first option; `None` where a number is no place.
        places: whether a number is a place before it is what an option says, where no option says
            it, or never.
        is_open: whether the file could be read otherwise as well.
    """

    first: int | None
    places: Literal["before", "behind", "never"] = "behind"
    is_open: bool = False

    @property
    def behind(self) -> int | None:
        """The number of the first option for a number that no option says."""
        return None if self.places == "never" else self.first

    def letter(self, value: object, options: Options) -> object:
        """The letter of the option whose place an answer is; other answers as they are."""
        if isinstance(value, list):
            return [self.letter(one, options) for one in value]
        place = _place(value, options, self.first) if self.places == "before" else None
        return value if place is None else place

    def doubt(self, value: object, options: Options) -> str:
        """Which other option one answer could mean, in a file that leaves that open."""
        if not self.is_open:
            return ""
        said, place = by_words(as_text(value), options), _place(value, options, self.first)
        if not said or place is None or said == (place,):
            return ""
        both = f"{said[0]}, which says {as_text(value)}", f"{place}, which stands there"
        taken, other = both[::-1] if self.places == "before" else both
        return f"taken for {taken}, and not for {other}"


def read_numbers(answers: Sequence[object], options: Sequence[Options], *, listed: bool) -> Numbers:
    """Settle how the numbers among the answers of a file are read.

    Where all are numbers, they are read as what fits more of them. Where both readings fit all,
    numbers from 0 beside lists of options are places, as published files have them; other numbers
    are what an option says.

    Args:
        answers: all that are not empty, where there are options.
        options: of each, by letter.
        listed: whether the options stand in a list, as in published files.
    """
    pairs = list(_single(answers, options))
    first = first_number((value for value, _ in pairs), (len(own) for _, own in pairs))
    if first is None or not all(_NUMBER.fullmatch(as_text(value)) for value, _ in pairs):
        return Numbers(first)
    said = [by_words(as_text(value), own) for value, own in pairs]
    placed = [_place(value, own, first) for value, own in pairs]
    worded, places = sum(map(bool, said)), sum(map(bool, placed))
    if worded < places:
        return Numbers(first, "before")
    pairs_of = zip(said, placed, strict=True)
    differ = any(place is not None and one != (place,) for one, place in pairs_of)
    is_open = differ and places == worded == len(pairs)
    return Numbers(first, "before" if is_open and first == 0 and listed else "never", is_open)


def _single(
    answers: Iterable[object], options: Iterable[Options]
) -> Iterator[tuple[object, Options]]:
    for value, own in zip(answers, options, strict=True):
        yield from ((one, own) for one in (value if isinstance(value, list) else [value]))


def _place(value: object, options: Options, first: int | None) -> str | None:
    text = as_text(value)
    if first is None or isinstance(value, bool) or not text.isdecimal() or len(text) > 2:
        return None
    place = int(text) - first
    return list(options)[place] if 0 <= place < len(options) else None
