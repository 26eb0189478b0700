"""Alpaca: `instruction`, `input`, `output`, and where there are any `system` and `history`.

`history` is a list of [question, reply]. LLaMA-Factory trains on those replies too.
"""

from __future__ import annotations

from typing import Any

from harness.data.conversation import Conversation, Turn
from harness.data.formats import instruction_input
from harness.data.formats.format import Fields, Format
from harness.data.formats.row_reader import Reading, before, blank
from harness.data.formats.row_writer import Holds, exchanges, extras, losses, silent, system_of
from harness.rows.record import Record

_MORE = ("system", "history")
_HOLDS = Holds(
    names=("instruction", "input", "output", *_MORE),
    system=True,
    history=True,
    extra=True,
    hints=instruction_input.HINTS,
)


def _fits(fields: Fields) -> bool:
    needed = fields.keys() >= {"instruction", "output"}
    return needed and any(name in fields for name in ("input", *_MORE))


def _read(record: Record) -> Conversation:
    row = Reading(record)
    question, told = instruction_input.read(row)
    turns = [*before(row), question, Turn("assistant", row.text("output"))]
    empty = {name for name in _MORE if name in row.fields and blank(row.fields[name])}
    return row.done(turns, spent=set(_HOLDS.names) - empty, own=instruction_input.HINTS, new=told)


def _write(conversation: Conversation) -> dict[str, Any]:
    *before, (question, reply) = exchanges(conversation)
    row = instruction_input.write(conversation, question) | {"output": reply.content}
    system = system_of(conversation)
    if system:
        row["system"] = system
    if before:
        row["history"] = [[ask.content, answer.content] for ask, answer in before]
    return row | silent(conversation, _MORE) | extras(conversation, _HOLDS)


def _loses(conversation: Conversation) -> tuple[str, ...]:
    return losses(conversation, _HOLDS, carried=silent(conversation, _MORE))


FORMAT = Format(
    "alpaca", "instruction, input, output, system, history", _fits, _read, _write, _loses
)
