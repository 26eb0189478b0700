"""Three columns, `user`, `style` and `assistant`: one line answered in a named manner.

A model is taught to say the style first: the reply is the style, a line end, and what `assistant`
holds. Without a style it is what `assistant` holds.
"""

from __future__ import annotations

from typing import Any

from harness.data.conversation import Conversation, Turn
from harness.data.formats.format import Fields, Format
from harness.data.formats.row_reader import NO_OUTPUT, Reading
from harness.data.formats.row_writer import Holds, exchanges, losses
from harness.rows.record import Record

_HOLDS = Holds(names=("user", "style", "assistant"))
_NOTHING = ("", NO_OUTPUT)


def _fits(fields: Fields) -> bool:
    return fields.keys() >= set(_HOLDS.names)


def _read(record: Record) -> Conversation:
    row = Reading(record)
    user, style, reply = (row.text(name) for name in _HOLDS.names)
    if style and reply.strip() in _NOTHING:
        row.fault("empty output", f"assistant is {reply!r}", "assistant")
    turns = (Turn("user", user), Turn("assistant", f"{style}\n{reply}" if style else reply))
    return row.done(turns, spent=("user", "assistant") if style else _HOLDS.names)


def _write(conversation: Conversation) -> dict[str, Any]:
    question, reply = exchanges(conversation)[-1]
    style = _style(conversation)
    said = reply.content.removeprefix(f"{style}\n") if style else reply.content
    return {"user": question.content, "style": style, "assistant": said}


def _style(conversation: Conversation) -> str:
    """The style of the reply, empty where the reply does not begin with it."""
    style = conversation.extra.get("style")
    reply = exchanges(conversation)[-1][1].content
    if not isinstance(style, str) or not reply.startswith(f"{style}\n"):
        return ""
    return "" if reply.removeprefix(f"{style}\n").strip() in _NOTHING else style


def _loses(conversation: Conversation) -> tuple[str, ...]:
    return losses(conversation, _HOLDS, carried=("style",) if _style(conversation) else ())


FORMAT = Format("style", "user, style, assistant", _fits, _read, _write, _loses)
