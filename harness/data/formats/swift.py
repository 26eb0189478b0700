"""ms-swift: `query`, `response`, and where there are any `system` and `history`.

`history` is a list of [query, response], as Alpaca's.
"""

from __future__ import annotations

from typing import Any

from harness.data.conversation import Conversation, Turn
from harness.data.formats.format import Fields, Format
from harness.data.formats.row_reader import Reading, before, blank
from harness.data.formats.row_writer import Holds, exchanges, extras, losses, silent, system_of
from harness.rows.record import Record

_MORE = ("system", "history")
_HOLDS = Holds(names=("query", "response", *_MORE), system=True, history=True, extra=True)


def _fits(fields: Fields) -> bool:
    return fields.keys() >= {"query", "response"}


def _read(record: Record) -> Conversation:
    row = Reading(record)
    turns = [
        *before(row),
        Turn("user", row.text("query")),
        Turn("assistant", row.text("response")),
    ]
    empty = {name for name in _MORE if name in row.fields and blank(row.fields[name])}
    return row.done(turns, spent=set(_HOLDS.names) - empty)


def _write(conversation: Conversation) -> dict[str, Any]:
    *earlier, (question, reply) = exchanges(conversation)
    row: dict[str, Any] = {"query": question.content, "response": reply.content}
    system = system_of(conversation)
    if system:
        row["system"] = system
    if earlier:
        row["history"] = [[ask.content, answer.content] for ask, answer in earlier]
    return row | silent(conversation, _MORE) | extras(conversation, _HOLDS)


def _loses(conversation: Conversation) -> tuple[str, ...]:
    return losses(conversation, _HOLDS, carried=silent(conversation, _MORE))


FORMAT = Format("swift", "query, response, system, history", _fits, _read, _write, _loses)
