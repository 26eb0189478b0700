"""Questions inside objects: {"data": [...]}, {"q1": {...}}, SQuAD's paragraphs, question.stem."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from harness.question_files.columns import find_columns
from harness.question_files.looks import asks, is_options, is_turns
from harness.question_files.portions import marks
from harness.rows.about import Inside

_DEEPEST = 4
_LOOKED_AT = 20

Fields = Mapping[str, Any]


def rows_inside(value: object) -> Inside:
    """The rows that an object of a json file holds; none where nobody can tell.

    Lists of objects, however deep, give a row each, which has what stands beside the list as well.
    Of several lists those are read that ask, or look like these; a row then says which part or
    family its list is called after. Objects by name are rows with that id, texts by question are
    answers, and a question alone is a row.
    """
    if not isinstance(value, Mapping) or not value:
        return Inside()
    if _inner(value):
        unread: dict[str, None] = {}
        return Inside(list(_unnested(value, _DEEPEST, unread)), list(unread))
    if all(isinstance(one, Mapping) for one in value.values()):
        return Inside([{"id": name, **one} for name, one in value.items()])
    if all(isinstance(one, str | int | float) for one in value.values()) and _ask(list(value)):
        return Inside([{"question": name, "answer": one} for name, one in value.items()])
    return Inside([value] if _is_row(value) else [])


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


def _inner(value: Fields) -> dict[str, Sequence[Fields]]:
    """The objects that hold rows inside another, by the name of their list."""
    held = {name: _objects(one) for name, one in value.items()}
    return {name: objects for name, objects in held.items() if objects}


def _objects(value: object) -> Sequence[Fields]:
    """A list of objects, or an object that holds such lists or questions by name."""
    if isinstance(value, list):
        is_rows = value and all(isinstance(one, Mapping) for one in value) and not is_turns(value)
        return value if is_rows else []
    if not isinstance(value, Mapping) or not value or _is_row(value):
        return []
    if all(isinstance(one, Mapping) and _is_row(one) for one in value.values()):
        return [{"id": name, **one} for name, one in value.items()]
    inner = () if is_options(value) else map(_objects, value.values())
    return [value] if any(one and not is_options(one) for one in inner) else []


def _unnested(value: Fields, deepest: int, unread: dict[str, None]) -> Iterator[Fields]:
    inner = {} if deepest == 0 else _inner(value)
    if not inner or (_is_row(value) and not _instructs(value, inner, deepest)):
        yield value
        return
    read = _read_of(inner, deepest)
    unread |= dict.fromkeys(f"list {name!r}" for name in inner if name not in read)
    own = {name: one for name, one in value.items() if not isinstance(one, list | dict)}
    for name in read:
        added = marks(name, _columns(inner[name], deepest)) if len(read) > 1 else {}
        for one in inner[name]:
            for row in _unnested({**own, **one}, deepest - 1, unread):
                yield {**added, **row}


def _instructs(value: Fields, inner: Mapping[str, Sequence[Fields]], deepest: int) -> bool:
    """Whether what an object asks goes for each question of its lists, and has no answer itself."""
    if "answer" in find_columns(list(flat(value))).fields:
        return False
    fields = [find_columns(_columns(objects, deepest)).fields for objects in inner.values()]
    return any("question" in found and "answer" in found for found in fields)


def _read_of(inner: Mapping[str, Sequence[Fields]], deepest: int) -> list[str]:
    """The lists that are read: the longest that asks, if any does, and those that are like it."""
    columns = {name: _columns(objects, deepest) for name, objects in inner.items()}
    asking = [name for name in inner if find_columns(columns[name]).asks]
    longest = max(asking or inner, key=lambda name: len(inner[name]))
    alike = [name for name in inner if _are_alike(columns[name], columns[longest])]
    return [name for name in inner if name in asking or name in alike]


def _columns(objects: Sequence[Fields], deepest: int) -> Collection[str]:
    """What the first rows of a list are made of."""
    rows = (row for one in objects for row in _unnested(one, deepest - 1, {}))
    return dict.fromkeys(name for row in islice(rows, _LOOKED_AT) for name in flat(row))


def _are_alike(one: Collection[str], two: Collection[str]) -> bool:
    both = {*one} & {*two}
    return 2 * len(both) > len({*one} | {*two})


def _is_row(value: Fields) -> bool:
    """Whether an object asks by itself, and holds no list of those that do."""
    fields = find_columns(list(flat(value))).fields
    asked = [value.get(fields[name]) for name in ("question", "messages") if name in fields]
    return any(one is None or is_turns(one) or not _objects(one) for one in asked)


def _ask(names: Sequence[str]) -> bool:
    return 2 * sum(map(asks, names)) >= len(names)
