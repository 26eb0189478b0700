"""A data file from one format or ending to another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.core import Finding
from harness.data.conversation import Conversation
from harness.data.formats import Faulty, Format, detect, find, hints
from harness.data.registration import may_register, register
from harness.data.special_tokens import special_tokens
from harness.errors import InputError
from harness.rows.files import (
    read_records,
    runnable,
    unheld,
    unwritable,
    write_records,
)
from harness.rows.record import Record
from harness.text.display import short

# So many findings of a rule are kept; the others are counted, so that memory does not grow.
KEPT = 100
# The `datasets` package, by which trainers read, takes jsonl in pieces of so many bytes. A field
# that the first of them lacks is an error there.
PIECE = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Lost:
    """A field that the target cannot hold: in how many rows, and where first."""

    field: str
    count: int
    where: str


@dataclass(frozen=True, slots=True)
class Converted:
    """What a conversion did.

    Args:
        source_format: name of the format that was read.
        target_format: name of the format that was written.
        read: rows of the source, faulty ones too.
        written: rows of the target.
        counts: how often each rule was broken.
        findings: the first hundred of each rule; `lost` marks a row that was left out.
        lost: what the target cannot hold, each with the place where that was first so.
        registered: the `dataset_info.json` that names the target now, if asked for.
    """

    source_format: str
    target_format: str
    read: int
    written: int
    counts: Mapping[str, int]
    findings: tuple[Finding, ...]
    lost: tuple[Lost, ...]
    registered: Path | None = None


@dataclass(slots=True)
class _Tally:
    """What is noticed on the way."""

    strict: bool
    itself: bool = False
    raw: bool = False
    read: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    lost: dict[str, Lost] = field(default_factory=dict)
    first: frozenset[str] = frozenset()
    late: dict[str, str] = field(default_factory=dict)

    def note(self, finding: Finding) -> None:
        """Keep a finding.

        Raises:
            InputError: a row is left out for it, and none may be.
        """
        if finding.lost and self.strict:
            raise InputError(f"{finding.where}: {finding.rule}: {finding.detail}{self._else}")
        self.counts[finding.rule] += 1
        if self.counts[finding.rule] <= KEPT:
            self.findings.append(finding)

    def broken(self, finding: Finding) -> None:
        """Keep a finding of the reader; a row that it leaves out was read too."""
        self.read += finding.lost
        self.note(finding)

    def name(self, row: Mapping[str, Any], where: str) -> None:
        """Remember which fields a written row has that the first has not."""
        self.first = self.first or frozenset(row)
        for name in row.keys() - self.first - self.late.keys():
            self.late[name] = where

    @property
    def _else(self) -> str:
        return "; the file itself is kept: name another target" if self.itself else ""

    def lose(self, name: str, where: str) -> None:
        """Count a field that the target cannot hold.

        Raises:
            InputError: the target is the source, where the field stands nowhere else.
        """
        if self.itself:
            raise InputError(f"{where}: {name} would be lost{self._else}")
        known = self.lost.get(name)
        count, first = (known.count + 1, known.where) if known else (1, where)
        self.lost[name] = Lost(name, count, first)


def convert(  # noqa: PLR0913 - each is an option of the command
    source: Path,
    target: Path,
    *,
    source_format: str | None = None,
    target_format: str | None = None,
    dataset: str | None = None,
    strict: bool = False,
    repair: bool = False,
    raw: bool = False,
) -> Converted:
    """Read every row of `source` and write it to `target`, one at a time.

    Args:
        source: a data file.
        target: the file to write; its ending says how. It may be the source itself, if nothing of
            that would be lost.
        source_format: name of the source's format; None: told from its first rows.
        target_format: name of the target's format; None: the source's.
        dataset: name to register the target under for LLaMA-Factory, beside it.
        strict: a faulty row is an error; else it is left out and reported.
        repair: mend rows that are nearly JSON, and report each.
        raw: write csv cells that a spreadsheet would run as they are, without an apostrophe.

    Raises:
        InputError: a file or format cannot be, no row can be read, or, if strict, one cannot.
        MissingDependency: a package that reads or writes such files is not installed.
        StoreError: the target cannot be written.
    """
    reads = find(source_format) if source_format is not None else detect(source, repair=repair)
    writes = find(target_format) if target_format is not None else reads
    known = {} if dataset is None else may_register(target.parent, dataset, target, writes.name)
    itself = target.exists() and source.exists() and target.samefile(source)
    tally = _Tally(strict or itself, itself, raw)
    records = read_records(source, found=tally.broken, repair=repair)
    written = write_records(target, _rows(records, target, (reads, writes), tally), raw=raw)
    _mind_late(target, tally)
    at = None
    if dataset is not None:
        at = register(target.parent, dataset, target, writes.name)
        _mind_entry(known.get(dataset), at, target, tally)
    return _told((reads, writes), written, tally, at)


def _told(
    formats: tuple[Format, Format], written: int, tally: _Tally, at: Path | None
) -> Converted:
    return Converted(
        source_format=formats[0].name,
        target_format=formats[1].name,
        read=tally.read,
        written=written,
        counts=dict(tally.counts),
        findings=tuple(tally.findings),
        lost=tuple(tally.lost.values()),
        registered=at,
    )


def _rows(
    records: Iterator[Record], target: Path, formats: tuple[Format, Format], tally: _Tally
) -> Iterator[dict[str, Any]]:
    """Yield the rows to write.

    Raises:
        InputError: there are none.
    """
    reads, writes = formats
    written = 0
    for record in records:
        tally.read += 1
        conversation = _read(reads, record, tally)
        if conversation is None:
            continue
        row = writes.write(conversation)
        problem = unwritable(target, row)
        if problem:
            tally.note(Finding("cannot be written", record.where, problem, lost=True))
            continue
        _tell(record, conversation, tally)
        for name in (*writes.loses(conversation), *unheld(target, row)):
            tally.lose(name, record.where)
        _tell_guarded(record, target, row, tally)
        written += 1
        tally.name(row, record.where)
        yield row
    if not written:
        first = next((f for f in tally.findings if f.lost), None)
        why = f"; the first: {first.where}: {first.rule}: {first.detail}" if first else ""
        raise InputError(f"no row could be converted to {target}{why}")


def _mind_entry(entry: object, info: Path, target: Path, tally: _Tally) -> None:
    """Tell of an entry of the name that stood for something else."""
    named = entry.get("file_name") if isinstance(entry, Mapping) else None
    if entry is not None and named != target.name:
        detail = f"its name stood for {short(entry if named is None else named)} before"
        tally.note(Finding("entry replaced", str(info), detail))


def _mind_late(target: Path, tally: _Tally) -> None:
    """Make a long jsonl file one that trainers read, as far as that is Podium's doing."""
    if target.suffix.lower() != ".jsonl" or target.stat().st_size <= PIECE:
        return
    for name, where in tally.late.items():
        detail = f"{name!r} is not in the first row; trainers may refuse the file: write .json"
        if name != hints.FIELD:
            tally.note(Finding("late field", where, detail))
    if hints.FIELD in tally.late:
        records = read_records(target)
        blank = {hints.FIELD: ""}
        rows = (dict(r.fields) | (blank if n == 0 else {}) for n, r in enumerate(records))
        write_records(target, rows)


def _read(reads: Format, record: Record, tally: _Tally) -> Conversation | None:
    try:
        return reads.read(record)
    except Faulty as error:
        for finding in error.findings:
            tally.note(finding)
        return None


def _tell_guarded(record: Record, target: Path, row: Mapping[str, Any], tally: _Tally) -> None:
    """Report the cells that get an apostrophe."""
    for name in () if tally.raw else runnable(target, row):
        detail = f"{name}: {short(row[name])} gets an apostrophe; --raw writes it as it is"
        tally.note(Finding("begins like a formula", record.where, detail))


def _tell(record: Record, conversation: Conversation, tally: _Tally) -> None:
    """Report what stays although it hardly can be meant."""
    for number, turn in enumerate(conversation.turns, start=1):
        if turn.role == "user" and not turn.content.strip():
            detail = f"turn {number} says {turn.content!r}"
            tally.note(Finding("empty question", record.where, detail))
    for _, detail in special_tokens(conversation):
        tally.note(Finding("special token", record.where, detail))
