"""XTuner: `conversation`, a list of exchanges with `input` and `output`, the first maybe `system`.

`output_with_loss` says whether an exchange's output is trained on. Where an input ends in a line
end, XTuner's own Alpaca mapping put it there; it stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from harness.data.conversation import Conversation, Turn
from harness.data.formats import hints
from harness.data.formats.format import Fields, Format
from harness.data.formats.row_reader import Reading, blank
from harness.data.formats.row_writer import Exchange, Holds, exchanges, extras, losses, system_of
from harness.rows.record import Record

_HOLDS = Holds(
    names=("conversation",), system=True, history=True, loss=True, extra=True, hints=("xtuner",)
)
_LOSS = "output_with_loss"


def _fits(fields: Fields) -> bool:
    return isinstance(fields.get("conversation"), list)


def _read(record: Record) -> Conversation:
    row = Reading(record)
    turns: list[Turn] = []
    kept: dict[str, Any] = {}
    for number, (at, item) in enumerate(row.turns("conversation")):
        spent = {"input", "output"}
        system, loss = item.get("system"), item.get(_LOSS)
        if not blank(system):
            turns.append(Turn("system", row.string(system, f"{at}.system")))
            spent.add("system")
        if isinstance(loss, bool):
            spent.add(_LOSS)
        turns.append(Turn("user", row.within(item, "input", at)))
        reply = row.within(item, "output", at)
        turns.append(Turn("assistant", reply, loss if isinstance(loss, bool) else None))
        rest = {name: value for name, value in item.items() if name not in spent}
        if rest:
            kept[str(number)] = {hints.WITH: rest}
    new = {"xtuner": kept} if kept else {}
    return row.done(turns, spent=_HOLDS.names, own=_HOLDS.hints, new=new)


def _write(conversation: Conversation) -> dict[str, Any]:
    kept = hints.of(conversation).get("xtuner", {})
    items = [
        _item(exchange, kept.get(str(number), {}))
        for number, exchange in enumerate(exchanges(conversation))
    ]
    system = system_of(conversation)
    if system:
        items[0] = items[0] | {"system": system}
    return {"conversation": items} | extras(conversation, _HOLDS)


def _item(exchange: Exchange, kept: Mapping[str, Any]) -> dict[str, Any]:
    question, reply = exchange
    loss = {} if reply.loss is None else {_LOSS: reply.loss}
    said = {"input": question.content, "output": reply.content}
    return dict(kept.get(hints.WITH, {})) | said | loss


FORMAT = Format(
    "xtuner",
    "conversation: system, input, output",
    _fits,
    _read,
    _write,
    partial(losses, holds=_HOLDS),
)
