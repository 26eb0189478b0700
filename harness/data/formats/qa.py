"""Two fields, `instruction` and `output`: what the competition's platform takes, and no more."""

from __future__ import annotations

from functools import partial
from typing import Any

from harness.data.conversation import Conversation, Turn
from harness.data.formats.format import Fields, Format
from harness.data.formats.row_reader import Reading
from harness.data.formats.row_writer import Holds, exchanges, losses
from harness.rows.record import Record

_HOLDS = Holds(names=("instruction", "output"))
_ALPACA = ("input", "system", "history")


def _fits(fields: Fields) -> bool:
    return fields.keys() >= set(_HOLDS.names) and not any(name in fields for name in _ALPACA)


def _read(record: Record) -> Conversation:
    row = Reading(record)
    row.unexpected(_ALPACA)
    turns = (Turn("user", row.text("instruction")), Turn("assistant", row.text("output")))
    return row.done(turns, spent=_HOLDS.names)


def _write(conversation: Conversation) -> dict[str, Any]:
    question, reply = exchanges(conversation)[-1]
    return {"instruction": question.content, "output": reply.content}


FORMAT = Format(
    "qa",
    "instruction, output and nothing else",
    _fits,
    _read,
    _write,
    partial(losses, holds=_HOLDS),
)
