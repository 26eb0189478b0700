"""Lists written short, written out: 一班到三班, 周一、三、五, 3、4号楼, "Monday to Wednesday"."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import pairwise

from harness.checker.parse.names import Lexicon
from harness.checker.parse.spellings import names_between

_THROUGH = re.compile(r" ?(?:到|至|直到|~|-{1,2}|\bto\b|\bthrough\b|\bthru\b) ?")
_DAYS = re.compile(
    r"(?P<word>周|星期|礼拜)(?P<days>[一二三四五六日天]"
    r"(?:[、,/和及与] ?[一二三四五六日天](?![\u4e00-\u9fff]?[点号月楼层班年]))+)"
)
_NUMBER = r"(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})"
_UNITS = re.compile(
    rf"(?<![0-9一二三四五六七八九十.:])(?P<list>(?:{_NUMBER}(?:[、,/]|和|及|与) ?){{1,24}}+)"
    rf"(?P<last>{_NUMBER})"
    r"(?P<unit>号楼|号线|单元|年级|楼|层|班|组|室|队)"
)
_DAY = re.compile("[一二三四五六日天]")
_EACH = re.compile(_NUMBER)


def written_out(text: str, names: Lexicon, known: Collection[str]) -> str:
    """Return a prepared answer with each item of its short lists in full.

    Args:
        text: the answer.
        names: the names to look for.
        known: the names that there are; a range of others stays as it is.
    """
    text = _DAYS.sub(lambda m: _DAY.sub(lambda day: m["word"] + day[0], m["days"]), text)
    text = _UNITS.sub(_with_units, text)
    return _ranges(text, names, known)


def _with_units(found: re.Match[str]) -> str:
    listed = _EACH.sub(lambda number: number[0] + found["unit"], found["list"])
    return f"{listed}{found['last']}{found['unit']}"


def _ranges(text: str, names: Lexicon, known: Collection[str]) -> str:
    pieces: list[str] = []
    last = 0
    for one, other in pairwise(names.find(text, plural=True)):
        if one.end > other.start or not _THROUGH.fullmatch(text[one.end : other.start]):
            continue
        between = names_between(str(one.value), str(other.value))
        if between is None or not all(name in known for name in between):
            continue
        pieces += (text[last : one.end], "、".join(["", *between, ""]))
        last = other.start
    return "".join(pieces) + text[last:]
