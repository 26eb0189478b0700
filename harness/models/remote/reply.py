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
from .complaint import Complaint, complains, complaint_of, read_complaint
from .events import is_stream, joined
from .text import load, one_line

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
    if is_stream(text, content_type):
        said = joined(text)
        if said is None:
            return NoReply("cut", "the stream of events is cut short")
    else:
        said = load(text)
        if isinstance(said, str) and (inner := load(said)) is not None:
            said = inner
        if said is None:
            return _no_json(text, content_type, scrubber)
    return _reply(said, scrubber) or _otherwise(said, scrubber)


def read_message(body: bytes, scrubber: Scrubber, content_type: str = "") -> str:
    """What a provider says in the body of an error, on one line, without any key."""
    return read_complaint(text_of(body, content_type), scrubber).shown


def _no_json(text: str, content_type: str, scrubber: Scrubber) -> NoReply:
    start = text.lstrip()[:_HEAD]
    if start.startswith("<") or (start and "text/html" in content_type.lower()):
        title = _TITLE.search(start)
        named = one_line(scrubber.clean(title[1]), _LONGEST_QUOTE) if title else ""
        return NoReply("page", f" titled {named!r}" if named else "")
    if start[:1] in ("{", "["):
        return NoReply("cut", "the reply is cut short or no JSON")
    if not start or start.strip() == "null":
        return NoReply("other", "answers with nothing")
    quoted = one_line(scrubber.clean(start), _LONGEST_QUOTE)
    return NoReply("other", f"answers with no JSON but {quoted!r}")


def _reply(said: Any, scrubber: Scrubber) -> Reply | None:
    """The first choice as a reply; `None` where there is none that can be read."""
    first = _first(said)
    message = first.get("message") or first.get("delta")
    if not isinstance(message, dict):
        if not isinstance(first.get("text"), str):
            return None
        message = {"content": first["text"]}
    text, finish = _answer(message, str(first.get("finish_reason")).lower())
    if not text and (said.get("error") or first.get("error")):
        return None
    usage = said.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    tokens = (_count(usage.get(name)) for name in ("prompt_tokens", "completion_tokens"))
    return Reply(scrubber.clean(text), finish, *tokens)


def _first(said: Any) -> Mapping[str, Any]:
    """The first choice; empty where there is none."""
    choices = said.get("choices") if isinstance(said, dict) else None
    first = choices[0] if isinstance(choices, list) and choices else None
    return first if isinstance(first, dict) else {}


def _answer(message: Mapping[str, Any], ended: str) -> tuple[str, Finish]:
    """The text of a message and why it ends; where there is no answer, what there is instead."""
    text = _text(message.get("content"))
    refusal = _text(message.get("refusal"))
    thought = _text(message.get("reasoning_content")) or _text(message.get("reasoning"))
    tools = [tool for tool in (message.get("tool_calls"), message.get("function_call")) if tool]
    if ended in _FILTERED:
        return text, "content_filter"
    if text.strip():
        return text, "length" if ended in _LENGTH else "stop"
    if refusal.strip():
        return refusal, "refusal"
    if tools:
        return _tool(tools[0]), "tool_calls"
    if thought.strip() or ended in _LENGTH:
        return thought[:_LONGEST_THOUGHT], "thought"
    return text, "stop"


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
    return None if part.get("type") in ("thinking", "reasoning") else part.get("text")


def _count(value: Any) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 <= value < 2**53 else None
