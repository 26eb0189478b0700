"""What ShareGPT and OpenAI messages share: a list of turns, and a system text among or beside them.

A turn's other fields, such as a weight, are kept as hints. So is a turn that says more than a role
and a text: a list of parts, or calls of tools.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.data.conversation import Conversation, Speaker, Turn
from harness.data.formats import hints
from harness.data.formats.reading import REPLIES, Reading, blank
from harness.data.formats.writing import Holds, extras, losses, system_of
from harness.data.record import Record
from harness.errors import did_you_mean
from harness.row_files import short


@dataclass(frozen=True, slots=True)
class Tags:
    """How a format spells turns.

    Args:
        name: the format's, under which its hints are kept.
        turns: the field that holds the list.
        role: the field of a turn that says whose it is.
        content: the field that says what.
        roles: the word for each speaker that is written.
        other: further words that are read.
        loss: whether a reply may say that it is not trained on.
        calls: whether the assistant may call tools in a field of its own.
    """

    name: str
    turns: str
    role: str
    content: str
    roles: Mapping[Speaker, str]
    other: Mapping[str, Speaker]
    loss: bool
    calls: bool

    @property
    def holds(self) -> Holds:
        """What such a row can say."""
        return Holds(
            names=(self.turns, "system"),
            system=True,
            history=True,
            tools=True,
            loss=self.loss,
            extra=True,
            hints=("system", self.name),
            empty_system=True,
        )


def read(record: Record, tags: Tags) -> Conversation:
    """Read a row; see `Format`."""
    row = Reading(record)
    turns, kept = [], {}
    for number, (at, item) in enumerate(row.turns(tags.turns)):
        turn = _turn(row, item, at, tags)
        rest = _rest(item, turn, tags)
        turns.append(turn)
        if rest:
            kept[str(number)] = rest
    new: dict[str, Any] = {tags.name: kept} if kept else {}
    spent = [tags.turns]
    column = row.fields.get("system")
    if not blank(column) and not (turns and turns[0].role == "system"):
        turns.insert(0, Turn("system", row.string(column, "system")))
        spent.append("system")
        new["system"] = "column"
    return row.done(turns, spent=spent, own=tags.holds.hints, new=new)


def _turn(row: Reading, item: Mapping[str, Any], at: str, tags: Tags) -> Turn:
    role = _role(row, row.within(item, tags.role, at), at, tags)
    calls = _calls(item) if tags.calls and role == "assistant" else None
    if calls is not None:
        return Turn("function_call", calls, _loss(item) if tags.loss else None)
    parts = _joined(item.get(tags.content))
    text = row.within(item, tags.content, at) if parts is None else parts
    loss = _loss(item) if tags.loss and role in REPLIES else None
    return Turn(role, text, loss)


def _role(row: Reading, word: str, at: str, tags: Tags) -> Speaker:
    known = {spelt: speaker for speaker, spelt in tags.roles.items()} | dict(tags.other)
    if word and word not in known:
        field = f"{at}.{tags.role}"
        row.fault("unknown role", f"{field} is {short(word)}{did_you_mean(word, known)}", field)
    return known.get(word, "user")


def _calls(item: Mapping[str, Any]) -> str | None:
    """The calls of tools that a message makes, as LLaMA-Factory teaches them."""
    calls = item.get("tool_calls")
    if not calls or not isinstance(calls, list):
        return None
    functions = [
        call.get("function", call) if isinstance(call, Mapping) else call for call in calls
    ]
    return json.dumps(functions, ensure_ascii=False)


def _joined(content: object) -> str | None:
    """The text of a list of parts, if all are text."""
    if not isinstance(content, list) or not content:
        return None
    texts = [
        part.get("text") if isinstance(part, Mapping) and part.get("type") == "text" else None
        for part in content
    ]
    known = [text for text in texts if isinstance(text, str)]
    return "".join(known) if len(known) == len(texts) else None


def _loss(item: Mapping[str, Any]) -> bool | None:
    """Whether a reply is trained on; XTuner takes the word for it too."""
    loss = item.get("loss")
    if isinstance(loss, str) and loss:
        return loss.lower() == "true"
    return loss if isinstance(loss, bool) else None


def _rest(item: Mapping[str, Any], turn: Turn, tags: Tags) -> dict[str, Any]:
    """What of a message its turn does not say."""
    plain = _plain(turn, tags)
    if turn.role == "function_call" and "tool_calls" in item:
        return {hints.WHOLE: dict(item)}
    rest = {name: value for name, value in item.items() if (name, value) not in plain.items()}
    return {hints.WITH: rest} if rest else {}


def _plain(turn: Turn, tags: Tags) -> dict[str, Any]:
    loss = {"loss": turn.loss} if tags.loss and turn.loss is not None else {}
    return {tags.role: tags.roles[turn.role], tags.content: turn.content} | loss


def write(conversation: Conversation, tags: Tags) -> dict[str, Any]:
    """Write a row; see `Format`."""
    told = hints.of(conversation)
    system, turns = system_of(conversation), list(conversation.turns)
    aside = bool(system) and told.get("system") == "column" and "system" not in conversation.extra
    if aside:
        turns.pop(0)
    kept = told.get(tags.name, {})
    row: dict[str, Any] = {}
    row[tags.turns] = [_item(turn, kept.get(str(n), {}), tags) for n, turn in enumerate(turns)]
    if aside:
        row["system"] = system
    elif _keeps_column(conversation):
        row["system"] = conversation.extra["system"]
    return row | extras(conversation, tags.holds)


def _item(turn: Turn, kept: Mapping[str, Any], tags: Tags) -> dict[str, Any]:
    if hints.WHOLE in kept:
        return dict(kept[hints.WHOLE])
    return _plain(turn, tags) | dict(kept.get(hints.WITH, {}))


def _keeps_column(conversation: Conversation) -> bool:
    """Whether a field `system` beside the turns would not be taken for one of them."""
    if "system" not in conversation.extra:
        return False
    return system_of(conversation) is not None or blank(conversation.extra["system"])


def loses(conversation: Conversation, tags: Tags) -> tuple[str, ...]:
    """Name what a row cannot hold; see `Format`."""
    carried = ("system",) if _keeps_column(conversation) else ()
    return losses(conversation, tags.holds, carried)
