"""ms-swift: `query`, `response`, and where there are any `system` and `history`.

`history` is a list of [query, response], as Alpaca's.
"""

from __future__ import annotations

from typing import Any

from harness.data.conversation import Conversation, Turn
from harness.data.formats.format import Fields, Format
from harness.data.formats.row_reader import Reading, before
from harness.data.formats.row_writer import BESIDE, Holds, beside, exchanges, extras, losses, silent
from harness.rows.record import Record

_HOLDS = Holds(names=("query", "response", *BESIDE), system=True, history=True, extra=True)


def _fits(fields: Fields) -> bool:
    return fields.keys() >= {"query", "response"}


def _read(record: Record) -> Conversation:
    row = Reading(record)
    turns = [
        *before(row),
        Turn("user", row.text("query")),
        Turn("assistant", row.text("response")),
    ]
    return row.done(turns, spent=set(_HOLDS.names) - row.empty(BESIDE))


def _write(conversation: Conversation) -> dict[str, Any]:
    question, reply = exchanges(conversation)[-1]
    row = {"query": question.content, "response": reply.content}
    return row | beside(conversation) | extras(conversation, _HOLDS)


def _loses(conversation: Conversation) -> tuple[str, ...]:
    return losses(conversation, _HOLDS, carried=silent(conversation, BESIDE))


FORMAT = Format("swift", "query, response, system, history", _fits, _read, _write, _loses)
