"""What a data set holds, in numbers, read once.

Lengths are counted exactly and kept as a count by length; n-grams as digests. What a file can hold
too many different ones of, such as system texts, is named up to a bound and counted beyond it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from harness.core import Finding
from harness.data.bar import watching
from harness.data.conversation import Conversation, Turn
from harness.data.formats import FORMATS, Faulty, detect, find
from harness.data.question_key import question_of
from harness.data.repeats import Counts, Repeats
from harness.rows.files import read_records
from harness.rows.record import Record
from harness.text.digest_set import digest
from harness.text.language import language_of
from harness.text.tokens import tokenize

# What a row may say of itself, by the names that the formats have for it.
_LABELS = ("style", "task_type", "domain", "answer_from")
_MOST_NAMED = 1000
_TELLING = 200  # characters of a question or reply that tell its language
_NONE = "none"


@dataclass(frozen=True, slots=True)
class Lengths:
    """Characters of one field over the rows: p95 is the least that 95% of them do not exceed."""

    rows: int
    minimum: int
    median: float
    p95: int
    maximum: int
    total: int


@dataclass(frozen=True, slots=True)
class Stats:
    """What a data set holds.

    Args:
        path: of the file.
        format: its format's name.
        rows: that were read as examples.
        unread: rows that were not: broken, or no example of the format.
        formats: rows by the format that they look like, alone.
        turns: rows by how many turns they have, without a system text.
        lengths: characters by field: system, question, reply.
        languages: rows by the language that their questions and replies begin in.
        labels: by name, such as style or task_type: rows by value.
        systems: rows by system text, the most frequent first; `none` where there is none.
        system_texts: how many different ones.
        empty: rows by field of the file that says nothing there.
        distinct_1: different words of the replies, as a share of all their words.
        distinct_2: the same of pairs of words; a word is a Chinese character or a Latin word.
        repeats: what the file says twice.
        findings: what is wrong with the rows that were not read.
    """

    path: Path
    format: str
    rows: int
    unread: int
    formats: Mapping[str, int]
    turns: Mapping[int, int]
    lengths: Mapping[str, Lengths]
    languages: Mapping[str, int]
    labels: Mapping[str, Mapping[str, int]]
    systems: Mapping[str, int]
    system_texts: int
    empty: Mapping[str, int]
    distinct_1: float | None
    distinct_2: float | None
    repeats: Counts
    findings: tuple[Finding, ...]

    def as_json(self) -> dict[str, Any]:
        """All of it, for scripts."""
        return {**asdict(self), "path": str(self.path)}


class _Grams:
    """Different n-grams among all n-grams of many texts, read one by one."""

    def __init__(self, n: int) -> None:
        self._n = n
        self._all = 0
        self._seen: set[int] = set()

    def add(self, tokens: list[str]) -> None:
        self._all += max(0, len(tokens) - self._n + 1)
        self._seen.update(map(hash, zip(*(tokens[i:] for i in range(self._n)), strict=False)))

    def share(self) -> float | None:
        return len(self._seen) / self._all if self._all else None


class _Tally:
    """Counts that grow row by row."""

    def __init__(self) -> None:
        self.formats: Counter[str] = Counter()
        self.turns: Counter[int] = Counter()
        self.characters: dict[str, Counter[int]] = {}
        self.languages: Counter[str] = Counter()
        self.labels: dict[str, Counter[str]] = {}
        self.systems: Counter[str] = Counter()
        self.empty: Counter[str] = Counter()
        self.grams = _Grams(1), _Grams(2)
        self.repeats = Repeats()
        self.faulty: list[list[Finding]] = []
        self._system_digests: set[int] = set()

    def row(self, record: Record) -> None:
        """Count what stands in a row, example or not."""
        fitting = (form.name for form in FORMATS.values() if form.fits(record.fields))
        self.formats[next(fitting, "unknown")] += 1
        self.empty.update(name for name, value in record.fields.items() if value in (None, "", []))

    def example(self, record: Record, conversation: Conversation) -> None:
        """Count what an example says."""
        turns = conversation.turns
        self.turns[sum(turn.role != "system" for turn in turns)] += 1
        question, replies = question_of(turns), _said(turns, "assistant")
        system = _said(turns, "system")
        for name, text in (("system", system), ("question", question), ("reply", replies)):
            if text or name != "system":
                self.characters.setdefault(name, Counter())[len(text)] += 1
        self.languages[language_of(f"{question[:_TELLING]}\n{replies[:_TELLING]}")] += 1
        for name in _LABELS:
            for value in _values(conversation.extra.get(name)):
                _count(self.labels.setdefault(name, Counter()), value)
        self._system_digests.update([digest(system)] if system else [])
        _count(self.systems, system or _NONE)
        tokens = tokenize(replies)
        for grams in self.grams:
            grams.add(tokens)
        self.repeats.add(record.where, conversation)

    @property
    def system_texts(self) -> int:
        """How many different ones."""
        return len(self._system_digests)


def measure(path: Path, format: str | None = None) -> Stats:  # noqa: A002 - the option's name
    """Read a data file and count what is in it.

    Args:
        path: the file.
        format: its format's name; `None`: told from its first rows.

    Raises:
        InputError: it cannot be read, or looks like no format.
    """
    form = detect(path) if format is None else find(format)
    tally = _Tally()
    broken: list[Finding] = []
    with watching("counting", path) as shown:
        for record in read_records(path, found=broken.append):
            tally.row(record)
            try:
                tally.example(record, form.read(record))
            except Faulty as faulty:
                tally.faulty.append(faulty.findings)
            shown.advance()
    return _stats(path, form.name, tally, broken)


def _stats(path: Path, form: str, tally: _Tally, broken: list[Finding]) -> Stats:
    faults = (finding for findings in tally.faulty for finding in findings)
    return Stats(
        path=path,
        format=form,
        rows=tally.turns.total(),
        unread=len(tally.faulty) + sum(finding.lost for finding in broken),
        formats=dict(tally.formats.most_common()),
        turns=dict(sorted(tally.turns.items())),
        lengths={name: _lengths(counted) for name, counted in tally.characters.items()},
        languages=dict(tally.languages.most_common()),
        labels={name: dict(counted.most_common()) for name, counted in tally.labels.items()},
        systems=dict(tally.systems.most_common()),
        system_texts=tally.system_texts,
        empty=dict(tally.empty.most_common()),
        distinct_1=tally.grams[0].share(),
        distinct_2=tally.grams[1].share(),
        repeats=tally.repeats.counts(),
        findings=(*broken, *faults),
    )


def _said(turns: tuple[Turn, ...], role: str) -> str:
    return "\n".join(turn.content for turn in turns if turn.role == role)


def _values(label: object) -> Iterator[str]:
    """The values of a label: a text, a list of them, or lists by level."""
    if isinstance(label, str) and label:
        yield label
    elif isinstance(label, Mapping):
        for level, inner in label.items():
            yield from (f"{level}: {value}" for value in _values(inner))
    elif isinstance(label, list):
        for item in label:
            yield from _values(item)


def _count(counter: Counter[str], value: str) -> None:
    """Count a value by name, or among the rest where there are too many names."""
    counter[value if value in counter or len(counter) < _MOST_NAMED else "…"] += 1


def _lengths(counted: Counter[int]) -> Lengths:
    rows = counted.total()
    return Lengths(
        rows,
        min(counted),
        (_at(counted, (rows - 1) // 2) + _at(counted, rows // 2)) / 2,
        _at(counted, -(-95 * rows // 100) - 1),
        max(counted),
        sum(length * count for length, count in counted.items()),
    )


def _at(counted: Counter[int], place: int) -> int:
    """The length at a place in order, from 0."""
    passed = 0
    for length in sorted(counted):
        passed += counted[length]
        if passed > place:
            return length
    raise IndexError(place)
