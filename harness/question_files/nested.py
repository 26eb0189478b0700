"""Questions inside objects: {"data": [...]}, {"q1": {...}}, SQuAD's paragraphs, question.stem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.question_files.columns import find_columns
from harness.question_files.looks import asks, is_options, is_turns

_DEEPEST = 4

Fields = Mapping[str, Any]


def rows_inside(value: object) -> Sequence[Fields]:
    """The rows that an object of a json file holds; none where nobody can tell.

    A list of objects, however deep, gives a row each, which has what stands beside the list as
    well. Objects by name are rows with that id, texts by question are answers.
    """
    if not isinstance(value, Mapping) or not value:
        return []
    if any(map(_is_objects, value.values())):
        return list(_unnested(value, _DEEPEST))
    if all(isinstance(one, Mapping) for one in value.values()):
        return [{"id": name, **one} for name, one in value.items()]
    if all(isinstance(one, str | int | float) for one in value.values()) and _ask(list(value)):
        return [{"question": name, "answer": one} for name, one in value.items()]
    return []


def flat(row: Fields) -> dict[str, Any]:
    """A row with what its objects hold beside them, as question.stem; options stay as they are."""
    found = dict(row)
    for name, value in row.items():
        if is_group(value):
            found |= {f"{name}.{inner}": one for inner, one in value.items()}
    return found


def is_group(value: object) -> bool:
    """Whether a value is an object of several fields, and neither options nor answers."""
    return isinstance(value, Mapping) and not is_options(value) and "text" not in value


def _is_objects(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, Mapping) for v in value)


def _unnested(value: Fields, deepest: int) -> Iterator[Fields]:
    lists = [name for name, one in value.items() if _is_objects(one) and not is_turns(one)]
    if deepest == 0 or not lists or _is_row(value):
        yield value
        return
    longest = max(lists, key=lambda name: len(value[name]))
    own = {name: one for name, one in value.items() if not isinstance(one, list | dict)}
    for one in value[longest]:
        yield from _unnested({**own, **one}, deepest - 1)


def _is_row(value: Fields) -> bool:
    """Whether an object asks by itself."""
    return find_columns(list(flat(value))).asks


def _ask(names: Sequence[str]) -> bool:
    return 2 * sum(map(asks, names)) >= len(names)
