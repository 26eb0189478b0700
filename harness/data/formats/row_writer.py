"""What the writers of the formats share: exchanges, fields beside them, and what is lost."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from harness.data.conversation import Conversation, Turn
from harness.data.formats import hints
from harness.data.formats.row_reader import blank

Exchange = tuple[Turn, Turn]
BESIDE = ("system", "history")


@dataclass(frozen=True, slots=True)
class Holds:
    """What a row of a format can say.

    Args:
        system: a system text.
        history: more than one exchange.
        tools: that a turn is a tool's, or a call of one.
        said: what is said beside a call.
        loss: whether a reply is trained on.
        extra: fields that it knows nothing of.
        names: the fields that are its own.
        hints: the hints that its own fields say.
        empty_system: a system text without a character.
    """

    names: Collection[str]
    system: bool = False
    history: bool = False
    tools: bool = False
    said: bool = False
    loss: bool = False
    extra: bool = False
    hints: Collection[str] = ()
    empty_system: bool = False


def system_of(conversation: Conversation) -> str | None:
    """The system text, or None where there is none."""
    first = conversation.turns[0]
    return first.content if first.role == "system" else None


def exchanges(conversation: Conversation) -> list[Exchange]:
    """Questions with their replies, in order.

    Raises:
        ValueError: they do not come in pairs.
    """
    turns = [turn for turn in conversation.turns if turn.role != "system"]
    return list(zip(turns[::2], turns[1::2], strict=True))


def extras(conversation: Conversation, holds: Holds) -> dict[str, Any]:
    """The fields beside the turns that a row of such a format can carry."""
    if not holds.extra:
        return {}
    hidden = {hints.FIELD, *holds.names}
    kept = {name: value for name, value in conversation.extra.items() if name not in hidden}
    return kept | hints.dump(hints.without(hints.of(conversation), holds.hints))


def beside(conversation: Conversation) -> dict[str, Any]:
    """`system` and `history` of a row, as the Alpaca family has them, where there are any."""
    *earlier, _ = exchanges(conversation)
    said = {
        "system": system_of(conversation),
        "history": [[asked.content, reply.content] for asked, reply in earlier],
    }
    filled = {name: value for name, value in said.items() if value}
    return filled | silent(conversation, BESIDE)


def silent(conversation: Conversation, names: Collection[str]) -> dict[str, Any]:
    """Those of a row's own fields that were there and said nothing, unless they say something."""
    said = {"system": bool(system_of(conversation)), "history": len(exchanges(conversation)) > 1}
    extra = conversation.extra
    return {n: extra[n] for n in names if n in extra and blank(extra[n]) and not said[n]}


def losses(
    conversation: Conversation, holds: Holds, carried: Collection[str] = ()
) -> tuple[str, ...]:
    """Name what a row cannot say; `carried` are fields of its own that it takes from `extra`."""
    return tuple(dict.fromkeys(_losses(conversation, holds, carried)))


def _losses(conversation: Conversation, holds: Holds, carried: Collection[str]) -> Iterator[str]:
    system, roles = system_of(conversation), [turn.role for turn in conversation.turns]
    if system and not holds.system:
        yield "system"
    if system == "" and not holds.empty_system:
        yield "system (empty)"
    if not holds.history and len(exchanges(conversation)) > 1:
        yield "history"
    if not holds.tools:
        yield from (role for role in ("observation", "function_call") if role in roles)
    if not holds.said and any(turn.said for turn in conversation.turns):
        yield "content (beside tool_calls)"
    told = [turn.loss for turn in conversation.turns if turn.loss is not None]
    if told and not holds.loss:
        yield "loss (true)" if all(told) else "loss"
    for name, value in conversation.extra.items():
        taken = name in holds.names if holds.extra else True
        if taken and name != hints.FIELD and name not in carried:
            yield f"{name} (empty)" if blank(value) else name
    if not holds.extra:
        left = hints.without(hints.of(conversation), holds.hints)
        yield from (name for name in hints.lost(left))
