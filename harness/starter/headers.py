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

from harness.tables.moments import minutes_in
from harness.tables.table import ColumnKind
from harness.tables.units import is_known, said_as
from harness.tables.words import Language

Names = Literal["durations", "dates", "identifiers", "serials", "remarks"]

_BRACKET = re.compile(r"^(?P<name>.*?)\s*[(（\[【](?P<inside>[^()（）\[\]【】]{1,12})[)）\]】]\s*$")
_SLASHED = re.compile(r"^(?P<name>[^/／]{1,20})\s*[/／]\s*(?P<inside>[^/／]{1,6})$")
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
    for pattern in (_BRACKET, _SLASHED):
        match = pattern.match(name)
        if match is None or not match["name"].strip():
            continue
        inside = _SAYS_UNIT.sub("", match["inside"].strip())
        if is_unit(inside) or minutes_in(inside) is not None:
            return Header(name, _plain(match["name"]), said_as(inside))
        if pattern is _BRACKET:
            return Header(name, _plain(match["name"]), "")
    return Header(name, _plain(name), "")


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


@lru_cache(maxsize=4)
def words(names: Literal["missing", "measures"]) -> frozenset[str]:
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
