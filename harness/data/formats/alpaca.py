"""Alpaca: `instruction`, `input`, `output`, and where there are any `system` and `history`.

`history` is a list of [question, reply]. LLaMA-Factory trains on those replies too.
"""

from __future__ import annotations

from typing import Any

from harness.data.conversation import Conversation, Turn
from harness.data.formats import instruction_input
from harness.data.formats.format import Fields, Format
from harness.data.formats.row_reader import Reading, before
from harness.data.formats.row_writer import BESIDE, Holds, beside, exchanges, extras, losses, silent
from harness.rows.record import Record

_HOLDS = Holds(
    names=("instruction", "input", "output", *BESIDE),
    system=True,
    history=True,
    extra=True,
    hints=instruction_input.HINTS,
)


def _fits(fields: Fields) -> bool:
    needed = fields.keys() >= {"instruction", "output"}
    return needed and any(name in fields for name in ("input", *BESIDE))


def _read(record: Record) -> Conversation:
    row = Reading(record)
    question, told = instruction_input.read(row)
    turns = [*before(row), question, Turn("assistant", row.text("output"))]
    spent = set(_HOLDS.names) - row.empty(BESIDE)
    return row.done(turns, spent=spent, own=instruction_input.HINTS, new=told)


def _write(conversation: Conversation) -> dict[str, Any]:
    question, reply = exchanges(conversation)[-1]
    row = instruction_input.write(conversation, question) | {"output": reply.content}
    return row | beside(conversation) | extras(conversation, _HOLDS)


def _loses(conversation: Conversation) -> tuple[str, ...]:
    return losses(conversation, _HOLDS, carried=silent(conversation, BESIDE))


FORMAT = Format(
    "alpaca", "instruction, input, output, system, history", _fits, _read, _write, _loses
)
