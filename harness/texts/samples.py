"""Conversations, as a file holds them, to samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from harness.core import Finding, Gold, Message, Role, Sample, Split
from harness.data.conversation import Conversation
from harness.errors import InputError

_ROLES = ("system", "user", "assistant")


@dataclass(frozen=True, slots=True)
class Item:
    """One record of a file. `conversation` is `None` where nothing can be taught from it."""

    where: str
    fields: Mapping[str, Any]
    conversation: Conversation | None


@dataclass(frozen=True, slots=True)
class Items:
    """All records of a file, in its order, and what was noticed in them."""

    items: tuple[Item, ...]
    findings: tuple[Finding, ...]


def read_items(path: Path, formats: tuple[str, ...]) -> Items:
    """Read a file of conversations in any of some formats, told apart by its first records.

    Args:
        path: the file.
        formats: names of `harness.data.formats` that the suite can use.

    Raises:
        InputError: it cannot be read, is empty, or is in another format.
    """
    from harness.data.formats import Faulty, detect
    from harness.data.records import read_records

    form = detect(path)
    if form.name not in formats:
        raise InputError(
            f"{path}: is in the format {form.name}, and this suite reads {', '.join(formats)}"
        )
    items: list[Item] = []
    findings: list[Finding] = []
    for record in read_records(path):
        try:
            conversation = form.read(record)
        except Faulty as fault:
            findings += fault.findings
            items.append(Item(record.where, record.fields, None))
        else:
            items.append(Item(record.where, record.fields, conversation))
    if not items:
        raise InputError(f"{path}: holds no record")
    return Items(tuple(items), tuple(findings))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sample belongs; see `harness.core.Sample`."""

    id: str
    family: str
    row: str
    split: Split


def to_sample(conversation: Conversation, place: Place, gold: tuple[str, ...] = ()) -> Sample:
    """A conversation as a sample: its last turn is the reference, the turns before it are asked.

    Args:
        conversation: ends in what the assistant says, with a user's turn before it.
        place: id, family, cluster and part.
        gold: all replies that would do; the reference alone where empty.

    Raises:
        ValueError: it does not end in an assistant's turn, asks nothing, or holds a tool's turn.
    """
    *asked, last = conversation.turns
    if last.role != "assistant" or not any(turn.role == "user" for turn in asked):
        raise ValueError("a sample asks something and ends in what the assistant says")
    if any(turn.role not in _ROLES for turn in asked):
        raise ValueError("a sample holds no turn of a tool")
    return Sample(
        id=place.id,
        messages=tuple(Message(cast("Role", turn.role), turn.content) for turn in asked),
        gold=Gold("free", gold if gold else last.content),
        reference=last.content,
        family=place.family,
        row=place.row,
        template=place.id,
        split=place.split,
    )
