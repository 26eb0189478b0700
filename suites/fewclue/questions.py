"""Rows to samples: one user turn where an answer is written, candidates where they are scored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.core import Candidate, Gold, Message, Sample, Split
from suites.fewclue.files import Part, Row
from suites.fewclue.prompts import (
    LAYOUTS,
    TASKS,
    Frame,
    LayoutName,
    Mode,
    Task,
    Turns,
    digest,
    fill,
)


@dataclass(frozen=True, slots=True)
class Way:
    """How the rows of a task are asked. `layout` and `turns` count where candidates are scored."""

    task: Task
    mode: Mode
    layout: LayoutName
    turns: Turns = "chat"

    def family(self, part: Part) -> str:
        """`bustm-dev`, or `bustm-dev-ppl` where candidates are scored."""
        return f"{self.task}-{part}" + ("-ppl" if self.mode == "ppl" else "")

    @property
    def template(self) -> str:
        """What all questions that share a wording have in common."""
        return f"{self.task}-{self.mode}"

    @property
    def letters(self) -> Mapping[str, str]:
        """The letter of each label, in the order of the options."""
        return TASKS[self.task].letters

    @property
    def version(self) -> str:
        """The version that OpenCompass prints beside a data set that is asked so."""
        return digest(TASKS[self.task] if self.mode == "gen" else LAYOUTS[self.layout])[:6]

    @property
    def frames(self) -> Mapping[str, Frame]:
        """The layout's frames by label."""
        return LAYOUTS[self.layout].frames


def ask(way: Way, part: Part, rows: Sequence[Row]) -> Iterator[Sample]:
    """The test questions of one file."""
    family = way.family(part)
    for row in rows:
        yield _sample(way, row, Place(f"{family}-{row.place}", family, "test"))


def teach(way: Way, families: Sequence[str], rows: Sequence[Row]) -> Iterator[Sample]:
    """The training conversations of one file: whatever is asked, the letter is what is taught.

    Each row is dealt to one of the families, those of a label evenly, so that every family is
    taught the same shares of labels as the file has.
    """
    dealt: Counter[str] = Counter()
    for row in rows:
        family = families[dealt[row.label] % len(families)]
        dealt[row.label] += 1
        yield _sample(way, row, Place(f"{way.family('train')}-{row.place}", family, "train"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sample belongs; see `harness.core.Sample`."""

    id: str
    family: str
    split: Split


def _sample(way: Way, row: Row, place: Place) -> Sample:
    letter = way.letters[row.label]
    return Sample(
        id=place.id,
        messages=_messages(way, row),
        gold=Gold("choice", letter),
        reference=letter,
        family=place.family,
        row=f"{way.task}:{row.sentence1}",
        template="",  # the prompt is part of the benchmark, no draw from many wordings
        split=place.split,
        candidates=_candidates(way, row) if way.mode == "ppl" else (),
    )


def _messages(way: Way, row: Row) -> tuple[Message, ...]:
    """What is asked; where candidates are scored, as the first of them has it."""
    if way.mode == "ppl":
        return _turns(next(iter(way.frames.values())), row)
    question = fill(TASKS[way.task].question, row.sentence1, row.sentence2)
    return (Message("user", question),)


def _turns(frame: Frame, row: Row) -> tuple[Message, ...]:
    asked = Message("user", fill(frame.asked, row.sentence1, row.sentence2))
    return (Message("system", frame.system), asked) if frame.system else (asked,)


def _candidates(way: Way, row: Row) -> tuple[Candidate, ...]:
    letters = way.letters
    return tuple(
        _candidate(letters[label], frame, row, way.turns) for label, frame in way.frames.items()
    )


def _candidate(letter: str, frame: Frame, row: Row, turns: Turns) -> Candidate:
    messages = (*_turns(frame, row), Message("assistant", frame.answer))
    if frame.plain:
        return Candidate(letter, text="".join(message.content for message in messages))
    if turns == "lines":
        return Candidate(letter, text="\n".join(message.content for message in messages))
    return Candidate(letter, messages)
