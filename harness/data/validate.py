"""Everything that is wrong with a data file, before a trainer finds out, or does not.

A row is looked at in up to four ways: whether it can be read at all, whether it is an example of
its format, what the trainer that it is meant for would do with it, and whether it is like the rest
of its file. Memory is two digests a row, and what is wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.core import Finding
from harness.data.bar import watching
from harness.data.conversation import Conversation
from harness.data.drift import Drift
from harness.data.formats import Faulty, Format, detect, find
from harness.data.repeats import Counts, Repeats
from harness.data.special_tokens import special_tokens
from harness.data.trainers.lookup import Trainer, trainer_for
from harness.errors import InputError
from harness.rows.fault import HARMS, Fault, Harm
from harness.rows.faults import ENCODING, INVALID
from harness.rows.files import read_records
from harness.rows.record import Record

# What Podium reads all the same, and a trainer's loader does not.
_STOPS = {"repaired", "bare turns", ENCODING, INVALID}
_HARMFUL: tuple[Harm, ...] = ("fails", "lost", "wrong")


@dataclass(frozen=True, slots=True)
class Question:
    """What to check.

    Args:
        path: the data file.
        format: its format's name; `None`: told from its first rows.
        trainer: the name of the trainer that it is meant for, if one is.
        max_length: tokens that a row may have there; `None`: the trainer's default.
        repair: read rows that are nearly JSON as what they were meant to be.
        keep: how many faults of each harm are kept; `None`: all.
    """

    path: Path
    format: str | None = None
    trainer: str | None = None
    max_length: int | None = None
    repair: bool = False
    keep: int | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found.

    Args:
        path: the data file.
        format: its format's name; `None` where it has none that is known.
        trainer: whose traps were looked for.
        rows: those that could be read.
        faults: the worst harm first, each harm in the order of the file.
        counts: how many faults there are, by harm and rule, those not kept included.
        repeats: what the file says twice.
    """

    path: Path
    format: str | None
    trainer: str | None
    rows: int
    faults: tuple[Fault, ...]
    counts: Mapping[tuple[Harm, str], int]
    repeats: Counts

    @property
    def fine(self) -> bool:
        """Whether no row would be lost or trained wrongly."""
        return not any(harm in _HARMFUL for harm, _ in self.counts)

    def as_json(self) -> dict[str, Any]:
        """All that was found, for scripts."""
        by_harm: dict[str, dict[str, int]] = {}
        for (harm, rule), count in self.counts.items():
            by_harm.setdefault(harm, {})[rule] = count
        return {
            "path": str(self.path),
            "format": self.format,
            "trainer": self.trainer,
            "rows": self.rows,
            "fine": self.fine,
            "counts": by_harm,
            "repeats": self.repeats.as_json(),
            "faults": [fault.as_json() for fault in self.faults],
        }


@dataclass(slots=True)
class _Kept:
    """Faults by harm, up to a number of each."""

    most: int | None
    counts: Counter[tuple[Harm, str]] = field(default_factory=Counter)
    faults: dict[Harm, list[Fault]] = field(default_factory=lambda: {harm: [] for harm in HARMS})

    def add(self, fault: Fault) -> None:
        self.counts[fault.harm, fault.rule] += 1
        if self.most is None or len(self.faults[fault.harm]) < self.most:
            self.faults[fault.harm].append(fault)

    def in_order(self) -> tuple[Fault, ...]:
        return tuple(fault for harm in HARMS for fault in self.faults[harm])


def validate(question: Question) -> Checked:
    """Check a data file.

    Raises:
        InputError: it cannot be read at all, or looks like no format and no trainer is named.
    """
    form = _format(question)
    checks = _Checks(question, form)
    kept, rows = _Kept(question.keep), 0
    broken: list[Finding] = []
    records = read_records(question.path, found=broken.append, repair=question.repair)
    with watching("checking", question.path) as shown:
        for record in records:
            rows += 1
            checks.unread(broken, kept)
            for fault in checks.row(record):
                kept.add(fault)
            shown.advance()
    checks.unread(broken, kept)
    for fault in checks.end():
        kept.add(fault)
    return Checked(
        question.path, None if form is None else form.name, question.trainer, rows,
        kept.in_order(), kept.counts, checks.repeats.counts(),
    )  # fmt: skip


def _format(question: Question) -> Format | None:
    if question.format is not None:
        return find(question.format)
    try:
        return detect(question.path, repair=question.repair)
    except InputError:
        if question.trainer is None or not question.path.is_file():
            raise
        return None  # the trainer has the last word: it may read what Podium does not


class _Checks:
    """All that is looked for in one file."""

    def __init__(self, question: Question, form: Format | None) -> None:
        self._form = form
        self._trainer: Trainer | None = None
        if question.trainer is not None:
            self._trainer = trainer_for(question.trainer, question.path, question.max_length)
        self._drift = Drift()
        self.repeats = Repeats()

    def unread(self, broken: list[Finding], kept: _Kept) -> None:
        """Take what was told of rows that cannot be read; a trainer stops at the first."""
        for finding in broken:
            stops = finding.rule in _STOPS or finding.lost
            harm: Harm = "lost" if finding.lost else "note"
            if stops and self._trainer is not None:
                harm = "fails"
            elif finding.rule in (ENCODING, INVALID) and not finding.lost:
                harm = "fails"  # every reader but Podium's stops there
            kept.add(_fault(finding, harm))
        broken.clear()

    def row(self, record: Record) -> Iterator[Fault]:
        """Yield what is wrong with a row."""
        found = [] if self._trainer is None else list(self._trainer.look(record))
        yield from found
        if self._form is None:
            return
        told = any(fault.harm in _HARMFUL for fault in found)
        try:
            conversation = self._form.read(record)
        except Faulty as faulty:
            if not told:
                # Where a trainer is named it has the last word on what is lost.
                harm: Harm = "lost" if self._trainer is None else "note"
                yield from (_fault(finding, harm) for finding in faulty.findings)
            return
        if not told:
            yield from _empty(record, conversation)
        yield from _special(record, conversation)
        self.repeats.add(record.where, conversation)
        roles = [turn.role for turn in conversation.turns if turn.role != "system"]
        if roles == ["user", "assistant"]:
            asked, reply = conversation.turns[-2:]
            self._drift.add(record.where, asked.content, reply.content)

    def end(self) -> Iterator[Fault]:
        """Yield what is wrong with the file as a whole."""
        if self._trainer is not None:
            yield from self._trainer.end()
        for finding in (*self._drift.findings(), *self.repeats.findings()):
            yield _fault(finding, "note")


def _empty(record: Record, conversation: Conversation) -> Iterator[Fault]:
    """A question that says nothing teaches to answer nothing."""
    asked = [turn.content for turn in conversation.turns if turn.role == "user"]
    if asked and not any(text.strip() for text in asked):
        detail = "the user says nothing: an answer to nothing is taught"
        yield Fault("empty question", record.where, "", detail, "wrong")


def _special(record: Record, conversation: Conversation) -> Iterator[Fault]:
    """An answer with a special token teaches to stop, or to speak as somebody else."""
    for role, detail in special_tokens(conversation):
        harm: Harm = "wrong" if role == "assistant" else "note"
        why = "a tokenizer takes it for the token, not for the text"
        yield Fault("special token", record.where, "", f"{detail}: {why}", harm)


def _fault(finding: Finding, harm: Harm) -> Fault:
    return Fault(finding.rule, finding.where, finding.field, finding.detail, harm)
