"""Which column of a file holds what, by the names that people give to columns.

问题, 答案                              question, answer
题目, A, B, C, D, 正确答案              question, four options, answer
instruction, input, output, split      question, input, answer, split
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import ascii_uppercase

import yaml

# What a question file may hold, beside the columns of its options.
FIELDS = (
    "id", "question", "answer", "kind", "reference", "family", "row", "template", "domain",
    "messages", "input", "context", "system", "history", "choices", "split", "form", "serial",
)  # fmt: skip
_LONGEST_NAME = 40
_BRACKETS = re.compile(r"(?<=.)[(（\[【<].*?[)）\]】>]$")
_BETWEEN = re.compile(r"[\s_\-./:：*'\"“”]+")
_LANGUAGE = re.compile(r"(?<=[a-z])(?:_|-| |\.)(?:en|zh|cn|text|content|string)$", re.IGNORECASE)
_LEAST_OPTIONS = 2


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a file that count.

    Args:
        fields: by field of `FIELDS`, the column that holds it.
        options: by letter from A, the column that holds what that option says.
    """

    fields: Mapping[str, str]
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def asks(self) -> bool:
        """Whether there is anything to ask."""
        return "question" in self.fields or "messages" in self.fields

    def taken(self) -> dict[str, str]:
        """Column by field, options under their letters, as a spec writes them."""
        return {**self.fields, **self.options}


def find_columns(names: Collection[str]) -> Columns:
    """Find the columns that count among some names."""
    known = {name: _plain(name) for name in names if name and len(name) <= _LONGEST_NAME}
    options = _options(known)
    left = {name: plain for name, plain in known.items() if name not in options.values()}
    fields: dict[str, str] = {}
    for name in FIELDS:
        if name in left:  # as the fields are called here
            fields[name] = name
            del left[name]
    for name in ("messages", *FIELDS):
        if name not in fields and (found := _first(_words(name), left)) is not None:
            fields[name] = found
            del left[found]
    _settle_pairs(fields, names)
    return Columns(fields, options)


def _settle_pairs(fields: dict[str, str], names: Collection[str]) -> None:
    """Make a question of the input where there is no other, beside what can only be its answer."""
    if "question" in fields or "messages" in fields:
        return
    plain = {_plain(name): name for name in names}
    asked = next((plain[word] for word in _words("beside_target") if word in plain), None)
    answered = next((plain[word] for word in _words("target") if word in plain), None)
    if asked is not None and answered is not None:
        fields.pop("input", None)
        fields |= {"question": asked, "answer": answered}


def is_question_file(columns: Columns, names: Collection[str]) -> bool:
    """Tell whether columns are those of questions, and not of a table of things.

    A column that asks and one that answers, or a conversation, are enough. Questions alone are so
    only where every other column is one that such files have: 问题 heads a list of faults as well;
    and so are input and output, which machines have too.
    """
    if "messages" in columns.fields:
        return True
    if "question" not in columns.fields:
        return False
    if "answer" in columns.fields and _plain(columns.fields["question"]) not in _words("input"):
        return True
    taken = {*columns.taken().values()}
    others = [name for name in names if name and name not in taken]
    return all(_plain(name) in _words("beside") for name in others)


def letters_of(count: int) -> str:
    """The letters of so many options."""
    return ascii_uppercase[:count]


def _first(words: Sequence[str], left: Mapping[str, str]) -> str | None:
    for word in words:
        found = next((name for name, plain in left.items() if plain == word), None)
        if found is not None:
            return found
    return None


def _options(known: Mapping[str, str]) -> dict[str, str]:
    """The columns of options by letter: A, B, C from the first on, or 选项1, 选项2."""
    for spelled in _option_spellings():
        found: dict[str, str] = {}
        for letter, word in spelled.items():
            name = next((name for name, plain in known.items() if plain == word), None)
            if name is None:
                break
            found[letter] = name
        if len(found) >= _LEAST_OPTIONS:
            return found
    return {}


@cache
def _option_spellings() -> tuple[Mapping[str, str], ...]:
    letters = ascii_uppercase[:10]
    return tuple(_spellings(letters))


def _spellings(letters: str) -> Iterator[Mapping[str, str]]:
    yield {letter: letter.lower() for letter in letters}
    for word in _words("option"):
        yield {letter: f"{word}{letter.lower()}" for letter in letters}
        yield {letter: f"{letter.lower()}{word}" for letter in letters}
        yield {letter: f"{word}{number}" for number, letter in enumerate(letters, start=1)}
        yield {
            letter: f"{word}{numeral}" for letter, numeral in zip(letters, _CHINESE, strict=True)
        }


_CHINESE = "一二三四五六七八九十"


def _plain(name: str) -> str:
    """A name without blanks, case, and what stands in brackets behind it."""
    text = unicodedata.normalize("NFKC", name).replace("\ufeff", "").strip()
    bare = _BRACKETS.sub("", text).strip() or text
    whole = _BETWEEN.sub("", bare).casefold()
    if whole in _every_word():
        return whole
    shorter = _BETWEEN.sub("", _LANGUAGE.sub("", bare)).casefold()
    return shorter if shorter in _every_word() else whole


@cache
def _every_word() -> frozenset[str]:
    return frozenset(word for words in _read().values() for word in words)


def _words(name: str) -> Sequence[str]:
    return _read()[name]


@cache
def _read() -> Mapping[str, tuple[str, ...]]:
    text = Path(__file__).with_name("headers.yaml").read_text(encoding="utf-8")
    return {name: tuple(map(str, words)) for name, words in yaml.safe_load(text).items()}
