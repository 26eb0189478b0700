"""What ShareGPT and OpenAI messages share: a list of turns, and a system text among or beside them.

A turn's other fields, such as a weight, are kept as hints. So is a turn that says more than a role
and a text: a list of parts, or calls of tools.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from harness.data.conversation import Conversation, Speaker, Turn
from harness.data.formats import calls, hints
from harness.data.formats.format import Format
from harness.data.formats.row_reader import REPLIES, Reading, blank
from harness.data.formats.row_writer import Holds, extras, losses, system_of
from harness.errors import did_you_mean
from harness.rows.record import Record
from harness.text.display import short


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
            said=self.calls,
            loss=self.loss,
            extra=True,
            hints=("system", self.name, *(("calls",) if self.calls else ())),
            empty_system=True,
        )


def read(record: Record, tags: Tags) -> Conversation:
    """Read a row; see `Format`."""
    row = Reading(record)
    turns: list[Turn] = []
    items: list[list[Mapping[str, Any]]] = []
    spelt = row.hints.get("calls", {})
    for at, item in row.turns(tags.turns):
        turn = _turn(row, item, at, tags, spelt.get(str(len(turns))))
        if tags.calls and turn.role == "observation" and _answers_too(turns):
            before = turns.pop()
            turns.append(replace(before, content=f"{before.content}{calls.JOIN}{turn.content}"))
            items[-1].append(item)
        else:
            turns.append(turn)
            items.append([item])
    new = _told(turns, items, tags)
    spent = [tags.turns]
    column = row.fields.get("system")
    if not blank(column) and not (turns and turns[0].role == "system"):
        turns.insert(0, Turn("system", row.string(column, "system")))
        spent.append("system")
        new["system"] = "column"
    return row.done(turns, spent=spent, own=tags.holds.hints, new=new)


def _answers_too(turns: Sequence[Turn]) -> bool:
    """Whether a tool's answer belongs to the one before it: several were called together."""
    return len(turns) > 1 and turns[-1].role == "observation" and turns[-2].role == "function_call"


def _told(
    turns: Sequence[Turn], items: Sequence[Sequence[Mapping[str, Any]]], tags: Tags
) -> dict[str, Any]:
    """The hints of messages that are not just what `write` would make of their turns."""
    kept = {}
    taught = [replace(turn, said="") for turn in turns]  # all that other formats bring back
    for number, (mine, plain) in enumerate(zip(items, _plains(taught, tags), strict=True)):
        rest = _rest(mine, plain)
        if rest:
            kept[str(number)] = rest
    return {tags.name: kept} if kept else {}


def _turn(row: Reading, item: Mapping[str, Any], at: str, tags: Tags, spelt: str | None) -> Turn:
    role = _role(row, row.within(item, tags.role, at), at, tags)
    taught = calls.taught(item) if tags.calls and role == "assistant" else None
    parts = _joined(item.get(tags.content))
    if taught is not None:
        said = item.get(tags.content) if parts is None else parts
        if spelt is not None and calls.taught(calls.message(spelt, "", 0) or {}) == taught:
            taught = spelt
        loss = _loss(item) if tags.loss else None
        return Turn("function_call", taught, loss, said if isinstance(said, str) else "")
    text = row.within(item, tags.content, at) if parts is None else parts
    loss = _loss(item) if tags.loss and role in REPLIES else None
    return Turn(role, text, loss)


def _role(row: Reading, word: str, at: str, tags: Tags) -> Speaker:
    known = {spelt: speaker for speaker, spelt in tags.roles.items()} | dict(tags.other)
    if word and word not in known:
        field = f"{at}.{tags.role}"
        row.fault("unknown role", f"{field} is {short(word)}{did_you_mean(word, known)}", field)
    return known.get(word, "user")


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


def _rest(items: Sequence[Mapping[str, Any]], plain: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What of a turn's messages the turn does not say."""
    if list(items) == list(plain):
        return {}
    if len(items) > 1:
        return {hints.MANY: [dict(item) for item in items]}
    (item,) = items
    rest = {name: value for name, value in item.items() if (name, value) not in plain[0].items()}
    if len(plain) > 1 or {**plain[0], **rest} != item:
        return {hints.WHOLE: dict(item)}
    return {hints.WITH: rest}


def _plains(turns: Sequence[Turn], tags: Tags) -> list[list[dict[str, Any]]]:
    """The messages of each turn, where nothing else is known of it: mostly one."""
    made: list[list[dict[str, Any]]] = []
    for number, turn in enumerate(turns):
        loss = {"loss": turn.loss} if tags.loss and turn.loss is not None else {}
        plain = {tags.role: tags.roles[turn.role], tags.content: turn.content} | loss
        calling = None
        if tags.calls and turn.role == "function_call":
            calling = calls.message(turn.content, turn.said, number)
        before = made[-1][0] if made else {}
        if calling is not None:
            made.append([calling | loss])
        elif tags.calls and turn.role == "observation" and "tool_calls" in before:
            made.append(calls.results(turn.content, before))
        else:
            made.append([plain])
    return made


def write(conversation: Conversation, tags: Tags) -> dict[str, Any]:
    """Write a row; see `Format`."""
    told = hints.of(conversation)
    system, turns = system_of(conversation), list(conversation.turns)
    aside = bool(system) and told.get("system") == "column" and "system" not in conversation.extra
    if aside:
        turns.pop(0)
    kept = told.get(tags.name, {})
    row: dict[str, Any] = {tags.turns: []}
    for number, plain in enumerate(_plains(turns, tags)):
        row[tags.turns] += _items(plain, kept.get(str(number), {}))
    if aside:
        row["system"] = system
    elif _keeps_column(conversation):
        row["system"] = conversation.extra["system"]
    return _with_spelling(row | extras(conversation, tags.holds), turns, kept, tags)


def _items(plain: Sequence[Mapping[str, Any]], kept: Mapping[str, Any]) -> list[dict[str, Any]]:
    if hints.MANY in kept:
        return [dict(item) for item in kept[hints.MANY]]
    if hints.WHOLE in kept:
        return [dict(kept[hints.WHOLE])]
    first, *more = plain
    return [{**first, **kept.get(hints.WITH, {})}, *map(dict, more)]


def _with_spelling(
    row: dict[str, Any], turns: Sequence[Turn], kept: Mapping[str, Any], tags: Tags
) -> dict[str, Any]:
    """The row with how its calls were written, where reading them would write them otherwise."""
    spelt = {}
    for number, turn in enumerate(turns if tags.calls else ()):
        if turn.role == "function_call" and str(number) not in kept:
            calling = calls.message(turn.content, turn.said, number)
            if calling is not None and calls.taught(calling) != turn.content:
                spelt[str(number)] = turn.content
    told = hints.parse(row.get(hints.FIELD))
    return row | hints.dump(told | {"calls": spelt}) if spelt else row


def _keeps_column(conversation: Conversation) -> bool:
    """Whether a field `system` beside the turns would not be taken for one of them."""
    if "system" not in conversation.extra:
        return False
    return system_of(conversation) is not None or blank(conversation.extra["system"])


def loses(conversation: Conversation, tags: Tags) -> tuple[str, ...]:
    """Name what a row cannot hold; see `Format`."""
    carried = ("system",) if _keeps_column(conversation) else ()
    return losses(conversation, tags.holds, carried)


def talking(tags: Tags, means: str) -> Format:
    """The format that spells turns so; `means` are its fields in a few words."""
    return Format(
        tags.name,
        means,
        lambda fields: isinstance(fields.get(tags.turns), list),
        partial(read, tags=tags),
        partial(write, tags=tags),
        partial(loses, tags=tags),
    )
