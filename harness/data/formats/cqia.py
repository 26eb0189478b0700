"""COIG-CQIA: `instruction`, `input`, `output`, and what is known of where they come from.

`task_type`, `domain`, `metadata`, `answer_from`, `human_verified` and `copyright` stay fields
beside the turns, whatever stands there for "none".
"""

from __future__ import annotations

from typing import Any

from harness.data.conversation import Conversation, Turn
from harness.data.formats import instruction_input
from harness.data.formats.format import Fields, Format
from harness.data.formats.row_reader import Reading, blank
from harness.data.formats.row_writer import Holds, exchanges, extras, losses
from harness.rows.record import Record

_SAID = ("instruction", "input", "output")
_MORE = ("system", "history")
_HOLDS = Holds(names=(*_SAID, *_MORE), extra=True, hints=instruction_input.HINTS)
_TELLING = ("task_type", "answer_from", "human_verified")


def _fits(fields: Fields) -> bool:
    needed = fields.keys() >= {"instruction", "output"}
    return needed and any(name in fields for name in _TELLING)


def _read(record: Record) -> Conversation:
    row = Reading(record)
    row.unexpected(_MORE)
    question, told = instruction_input.read(row)
    turns = (question, Turn("assistant", row.text("output")))
    return row.done(turns, spent=_SAID, own=instruction_input.HINTS, new=told)


def _write(conversation: Conversation) -> dict[str, Any]:
    question, reply = exchanges(conversation)[-1]
    row = instruction_input.write(conversation, question) | {"output": reply.content}
    return row | _silent(conversation) | extras(conversation, _HOLDS)


def _silent(conversation: Conversation) -> dict[str, Any]:
    """The fields of Alpaca's that were there and empty."""
    return {n: v for n, v in conversation.extra.items() if n in _MORE and blank(v)}


def _loses(conversation: Conversation) -> tuple[str, ...]:
    return losses(conversation, _HOLDS, carried=_silent(conversation))


FORMAT = Format(
    "cqia", "instruction, input, output, task_type, domain...", _fits, _read, _write, _loses
)
