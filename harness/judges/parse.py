"""What a judge said: the fields of its reply, however they are wrapped.

A reply that says two things about one matter says nothing about it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from harness.core import Output
from harness.models.json_reply import read_values, without_thinking
from harness.models.wild_json import decoder

T = TypeVar("T")

CUT_OFF = "the judge's reply was cut off"
EMPTY = "the judge said nothing"
REASONS = (
    "理由",
    "原因",
    "说明",
    "reason",
    "reasons",
    "reasoning",
    "explanation",
    "why",
    "comment",
)
_EDGES = " \t\"'“”‘’`*「」《》【】[]:：.。-#•"
# Looked for in a reply that is not valid as a whole.
_MOST_OBJECTS = 1000
_NUMBERED = re.compile(r"(?<!\s)\s*[0-9]{1,2}[.、)]")


@dataclass(frozen=True, slots=True)
class Said:
    """A reply, read.

    Args:
        fields: every name with its value, folded, wherever it stands in the reply.
        bare: the whole of a reply that is no JSON, stripped.
        problem: why there is nothing to read; empty where there is something.
    """

    fields: tuple[tuple[str, Any], ...] = ()
    bare: str = ""
    problem: str = ""

    def under(self, names: Iterable[str]) -> list[Any]:
        """The values under any of some names."""
        wanted = {folded(name) for name in names}
        return [value for name, value in self.fields if name in wanted]

    @property
    def reason(self) -> str:
        """What the judge gives as its reason, on one line."""
        found = (value for value in self.under(REASONS) if isinstance(value, str))
        return " ".join(next(found, "").split())


def read_said(output: Output) -> Said:
    """Read a reply: what follows its thinking, JSON or lines of `name: value`.

    Of a reply that hit its limit only what is closed counts.
    """
    if output.error is not None:
        return Said(problem=f"no reply: {output.error}")
    text = without_thinking(output.text)
    if text is None:
        return Said(problem=CUT_OFF)
    if output.finish_reason == "length":
        text = text[: text.rfind("}") + 1]
        if not text:
            return Said(problem=CUT_OFF)
    if not text.strip():
        return Said(problem=EMPTY)
    fields = tuple(_fields(_values(text)))
    return Said(fields) if fields else Said(tuple(_lines(text)), text.strip())


def folded(name: str) -> str:
    """A name as it is compared: NFKC, lower case, without white space and marks around it."""
    plain = unicodedata.normalize("NFKC", name).casefold().strip(_EDGES)
    return re.sub(r"[\s_]+", "", plain)


def plain(text: str) -> str:
    """A value as it is read: NFKC, lower case, each white space one blank."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def sole(values: Iterable[T | None]) -> T | None:
    """The one value that is there, however often; `None` where there is none, or more than one."""
    found = {value for value in values if value is not None}
    return found.pop() if len(found) == 1 else None


def _values(text: str) -> list[Any]:
    """The JSON of a reply.

    What lies between the outermost braces; where that is not valid every object that is, and what
    a lenient reading of the whole gives.
    """
    decode = decoder(_distinct)
    try:
        return [decode.decode(text[text.find("{") : text.rfind("}") + 1])]
    except (ValueError, RecursionError):
        return [*_valid_objects(text, decode), *read_values(text)]


def _valid_objects(text: str, decode: json.JSONDecoder) -> Iterator[Any]:
    start = text.find("{")
    for _ in range(_MOST_OBJECTS):
        if start < 0:
            return
        end = start + 1
        try:
            value, end = decode.raw_decode(text, start)
        except RecursionError:
            return
        except ValueError:
            pass
        else:
            yield value
        start = text.find("{", end)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a name that comes with two values has the list of both, which reads as neither."""
    values: dict[str, Any] = {}
    for name, value in pairs:
        twice = name in values and values[name] != value
        values[name] = [values[name], value] if twice else value
    return values


def _fields(values: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    """Names and values of all objects at any depth.

    An object that names what it is about, `{"criterion": "tone", "score": 4}`, is a value of that.
    """
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            waiting.extend(value.values())
            yield from ((folded(str(name)), inner) for name, inner in value.items())
            yield from ((folded(name), value) for name in value.values() if isinstance(name, str))


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """`1. **name**: value`, the way of models that do not write JSON."""
    for line in text.splitlines():
        name, colon, value = line.replace("：", ":").partition(":")
        if colon:
            yield folded(_NUMBERED.sub("", name, count=1)), value.strip(" \t*")
