"""What the body of a chat completion says, read without trust in its form."""

from __future__ import annotations

import json
from typing import Any, Literal

from harness.responses import Reply
from harness.secret import Scrubber

from .failure import one_line


def read_reply(body: bytes, scrubber: Scrubber) -> Reply | str:
    """The reply in a body, or what is wrong with it.

    The text may be null or a list of parts; what a model thought beside it is left out.
    """
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return "the reply is cut short or no JSON"
    if not isinstance(said, dict):
        return "the reply is no JSON object"
    choices = said.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    message = first.get("message") if isinstance(first, dict) else None
    if not isinstance(first, dict) or not isinstance(message, dict):
        told = read_message(body, scrubber) if "error" in said else ""
        return f"the reply holds no choices{': ' * bool(told)}{told}"
    usage = said.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    finish: Literal["stop", "length"] = (
        "length" if first.get("finish_reason") in ("length", "max_tokens") else "stop"
    )
    return Reply(
        scrubber.clean(_text(message.get("content"))),
        finish,
        _count(usage.get("prompt_tokens")),
        _count(usage.get("completion_tokens")),
    )


def read_message(body: bytes, scrubber: Scrubber) -> str:
    """What a provider says in the body of an error, on one line, without any key."""
    text = body.decode("utf-8", "replace")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        # A page made for browsers tells a person nothing here.
        return "" if text.lstrip().startswith("<") else one_line(scrubber.clean(text))
    return one_line(scrubber.clean(_message(said)))


def _message(said: Any) -> str:
    """The sentence in the shapes that providers use: `error.message`, `message`, `detail`."""
    if isinstance(said, dict):
        for name in ("error", "message", "detail", "msg"):
            if found := said.get(name):
                code = said.get("code")
                told = _message(found)
                return f"{told} ({code})" if isinstance(code, str) and code not in told else told
    return said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)


def _text(content: Any) -> str:
    parts = content if isinstance(content, list) else [content]
    texts = [part.get("text") if isinstance(part, dict) else part for part in parts]
    text = "".join(text for text in texts if isinstance(text, str))
    # JSON can hold half a character; nothing else can.
    return text.encode("utf-8", "replace").decode()


def _count(value: Any) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 <= value < 2**53 else None
