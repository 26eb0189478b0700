"""`input` with `target`, or with `output`: what the 2024 platform takes, and no more."""

from __future__ import annotations

from functools import partial
from typing import Any

from harness.data.conversation import Conversation, Turn
from harness.data.formats import hints
from harness.data.formats.format import Fields, Format
from harness.data.formats.row_reader import Reading
from harness.data.formats.row_writer import Holds, exchanges, losses
from harness.rows.record import Record

_HOLDS = Holds(names=("input", "target"), hints=("reply",))


def _fits(fields: Fields) -> bool:
    replies = "target" in fields or "output" in fields
    return "input" in fields and replies and "instruction" not in fields


def _read(record: Record) -> Conversation:
    row = Reading(record)
    row.unexpected(("instruction", "system", "history"))
    reply = "output" if "output" in row.fields and "target" not in row.fields else "target"
    turns = (Turn("user", row.text("input")), Turn("assistant", row.text(reply)))
    new = {"reply": reply} if reply == "output" else {}
    return row.done(turns, spent=("input", reply), own=_HOLDS.hints, new=new)


def _write(conversation: Conversation) -> dict[str, Any]:
    question, reply = exchanges(conversation)[-1]
    field = hints.of(conversation).get("reply", "target")
    return {"input": question.content, field: reply.content}


FORMAT = Format(
    "pairs", "input, and target or output", _fits, _read, _write, partial(losses, holds=_HOLDS)
)
