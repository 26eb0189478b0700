"""In which words a table is asked: the templates of `phrases.LANGUAGE.yaml`, filled.

What a template fills in are names of this table (`{noun}`, `{it}`); what a question fills in stays
in braces (`{key}`, `{value}`, `{group}`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

from harness.starter.column_kinds import Kind
from harness.starter.headers import subject_of
from harness.tables.words import Language

_BEFORE_VOWEL = re.compile(r"\b(a) (?=(?!uni|use|one\b|eu)[aeiou])", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\{([A-Za-z_]+)\}")
_VERB = re.compile(r"^([\u4e00-\u9fff]{2,4})(?:日期|时间|时刻|日)$")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_NAMES_A_DAY = re.compile(r"date|day|deadline|dob|time|hour|clock")
_OF_A_THING = re.compile("(?:名称|编号|名|号)$")
_CHINESE_THING = re.compile(r"(?!.*[时日期码序])[\u4e00-\u9fff]{2,4}")
_ENGLISH_THING = re.compile(r"(?!(?:name|title|label|key|code|number|date|time|unit)$)[a-z]{3,}")
_ENDS_PLAIN = re.compile(r"[A-Za-z0-9]$")
_LONGEST_MISSING = 8
_NO_MISSING = frozenset("其晚误")
_PERIOD = re.compile(r"[0-9]{1,2}(?:[-~、,][0-9]{1,2})?")

# The sets of phrasings: taught, asked while one develops, asked for the number that is shown.
SETS = ("train", "test", "report")

Pick = Literal["min", "max"]
Bound = Literal["at_least", "at_most"]


@dataclass(frozen=True, slots=True)
class Wording:
    """How one program is worded: its answers, and its questions in three sets of phrasings."""

    reference: str
    train: tuple[str, ...]
    test: tuple[str, ...]
    report: tuple[str, ...]


class Phrases:
    """The words for one table.

    Args:
        language: of its headers.
        key: the columns that tell its rows apart.
        keys: how its rows are said.
    """

    def __init__(self, language: Language, key: Sequence[Kind], keys: Sequence[str]) -> None:
        self.language = language
        self.words = _read(language)
        self.subject = subject_of([kind.header.noun for kind in key])
        forms = self.words["subjects"].get(self.subject, self.words["subjects"][""])
        form = {**forms, **({} if self.subject or len(key) > 1 else _own_form(key[0], language))}
        if self.subject == "lesson" and language == "zh" and all(map(_PERIOD.fullmatch, keys)):
            form |= {"it": "第{key}节", "full": "第{key}节"}
        if any(key.startswith("《") or key.endswith("次") for key in keys):
            form |= {"it": "{key}", "full": "{key}"}
        self._form: Mapping[str, str] = form
        # E1001 and 08:00 side by side would be read as one.
        self._tight = form["it"].endswith("{key}") and any(map(_ENDS_PLAIN.search, keys))

    @property
    def frames(self) -> tuple[str, ...]:
        """Polite words around a question."""
        return tuple(self.words["frames"])

    def title(self, family: str) -> str:
        """What a family of questions is called."""
        return str(self.words["families"][family])

    def noun(self, kind: Kind) -> str:
        """What a sentence calls a column; English ones are small letters, but for initials."""
        if self.language == "zh":
            return (
                f"{kind.header.noun}年" if _YEAR.fullmatch(kind.header.noun) else kind.header.noun
            )
        parts = kind.header.noun.replace("_", " ").split()
        noun = " ".join(p if p.isupper() and len(p) > 1 else p.lower() for p in parts)
        # "The received of milk" is no English; the received date is.
        if kind.column.kind not in ("date", "time") or _NAMES_A_DAY.search(noun):
            return noun
        return f"{self.words['nouns'].get(noun, noun)} {kind.column.kind}"

    def lookup(self, kind: Kind, columns: Sequence[Kind]) -> Wording:
        """How a cell is asked for.

        Args:
            kind: the column.
            columns: all that are asked for; the only one of a role need not be named.
        """
        alone = sum(other.role == kind.role for other in columns) == 1
        general, own = self.words["lookup"]["all"], self._blocks(kind)
        names = self._names(kind)
        whole = next((block for block in own if block.get("replace")), None)
        sets = {name: list((whole or general)[name]) for name in SETS}
        reference = str(general["reference"])
        for block in own:
            reference = block.get("reference", reference)
            sets["train"] += [] if block is whole else block.get("train", [])
            if names["verb"]:
                if not self._tight:
                    reference = block.get("verb_reference", reference)
                _add(sets, block, "verb")
            if alone and self.subject in block.get("subjects", [self.subject]):
                _add(sets, block, "alone")
        return self._wording(reference, sets, names)

    def missing(self, kind: Kind, lookup: Wording) -> Wording:
        """How an empty cell is asked for: in the words of the others."""
        noun, words = self.noun(kind), self.words["missing"]
        if kind.role == "weekday":
            reference = self._say(words["weekday"]["reference"], self._names(kind))
            return replace(lookup, reference=reference)
        short = len(noun) <= _LONGEST_MISSING and not _NO_MISSING & {*noun}
        reference = words["reference" if short else "long_reference"]
        return replace(lookup, reference=self._say(reference, self._names(kind)))

    def which_miss(self, kind: Kind) -> Wording:
        """How all rows are asked for that lack a cell."""
        words = self.words["missing"]["which"]
        block = self.words["missing"]["weekday"]["which"] if kind.role == "weekday" else words
        return self._wording(words["reference"], block, self._names(kind))

    def filter(self, group: Kind | None, bound: tuple[Kind, Bound] | None) -> Wording:
        """How all rows are asked for that are of a group, or on one side of a bound, or both."""
        words = self.words["filter"]
        names = dict(self._names(group)) if group is not None else {**self._form}
        if group is not None:
            names["group_is"] = self._group_is(group)
        if bound is not None:
            names["bound_is"] = self._bound_is(*bound)
        name = "group_bound" if group and bound else "group" if group else "bound"
        is_day = name == "group" and group is not None and group.role == "weekday"
        block = words["weekday" if is_day else name]
        return self._wording(words["reference"], block, names)

    def window(self, kind: Kind) -> Wording:
        """How all rows are asked for whose value lies between two."""
        words = self.words["window"]
        return self._wording(words["reference"], words, self._names(kind))

    def count(self, group: Kind) -> Wording:
        """How the number of rows of a group is asked for."""
        words = self.words["count"]
        names = {**self._names(group), "group_is": self._group_is(group)}
        return self._wording(words["reference"], words, names)

    def compare(self, kind: Kind, pick: Pick, group: Kind | None) -> Wording:
        """How the row with the least or the greatest value is asked for."""
        words = self.words["compare"]
        mosts = self.words["most"]
        most = mosts.get(kind.role, mosts.get(kind.column.kind, mosts["number"]))[pick]
        names = {**self._names(kind), "most": most}
        if group is not None:
            names["group_is"] = self._group_is(group)
        block = words["all" if group is None else "group"]
        return self._wording(words["reference"], block, names)

    def between(self, style: str, start: Kind, end: Kind) -> Wording:
        """How long it is from one column to another: `stop`, `travel`, `time` or `date`."""
        words = self.words["between"][style]
        names = {**self._form, "start": self.noun(start), "end": self.noun(end)}
        return self._wording(words["reference"], words, names)

    def convert(self, kind: Kind) -> Wording:
        """How a time is asked for that is put off."""
        words = self.words["convert"]
        return self._wording(words["reference"], words, self._names(kind))

    def _blocks(self, kind: Kind) -> list[dict[str, Any]]:
        """The templates of a column's kind, then those of its role."""
        found = (self.words["lookup"].get(name) for name in (kind.column.kind, kind.role))
        own = kind.column.kind
        return [block for block in found if block and own in block.get("kinds", [own])]

    def _names(self, kind: Kind) -> dict[str, str]:
        noun, ask = self.noun(kind), self.words["ask"]
        verb = _VERB.match(noun)
        return {
            **self._form,
            "noun": noun,
            "Noun": noun[:1].upper() + noun[1:],
            "verb": verb[1] if verb else "",
            "ask": ask.get(kind.role) or ask.get(kind.column.kind) or ask["text"],
        }

    def _group_is(self, group: Kind) -> str:
        test = "contains" if group.column.kind == "list" else "equals"
        names = {"noun": self.noun(group), "is": self.words["is"][test]}
        return self._fill(self.words["group_is"], names)

    def _bound_is(self, kind: Kind, bound: Bound) -> str:
        words = self.words["bounds"].get(kind.column.kind, self.words["bounds"]["number"])
        return self._fill(words[bound], {"noun": self.noun(kind)})

    def _wording(
        self, reference: str, sets: Mapping[str, Sequence[str]], names: Mapping[str, str]
    ) -> Wording:
        said = {
            name: tuple(dict.fromkeys(self._say(text, names) for text in sets[name]))
            for name in SETS
        }
        return Wording(self._say(reference, names), **said)

    def _say(self, template: str, names: Mapping[str, str]) -> str:
        """A whole sentence; English ones begin with a capital."""
        text = self._fill(template, names)
        if self.language != "en":
            return text
        text = _BEFORE_VOWEL.sub(r"\1n ", text)
        return text[:1].upper() + text[1:]

    def _fill(self, template: str, names: Mapping[str, str]) -> str:
        """Put names into a template."""
        return _PLACEHOLDER.sub(lambda found: names.get(found[1], found[0]), template)


def _add(sets: Mapping[str, list[str]], block: Mapping[str, Any], case: str) -> None:
    """Put the templates of a block that are for one case only behind those of their set."""
    for name in SETS:
        sets[name].extend(block.get(case if name == "train" else f"{case}_{name}", []))


def _own_form(key: Kind, language: Language) -> dict[str, str]:
    """What rows are called by the name of their key, where it is the name of a thing."""
    noun = key.header.noun
    if language == "zh":
        thing = _OF_A_THING.sub("", noun)
        return {"rows": thing, "measure": "个"} if _CHINESE_THING.fullmatch(thing) else {}
    word = noun.lower()
    if not _ENGLISH_THING.fullmatch(word):
        return {}
    many = (
        f"{word[:-1]}ies" if word.endswith("y") else f"{word}es" if word[-1] in "sx" else f"{word}s"
    )
    return {"rows": many, "measure": word}


@lru_cache(maxsize=2)
def _read(language: Language) -> Any:
    path = Path(__file__).with_name(f"phrases.{language}.yaml")
    return yaml.safe_load(path.read_text(encoding="utf-8"))
