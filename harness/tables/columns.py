"""Whether the columns, the key and the synonyms of a suite file fit together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from harness.errors import did_you_mean
from harness.tables.cells import means_missing
from harness.tables.definition import ColumnDefinition, SuiteDefinition
from harness.tables.table import ColumnKind
from harness.tables.times import minutes_in
from harness.text.display import fold

Location = tuple[str | int, ...]
Problem = tuple[Location, str]

# Which kinds each field of a column is for.
_FIELDS: Mapping[str, tuple[ColumnKind, ...]] = {
    "separators": ("list",),
    "unit": ("number", "duration"),
    "year": ("date",),
    "order": ("date",),
    "decimal": ("number",),
    "past_midnight": ("time",),
}
_KEY_KINDS: tuple[ColumnKind, ...] = ("text", "number", "date", "time")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def column_problems(definition: SuiteDefinition) -> Iterator[Problem]:
    """Everything that does not fit, each with where it stands, in the order of the file."""
    kinds: dict[str, ColumnKind] = {}
    for number, column in enumerate(definition.columns):
        if column.name in kinds:
            yield ("columns", number), f"another column is named {column.name!r} too"
        for field, problem in _column(column):
            yield ("columns", number, field), problem
        kinds[column.name] = column.kind
    yield from _key(definition, kinds)
    if not all(map(fold, definition.ignore)):
        yield ("ignore",), "a word must not be empty"
    yield from _synonyms(definition, kinds)


def _column(column: ColumnDefinition) -> Iterator[tuple[str, str]]:
    if column.aliases and column.kind not in ("text", "list"):
        yield "aliases", f"a {column.kind} column has no other spellings"
    for field, kinds in _FIELDS.items():
        if field in column.model_fields_set and column.kind not in kinds:
            yield field, f"a {column.kind} column has no {field}"
    if column.kind == "duration" and column.unit and minutes_in(column.unit) is None:
        yield "unit", f"{column.unit!r} is no unit of time such as 分钟 or hours"
    for word in column.missing:
        if means_missing(fold(word).casefold()):
            yield "missing", f"{word!r} means missing in every table"


def _key(definition: SuiteDefinition, kinds: Mapping[str, ColumnKind]) -> Iterator[Problem]:
    if not definition.keys:
        yield ("key",), "must name a column"
    for name in definition.keys:
        if name not in kinds:
            yield ("key",), f"no column {name!r}{did_you_mean(name, kinds)}"
        elif kinds[name] not in _KEY_KINDS:
            yield ("key",), f"the key must be text, a number, a date or a time, not a {kinds[name]}"
        elif definition.keys.count(name) > 1:
            yield ("key",), f"names {name!r} twice"
    if not definition.key_words:
        return
    if isinstance(definition.key, str):
        yield ("key_words",), "is for a key of several columns"
    named = _PLACEHOLDER.findall(definition.key_words)
    for name in named:
        if name not in definition.keys:
            hint = did_you_mean(name, definition.keys)
            yield ("key_words",), f"unknown placeholder {{{name}}}{hint}"
    for name in definition.keys:
        if name not in named:
            yield ("key_words",), f"does not say {{{name}}}"


def _synonyms(definition: SuiteDefinition, kinds: Mapping[str, ColumnKind]) -> Iterator[Problem]:
    for column, values in definition.synonyms.items():
        here = ("synonyms", column)
        if column not in kinds:
            yield here, f"no column {column!r}{did_you_mean(column, kinds)}"
            continue
        if kinds[column] not in ("text", "list"):
            yield here, f"a {kinds[column]} column has no synonyms"
        names = Counter(fold(name) for others in values.values() for name in {*others})
        for value, others in values.items():
            for name in map(fold, others):
                if not name:
                    yield (*here, value), "a synonym must not be empty"
                elif names[name] > 1:
                    yield (*here, value), f"{name!r} is a synonym of another value too"
                elif name in {fold(other) for other in values}:
                    yield (*here, value), f"{name!r} is a value itself"
