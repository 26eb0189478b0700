"""What the row of one format says and turns cannot: kept beside them, so that it can be said again.

It stands in `Conversation.extra` under `_podium`, as JSON text so that every row has one type:

    input       characters of the last question that were the field `input`
    absent      fields that were not there and usually are
    null        fields that were null and usually are text
    system      "column": the system text stood beside the turns, not among them
    reply       the field that held the reply, where formats have two names for it
    messages    by turn, what else a message said; likewise sharegpt, and xtuner by exchange
    calls       by turn, how a call of tools was written that a message says otherwise
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from harness.data.conversation import Conversation
from harness.store.files import decode

FIELD = "_podium"
# Of a turn: fields beside its role and text, the whole where those alone do not make it, or the
# several messages that are one turn.
WITH, WHOLE, MANY = "with", "whole", "many"
_LISTS = ("absent", "null")
_TURNS = ("messages", "sharegpt", "xtuner")


def parse(text: object) -> dict[str, Any]:
    """Read the field.

    Raises:
        ValueError: somebody else uses the name.
    """
    if text is None or text == "":
        return {}
    hints = decode(text.encode("utf-8", "surrogatepass")) if isinstance(text, str) else None
    if not isinstance(hints, dict) or not all(_is_own(n, v) for n, v in hints.items()):
        raise ValueError("not what Podium writes there")
    return hints


def _is_own(name: str, value: object) -> bool:
    """Whether a hint can be one of this module's: a stranger may have written the file."""
    if name == "input":
        return isinstance(value, int) and value > 0
    if name in _LISTS:
        return value == ["input"]
    if name == "calls":
        return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())
    if name in _TURNS:
        return isinstance(value, dict) and all(map(_is_turn, value.values()))
    return {"system": "column", "reply": "output"}.get(name) == value


def _is_turn(value: object) -> bool:
    if not isinstance(value, dict) or len(value) != 1:
        return False
    many = value.get(MANY)
    if isinstance(many, list):
        return bool(many) and all(isinstance(item, dict) for item in many)
    return isinstance(value.get(WITH, value.get(WHOLE)), dict)


def of(conversation: Conversation) -> dict[str, Any]:
    """The hints of an example, empty for most."""
    return parse(conversation.extra.get(FIELD))


def dump(hints: Mapping[str, Any]) -> dict[str, str]:
    """The field as a row or an `extra` holds it: nothing where there is nothing to say."""
    if not hints:
        return {}
    return {FIELD: json.dumps(hints, ensure_ascii=False, separators=(",", ":"))}


def without(hints: Mapping[str, Any], spent: Collection[str]) -> dict[str, Any]:
    """The hints that a row does not say itself."""
    return {name: value for name, value in hints.items() if name not in spent}


def lost(hints: Mapping[str, Any]) -> Iterator[str]:
    """Name what is lost with the hints, as fields of the format that the example came from."""
    if "input" in hints:
        yield "input"
    yield from (f"{name} (absent)" for name in hints.get("absent", ()))
    yield from (f"{name} (empty)" for name in hints.get("null", ()))
    if "system" in hints:
        yield "system (column)"
    if "reply" in hints:
        yield f"{hints['reply']} (name)"
    for name in _TURNS:
        yield from sorted(_of_turns(name, hints.get(name, {})))


def _of_turns(name: str, turns: Mapping[str, Any]) -> set[str]:
    kept = (turn.get(MANY) or [turn.get(WITH) or turn.get(WHOLE, {})] for turn in turns.values())
    return {f"{name}: {field}" for items in kept for fields in items for field in fields}
