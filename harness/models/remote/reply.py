"""What the body of a chat completion says, read without trust in its form.

A completion may come as a stream of events, in the older form whose choices have a `text`, or with
its text in parts. Whatever else comes under status 200 is told apart: an error, a web page, a
completion in a wrapper, an answer in another interface's form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from harness.models.response_cache import Finish, Reply
from harness.store.secret import Scrubber

from .charset import text_of
from .complaint import Complaint, complains, complaint_of
from .events import events_of_lines, is_stream, joined
from .text import load, one_line
from .trouble import trouble

# Of what a model thought instead of answering, this much is kept, to be shown.
_LONGEST_THOUGHT = 2000
_LONGEST_QUOTE = 80
_MOST_NAMES = 6
_TITLE = re.compile(r"<title[^<>]{0,100}>([^<]{0,200})", re.IGNORECASE)
# Where a title is looked for.
_HEAD = 4096
_LENGTH = ("length", "max_tokens", "model_length")
_FILTERED = ("content_filter", "content-filter", "sensitive", "safety", "blocklist", "recitation",
             "prohibited_content")  # fmt: skip
_WRAPPERS = ("data", "result", "response", "output", "body", "completion", "payload", "message")
_DEEPEST_WRAPPER = 3
_TOOLS = ("tool_calls", "function_call", "tool_use")
_THOUGHTS = ("reasoning_content", "reasoning", "reasoning_details", "thinking")
# What a plain sentence may complain of and be believed.
_CLEAR = ("key", "money", "model", "overload")


@dataclass(frozen=True, slots=True)
class NoReply:
    """What came instead of a reply.

    `cut` is an accident: the body breaks off. `page` is a web page. `other` is whole, and no chat
    completion. `told` describes it, without any key.
    """

    kind: Literal["cut", "page", "other"]
    told: str


def read_reply(
    body: bytes, scrubber: Scrubber, content_type: str = ""
) -> Reply | Complaint | NoReply:
    """The reply in a body, the error in it, or what it is instead."""
    text = text_of(body, content_type)
    said = None if is_stream(text, content_type) else load(text)
    if isinstance(said, str):  # JSON twice over, or a page in quotation marks
        inner = load(said)
        if inner is not None or said.lstrip().startswith("<"):
            text, said = said, inner
    if said is None:
        stream = text if is_stream(text, content_type) else events_of_lines(text)
        if stream is None:
            return _no_json(text, content_type, scrubber)
        said = joined(stream)
        if said is None:
            return NoReply("cut", "the stream of events is cut short")
    return _reply(said, scrubber) or _otherwise(said, scrubber)


def _no_json(text: str, content_type: str, scrubber: Scrubber) -> NoReply | Complaint:
    start = text.lstrip()[:_HEAD]
    if start.startswith("<") or (start and "text/html" in content_type.lower()):
        title = _TITLE.search(start)
        named = one_line(scrubber.clean(title[1]), _LONGEST_QUOTE) if title else ""
        return NoReply("page", f" titled {named!r}" if named else "")
    if start[:1] in ("{", "["):
        return NoReply("cut", "the reply is cut short or no JSON")
    if not start or start.strip() == "null":
        return NoReply("other", "answers with nothing")
    said = Complaint(one_line(scrubber.clean(start)))
    if len(text) < _HEAD and trouble(said) in _CLEAR:
        return said
    return NoReply("other", f"answers with no JSON but {one_line(said.message, _LONGEST_QUOTE)!r}")


def _reply(said: Any, scrubber: Scrubber) -> Reply | None:
    """The first choice as a reply; `None` where there is none that can be read."""
    first = _first(said)
    message = first.get("message") or first.get("delta")
    ended = str(first.get("finish_reason")).lower()
    if not isinstance(message, dict):
        if not isinstance(first.get("text"), str) and ended not in (*_FILTERED, *_LENGTH, *_TOOLS):
            return None
        message = {"content": first.get("text")}
    text, finish = _answer(message, ended)
    if not text and (said.get("error") or first.get("error")):
        return None
    usage = said.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    thought = scrubber.clean(_thought(message)) if finish in ("stop", "length") else ""
    return Reply(
        scrubber.clean(text), finish, _count(usage.get("prompt_tokens")),
        _count(usage.get("completion_tokens")), reasoning=thought or None,
    )  # fmt: skip


def _first(said: Any) -> Mapping[str, Any]:
    """The first choice; empty where there is none."""
    choices = said.get("choices") if isinstance(said, dict) else None
    first = choices[0] if isinstance(choices, list) and choices else None
    return first if isinstance(first, dict) else {}


def _answer(message: Mapping[str, Any], ended: str) -> tuple[str, Finish]:
    """The text of a message and why it ends; where there is no answer, what there is instead."""
    text = _text(message.get("content"))
    refusal = _text(message.get("refusal"))
    thought = _thought(message)
    tools = [tool for tool in (message.get("tool_calls"), message.get("function_call")) if tool]
    if ended in _FILTERED:
        return text, "content_filter"
    if text.strip():
        return text, "length" if ended in _LENGTH else "stop"
    if refusal.strip():
        return refusal, "refusal"
    if tools or ended in _TOOLS:
        return _tool(tools[0]) if tools else "", "tool_calls"
    if thought.strip() or ended in _LENGTH:
        return thought[:_LONGEST_THOUGHT], "thought"
    return text, "stop"


def _thought(message: Mapping[str, Any]) -> str:
    """What a model thought, wherever its gateway puts it: in fields of its own, or in parts."""
    content = message.get("content")
    inside = [part for part in content if _is_thought(part)] if isinstance(content, list) else []
    named = [message.get(name) for name in _THOUGHTS]
    texts = (_told(part) for found in (*named, inside) for part in _listed(found))
    return next((text for text in texts if text.strip()), "")


def _listed(found: Any) -> list[Any]:
    return found if isinstance(found, list) else [found]


def _told(part: Any) -> str:
    """A part of a thought as text."""
    if isinstance(part, dict):
        said = (part.get(name) for name in ("text", "thinking", "summary", "reasoning"))
        part = next((text for text in said if isinstance(text, str)), None)
    return _text(part)


def _tool(calls: Any) -> str:
    """The name of the first tool that is called."""
    first = calls[0] if isinstance(calls, list) else calls
    function = first.get("function", first) if isinstance(first, dict) else {}
    name = function.get("name") if isinstance(function, dict) else None
    return name[:_LONGEST_QUOTE] if isinstance(name, str) else ""


def _otherwise(said: Any, scrubber: Scrubber) -> Complaint | NoReply:
    """What a JSON value is that is no completion."""
    wrapper = _wrapper(said, 0)
    if wrapper:
        return NoReply("other", f"wraps its completion in {scrubber.clean(wrapper)}")
    first = _first(said)
    for value in ({"error": first["error"]} if first.get("error") else None, said):
        if complains(value):
            return complaint_of(value, scrubber)
    if not isinstance(said, dict):
        return NoReply("other", "answers with no JSON object")
    names = ", ".join([str(name) for name in said if name != "choices"][:_MOST_NAMES])
    held = one_line(scrubber.clean(names), _LONGEST_QUOTE)
    return NoReply("other", f"answers with no choices to read{f' but {held}' if held else ''}")


def _wrapper(said: Any, depth: int) -> str:
    """Under which name a whole completion stands, dotted; empty where there is none."""
    if depth >= _DEEPEST_WRAPPER:
        return ""
    if isinstance(said, list):
        said = {"a list": said[0]} if said else {}
    for name, inner in said.items() if isinstance(said, dict) else ():
        if name not in (*_WRAPPERS, "a list"):
            continue
        value = load(inner) if isinstance(inner, str) else inner
        if isinstance(value, dict) and isinstance(value.get("choices"), list) and value["choices"]:
            return str(name)
        if found := _wrapper(value, depth + 1):
            return f"{name}.{found}"
    return ""


def _text(content: Any) -> str:
    parts = content if isinstance(content, list) else [content]
    texts = [_part(part) for part in parts]
    text = "".join(text for text in texts if isinstance(text, str))
    # JSON can hold half a character; nothing else can.
    return text.encode("utf-8", "replace").decode()


def _part(part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    return None if _is_thought(part) else part.get("text")


def _is_thought(part: Any) -> bool:
    return isinstance(part, dict) and part.get("type") in ("thinking", "reasoning")


def _count(value: Any) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 <= value < 2**53 else None
