"""What pydantic finds wrong, in plain words: where it stands and what it should be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from harness.errors import did_you_mean

Location = tuple[str | int, ...]

# By pydantic's type of error; braces are filled from its context.
_MUST = {
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "dict_type": "must be a mapping of fields",
    "finite_number": "must be a finite number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "invalid_key": "a key must be text",
    "less_than": "must be less than {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "missing": "is missing",
    "model_type": "must be a mapping of fields",
    "multiple_of": "must be a multiple of {multiple_of:g}",
    "path_type": "must be a path",
    "string_too_short": "must not be empty",
    "string_type": "must be text",
    "too_short": "must not be empty",
    "tuple_type": "must be a list",
}
# Errors whose sentence says, or need not say, what was given.
_SILENT = (
    "extra_forbidden", "invalid_key", "literal_error", "missing", "string_too_short", "value_error",
)  # fmt: skip


def explain(error: ValidationError, tree: object, model: Any) -> tuple[Location, str]:
    """The first mistake: where it stands in `tree`, and what is wrong with it.

    Args:
        error: what pydantic raised on `tree`.
        tree: the values as they were written.
        model: the type that they were read as; its fields are offered for unknown keys.
    """
    found = [(_written(item, tree), item) for item in error.errors()]
    location = found[0][0]
    said = [_say(item, location, model) for where, item in found if where == location]
    also = dict.fromkeys(text.removeprefix("must be ") for text in said[1:] if text != said[0])
    first = found[0][1]
    given = first.get("input")
    shown = isinstance(given, str | int | float) and first["type"] not in _SILENT and bool(location)
    return location, " or ".join([said[0], *also]) + (f", not {given!r}" if shown else "")


def _written(item: Mapping[str, Any], tree: object) -> Location:
    """The part of a location that is in the tree: pydantic appends names of its own types."""
    location: Location = item["loc"]
    for depth, key in enumerate(location):
        here = tree if isinstance(tree, Mapping) else dict(enumerate(_items(tree)))
        if key not in here:
            return location[: depth + 1 if item["type"] == "missing" else depth]
        tree = here[key]
    return location


def _items(tree: object) -> Sequence[object]:
    return tree if isinstance(tree, list | tuple) else ()


def _say(item: Mapping[str, Any], location: Location, model: Any) -> str:
    kind, context = item["type"], item.get("ctx", {})
    if kind == "extra_forbidden":
        return f"unknown key{did_you_mean(str(location[-1]), fields_at(model, location[:-1]))}"
    if kind == "literal_error":
        found = re.findall(r"'([^']*)'|\b(\d+)\b", context["expected"])
        choices = [text or number for text, number in found]
        return f"{item['input']!r} is no choice{did_you_mean(str(item['input']), choices)}"
    if kind == "value_error":
        return str(context["error"])
    if kind == "string_type" and isinstance(item["input"], int | float):
        return "must be text, in quotes"
    return _MUST[kind].format_map(context) if kind in _MUST else str(item["msg"])


def fields_at(model: Any, location: Sequence[str | int]) -> list[str]:
    """The names that a mapping at a location may have, empty where any will do."""
    kinds = list(_alternatives(model))
    for key in location:
        kinds = [inner for kind in kinds for inner in _inside(kind, key)]
    fields = (item for kind in kinds if _is_model(kind) for item in kind.model_fields.items())
    return list({field.alias or name: 0 for name, field in fields})


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _alternatives(kind: Any) -> Iterator[Any]:
    """A type, or the members of a union."""
    if get_origin(kind) is Annotated:
        yield from _alternatives(get_args(kind)[0])
    elif get_origin(kind) in (Union, UnionType):
        for member in get_args(kind):
            yield from _alternatives(member)
    else:
        yield kind


def _inside(kind: Any, key: str | int) -> Iterator[Any]:
    """The types that a value under a key of a type may have."""
    if _is_model(kind):
        field = kind.model_fields.get(str(key))
        yield from () if field is None else _alternatives(field.annotation)
    elif get_origin(kind) in (tuple, list):
        yield from _alternatives(get_args(kind)[0])
    elif get_origin(kind) is dict:
        yield from _alternatives(get_args(kind)[1])
