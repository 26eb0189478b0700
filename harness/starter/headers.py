"""What a header says of its column: its bare name, a unit, and the part that it plays.

The words are in `headers.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

from harness.tables.table import ColumnKind
from harness.tables.times import minutes_in
from harness.tables.units import is_known, said_as
from harness.tables.words import Language

Names = Literal["durations", "dates", "identifiers", "serials", "remarks", "versions", "clocks"]
Words = Literal["missing", "gaps", "there", "not_there", "measures"]

_OPENING, _CLOSING = "(（[【", ")）]】"
_LONGEST_INSIDE = 12
_LONGEST_SLASHED, _LONGEST_UNIT = 20, 6
_SAYS_UNIT = re.compile(r"^(?:单位|unit)\s*[:：]?\s*", re.IGNORECASE)
_CJK = re.compile(r"[\u4e00-\u9fff]")
_WORD = re.compile(r"[A-Za-z\u4e00-\u9fff]")
_BETWEEN_CJK = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_LATIN = re.compile(r"[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Header:
    """A header taken apart: `noun` is what a sentence calls the column."""

    name: str
    noun: str
    unit: str


def read_header(name: str) -> Header:
    """Take a header apart: 单价（元/斤） is 单价 in 元/斤."""
    for bracketed, parts in ((True, _bracketed(name)), (False, _slashed(name))):
        if parts is None:
            continue
        before, inside = parts
        inside = _SAYS_UNIT.sub("", inside)
        if is_unit(inside) or minutes_in(inside) is not None:
            return Header(name, _plain(before), said_as(inside))
        if bracketed:
            return Header(name, _plain(before), "")
    return Header(name, _plain(name), "")


def _bracketed(name: str) -> tuple[str, str] | None:
    """What stands before a bracket at the end and in it; not by a pattern, which takes long."""
    text = name.strip()
    if not text or text[-1] not in _CLOSING:
        return None
    opened = max(text.rfind(mark) for mark in _OPENING)
    before, inside = text[: max(opened, 0)].strip(), text[opened + 1 : -1]
    if opened < 1 or not before or not 0 < len(inside) <= _LONGEST_INSIDE:
        return None
    return None if {*inside} & {*_OPENING, *_CLOSING} else (before, inside.strip())


def _slashed(name: str) -> tuple[str, str] | None:
    """What stands before and behind the only slash."""
    parts = name.replace("／", "/").split("/", 2)
    if len(parts) != 2:
        return None
    before, inside = (part.strip() for part in parts)
    short = 0 < len(before) <= _LONGEST_SLASHED and 0 < len(inside) <= _LONGEST_UNIT
    return (before, inside) if short else None


def whole_header(header: Header) -> Header:
    """The header with its whole name as its noun, where another column has the same noun."""
    return Header(header.name, _plain(header.name), header.unit)


def is_unit(word: str) -> bool:
    """Whether a word counts or measures, as 元, kg, 人 and 元/斤 do."""
    head, slash, _ = word.partition("/")
    return any(is_known(part) or part.lower() in words("measures") for part in (word, head)) and (
        bool(head) or not slash
    )


def role_of(header: Header, kind: ColumnKind) -> str:
    """The part that a column plays, by its name and kind; empty where nothing tells."""
    return _first(_roles().get("text" if kind == "list" else kind, {}), header.noun)


def subject_of(nouns: Sequence[str]) -> str:
    """What a row is, by the names of the columns that tell rows apart; empty where unknown."""
    found = (_first(_subjects(), noun) for noun in nouns)
    return next((subject for subject in found if subject), "")


def is_named(names: Names, header: Header) -> bool:
    """Whether a header is among those of a list of `headers.yaml`."""
    return bool(_names(names).search(header.noun))


@lru_cache(maxsize=8)
def words(names: Words) -> frozenset[str]:
    """A list of plain words of `headers.yaml`."""
    return frozenset(map(str, _read()[names]))


def language_of(names: Sequence[str], cells: Iterable[object]) -> Language:
    """The language of a table: Chinese where any header is, or most of the cells with words are."""
    if any(map(_CJK.search, names)):
        return "zh"
    texts = [cell for cell in cells if isinstance(cell, str) and _WORD.search(cell)]
    return "zh" if 2 * sum(bool(_CJK.search(text)) for text in texts) > len(texts) else "en"


def _plain(name: str) -> str:
    """A name as it stands in a sentence: no braces, which phrasings use, and no colon behind it."""
    text = _BETWEEN_CJK.sub("", re.sub(r"[{}]", "", name))
    return text.strip().strip(":：").strip() or name


def _first(patterns: Mapping[str, re.Pattern[str]], noun: str) -> str:
    return next((name for name, pattern in patterns.items() if pattern.search(noun)), "")


@lru_cache(maxsize=1)
def _read() -> dict[str, Any]:
    text = Path(__file__).with_name("headers.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


@lru_cache(maxsize=1)
def _roles() -> dict[str, dict[str, re.Pattern[str]]]:
    return {
        kind: {role: _pattern(entries) for role, entries in roles.items()}
        for kind, roles in _read()["roles"].items()
    }


@lru_cache(maxsize=1)
def _subjects() -> dict[str, re.Pattern[str]]:
    return {subject: _pattern(entries) for subject, entries in _read()["subjects"].items()}


@lru_cache(maxsize=8)
def _names(names: Names) -> re.Pattern[str]:
    return _pattern(_read()[names])


def _pattern(entries: Sequence[object]) -> re.Pattern[str]:
    """One pattern of all entries; one in Latin letters is a whole word, with or without s."""
    texts = (str(entry) for entry in entries)
    parts = (rf"\b(?:{text})s?\b" if _LATIN.match(text) else text for text in texts)
    return re.compile("|".join(parts), re.IGNORECASE | re.ASCII)
