"""Answers in a table: a row of numbers, and below it a row of letters.

    题号 | 1 | 2 | 3          21  22  23
    答案 | C | A | D          B   D   A

A table that was copied cell by cell, a line each, is one where both rows have their heads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_GAP = r"[\s|,、]"
_NUMBER_HEAD = r"(?:题号|题目|题序|序号|小题|[Nn]o\.?|NO\.?|[Nn]umber|[Qq]uestions?)"
_KEY_HEAD = r"(?:(?:参考|正确|标准)?答案|选项|[Aa]nswers?|ANSWERS?|[Kk]eys?|KEY)"
_HEADED = re.compile(
    rf"{_NUMBER_HEAD}[\s|:]*(?P<numbers>\d{{1,3}}(?:{_GAP}+\d{{1,3}})*)[\s|:-]*"
    rf"{_KEY_HEAD}[\s|:]*(?P<keys>[A-H](?:{_GAP}*[A-H])*)(?![A-Za-z])"
)
_BARE = re.compile(
    r"^[ |]*(?P<numbers>\d{1,3}(?:[ |,、]+\d{1,3})+)[ |]*\n(?:[ |:-]*\n)?"
    r"[ |]*(?P<keys>[A-H](?:[ |,、]*[A-H])*)[ |]*$",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Table:
    """One table: where it stands, its numbers, and its keys as they are written."""

    start: int
    end: int
    numbers: tuple[int, ...]
    keys: tuple[str, ...]


def find_tables(text: str) -> Iterator[Table]:
    """Yield the tables of a shadow text; there are as many keys as numbers where it is whole."""
    taken = 0
    found = [match for pattern in (_HEADED, _BARE) for match in pattern.finditer(text)]
    for match in sorted(found, key=lambda one: one.start()):
        if match.start() < taken:
            continue
        taken = match.end()
        numbers = tuple(map(int, re.findall(r"\d+", match["numbers"])))
        words = re.findall("[A-H]+", match["keys"])
        keys = words if len(words) == len(numbers) else re.findall("[A-H]", match["keys"])
        yield Table(match.start(), match.end(), numbers, tuple(keys))
