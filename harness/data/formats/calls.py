"""Calls of tools, as OpenAI's messages say them and as LLaMA-Factory teaches them.

OpenAI holds the arguments of a call as JSON text inside JSON. What is taught is the plain object:
`[{"name": ..., "arguments": {...}}]`, or one such object alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from harness.store.files import decode

# Between the results of calls that were made together, as LLaMA-Factory joins them.
JOIN = "\n</tool_response>\n<tool_response>\n"


def taught(item: Mapping[str, Any]) -> str | None:
    """What a message teaches that calls tools; `None` where it calls none."""
    calls = item.get("tool_calls")
    if not calls and isinstance(item.get("function_call"), Mapping):
        calls = [item["function_call"]]
    if not calls or not isinstance(calls, list):
        return None
    return json.dumps([_function(call) for call in calls], ensure_ascii=False)


def _function(call: object) -> object:
    function = call.get("function", call) if isinstance(call, Mapping) else call
    if not isinstance(function, Mapping) or not isinstance(function.get("arguments"), str):
        return function
    return {**function, "arguments": _object(function["arguments"])}


def _object(text: str) -> object:
    """The arguments that a text holds; the text itself where those are no object."""
    try:
        value = decode(text.encode("utf-8", "surrogatepass"))
    except ValueError:
        return text
    return value if isinstance(value, dict) else text


def functions(content: str) -> list[dict[str, Any]]:
    """The calls that a taught text makes, empty where it is no list of calls."""
    if not content.lstrip().startswith(("{", "[")):
        return []
    try:
        value = decode(content.encode("utf-8", "surrogatepass"))
    except ValueError:
        return []
    found = value if isinstance(value, list) else [value]
    return found if all(map(_is_call, found)) else []


def _is_call(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"name", "arguments"}
        and isinstance(value["name"], str)
    )


def message(content: str, said: str, turn: int) -> dict[str, Any] | None:
    """The message that makes the calls of a taught text; `None` where it makes none.

    Args:
        content: the taught text.
        said: what the assistant says beside the calls.
        turn: the number of the turn, of which the calls get their ids.
    """
    found = functions(content)
    if not found:
        return None
    made = [
        {
            "id": f"call_{turn}_{number}",
            "type": "function",
            "function": {"name": call["name"], "arguments": _text(call["arguments"])},
        }
        for number, call in enumerate(found)
    ]
    return {"role": "assistant", "content": said or None, "tool_calls": made}


def _text(arguments: object) -> str:
    return arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)


def results(content: str, calling: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The messages that answer calls: one a call where there is a result for each."""
    ids = [call["id"] for call in calling["tool_calls"]]
    parts = content.split(JOIN)
    if len(parts) != len(ids):
        ids, parts = ids[:1], [content]
    return [
        {"role": "tool", "tool_call_id": call, "content": part}
        for call, part in zip(ids, parts, strict=True)
    ]
