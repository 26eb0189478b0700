"""Conversations, as a file holds them, to samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from harness.core import Finding, Gold, Message, Role, Sample, Split
from harness.data.conversation import Conversation, Turn
from harness.errors import InputError

Fields = Mapping[str, Any]
_ROLES = ("system", "user", "assistant")


@dataclass(frozen=True, slots=True)
class Item:
    """One record of a file. `conversation` is `None` where it cannot be asked or taught."""

    where: str
    fields: Fields
    conversation: Conversation | None


@dataclass(frozen=True, slots=True)
class Items:
    """All records of a file, in its order, and why some of them are left out."""

    items: tuple[Item, ...]
    findings: tuple[Finding, ...]


def read_items(
    path: Path, formats: tuple[str, ...], mend: Callable[[Fields], Fields] = dict
) -> Items:
    """Read a file of conversations in any of some formats, told apart by its first records.

    Args:
        path: the file.
        formats: names of `harness.data.formats` that the suite can use.
        mend: what is made of a record's fields before they are read.

    Raises:
        InputError: it cannot be read, holds no record, or is in another format.
    """
    from harness.data.formats import Faulty, detect
    from harness.rows.files import Record, read_records

    form = detect(path)
    if form.name not in formats:
        raise InputError(
            f"{path}: is in the format {form.name}, and this suite reads {', '.join(formats)}"
        )
    items: list[Item] = []
    findings: list[Finding] = []
    for raw in read_records(path, found=findings.append):
        record = Record(raw.where, mend(raw.fields))
        try:
            conversation = form.read(record)
            unfit = list(_unfit(record.where, conversation))
        except Faulty as fault:
            unfit = fault.findings
        findings += unfit
        items.append(Item(record.where, record.fields, None if unfit else conversation))
    if not items:
        raise InputError(f"{path}: holds no record")
    return Items(tuple(items), tuple(findings))


def _unfit(where: str, conversation: Conversation) -> Iterator[Finding]:
    """Why a conversation is no question with its answer, where it is none."""
    *asked, last = conversation.turns or (None,)
    if last is None or last.role != "assistant" or not last.content.strip():
        yield Finding("no answer", where, "does not end in an answer", lost=True)
    elif not asked or asked[-1].role != "user" or not asked[-1].content.strip():
        yield Finding("no question", where, "nothing is asked before the answer", lost=True)
    elif any(turn.role not in _ROLES for turn in asked):
        yield Finding("tools", where, "holds a turn of a tool", lost=True)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sample belongs; see `harness.core.Sample`."""

    id: str
    family: str
    row: str
    split: Split


def to_sample(conversation: Conversation, place: Place) -> Sample:
    """A conversation as a sample: its last turn is the answer, the turns before it are asked.

    Args:
        conversation: one that `read_items` let through.
        place: id, family, cluster and part.
    """
    *asked, last = conversation.turns
    return Sample(
        id=place.id,
        messages=tuple(Message(cast("Role", turn.role), turn.content) for turn in asked),
        gold=Gold("free", last.content),
        reference=last.content,
        family=place.family,
        row=place.row,
        template=place.id,
        split=place.split,
    )


def to_conversation(sample: Sample) -> Conversation:
    """A sample as an example to learn: what is asked, and its reference."""
    asked = (Turn(message.role, message.content) for message in sample.messages)
    return Conversation((*asked, Turn("assistant", sample.reference)))
