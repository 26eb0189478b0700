"""A stream of events that nobody asked for, put together to the one answer that was.

data: {"choices": [{"delta": {"content": "你"}, "finish_reason": null}]}
data: {"choices": [{"delta": {"content": "好"}, "finish_reason": "stop"}], "usage": {…}}
data: [DONE]
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .complaint import complains
from .text import load

_DONE = "[DONE]"
# Of one event.
_MOST_LINES = 200
_BEGINS = re.compile(r"\s*(?:data|event|id|retry)?:")
_TEXTS = ("content", "reasoning_content", "reasoning", "refusal")
_TOLD = ("tool_calls", "function_call")


def is_stream(text: str, content_type: str) -> bool:
    """Whether a body is a stream of events."""
    declared = "event-stream" in content_type.lower() and text.lstrip()[:1] not in ("{", "[", "<")
    return declared or bool(_BEGINS.match(text[:200]))


def events_of_lines(text: str) -> str | None:
    """A body of JSON objects, one a line, as a stream of events; `None` where it is none."""
    lines = [line for line in text.splitlines() if line.strip()]
    first = load(lines[0]) if len(lines) > 1 else None
    if not isinstance(first, dict):
        return None
    return "".join(f"data: {line}\n\n" for line in lines)


def is_over(text: str) -> bool:
    """Whether a stream has come to its end, whatever may follow."""
    return text.rstrip().endswith(_DONE)


@dataclass(slots=True)
class FirstToken:
    """Notes when the first token of a stream came, of the answer or of reasoning.

    `at_s` is seconds since `began`, a time of `time.perf_counter`; `None` while there is none.
    """

    began: float
    at_s: float | None = None
    _rest: bytes = b""

    def hear(self, piece: bytes) -> None:
        """A piece of the stream has come."""
        if self.at_s is not None:
            return
        now_s = time.perf_counter() - self.began
        *lines, self._rest = (self._rest + piece).splitlines(keepends=True) or [b""]
        if self._rest.endswith((b"\n", b"\r")):
            lines, self._rest = [*lines, self._rest], b""
        if any(_has_token(line) for line in lines):
            self.at_s = now_s


def _has_token(line: bytes) -> bool:
    """Whether a line of a stream brings part of an answer; the first event often brings none."""
    if not line.startswith(b"data:"):
        return False
    event = load(line.removeprefix(b"data:").strip().decode("utf-8", "replace"))
    choices = event.get("choices") if isinstance(event, dict) else None
    parts = [
        choice.get("delta") or {"content": choice.get("text")}
        for choice in (choices if isinstance(choices, list) else [])
        if isinstance(choice, dict)
    ]
    return any(part.get(name) for part in parts if isinstance(part, dict) for name in _TEXTS)


@dataclass(slots=True)
class _Joined:
    """What the events said so far."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    message: dict[str, Any] = field(default_factory=dict)
    finish: Any = None
    usage: Any = None
    heard: bool = False

    def add(self, event: dict[str, Any]) -> None:
        """One more event."""
        self.usage = event.get("usage") or self.usage
        choices = event.get("choices")
        for choice in choices if isinstance(choices, list) else []:
            if isinstance(choice, dict) and choice.get("index") in (None, 0):
                self.heard = True
                self._add(choice)

    def _add(self, choice: dict[str, Any]) -> None:
        self.finish = choice.get("finish_reason") or self.finish
        part = choice.get("delta") or choice.get("message") or {"content": choice.get("text")}
        if not isinstance(part, dict):
            return
        for name in _TEXTS:
            if isinstance(said := part.get(name), str):
                self.texts.setdefault(name, []).append(said)
            elif isinstance(said, list):
                self.message.setdefault(name, []).extend(said)
        self.message |= {name: part[name] for name in _TOLD if part.get(name)}

    def completion(self) -> dict[str, Any]:
        """The events as one completion."""
        texts = {name: "".join(parts) for name, parts in self.texts.items()}
        choice = {"message": {**self.message, **texts}, "finish_reason": self.finish}
        return {"choices": [choice], "usage": self.usage}


def joined(text: str) -> Any:
    """The one answer of a stream, or the error that it holds; `None` where it is cut.

    It is whole where its last event says so, or where the answer says why it ends.
    """
    together = _Joined()
    others: list[Any] = []
    ended = False
    for event in _events(text):
        ended = event == _DONE
        if ended or not isinstance(event, dict):
            break
        if "choices" not in event:
            if complains(event):
                return event
            others.append(event)
        together.add(event)
    if others and not together.heard:
        return others[0]  # the events of another interface
    return together.completion() if ended or together.finish is not None else None


def _events(text: str) -> Iterator[Any]:
    """The data of each event, `None` where it is no JSON; one may stand on several lines."""
    data, lines = "", 0
    for line in [*re.split(r"\r\n|\r|\n", text), ""]:
        event = None
        if line.startswith("data:"):
            data += line.removeprefix("data:").strip() + "\n"
            lines += 1
            event = _DONE if data.strip() == _DONE else load(data)
        if event is not None or (data and not line.strip()) or lines > _MOST_LINES:
            yield event
            data, lines = "", 0
