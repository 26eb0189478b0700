"""Rows to samples: one user turn where an answer is written, candidates where they are scored."""

from __future__ import annotations

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
    """The training conversations of one file.

    Each row is dealt to one of the families, those of a label evenly, so that every family is
    taught the same shares of labels as the file has.
    """
    dealt: dict[str, int] = {}
    for row in rows:
        number = dealt.get(row.label, 0)
        dealt[row.label] = number + 1
        place = Place(
            f"{way.family('train')}-{row.place}", families[number % len(families)], "train"
        )
        yield _lesson(way, row, place)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sample belongs; see `harness.core.Sample`."""

    id: str
    family: str
    split: Split


def _sample(way: Way, row: Row, place: Place) -> Sample:
    letter = way.letters[row.label]
    shown = row.label if way.mode == "gen" else next(iter(way.frames))
    return _made(way, row, place, shown, letter)


def _lesson(way: Way, row: Row, place: Place) -> Sample:
    """Where candidates are scored the right one is taught, in its own frame."""
    letter = way.letters[row.label]
    answer = letter if way.mode == "gen" else way.frames[row.label].answer
    return _made(way, row, place, row.label, answer)


def _made(way: Way, row: Row, place: Place, shown: str, reference: str) -> Sample:
    """A sample that shows the question as the frame of one label has it."""
    return Sample(
        id=place.id,
        messages=_messages(way, row, shown),
        gold=Gold("choice", way.letters[row.label]),
        reference=reference,
        family=place.family,
        row=f"{way.task}:{row.sentence1}",
        template=way.template,
        split=place.split,
        candidates=_candidates(way, row) if _scored(way, place) else (),
    )


def _scored(way: Way, place: Place) -> bool:
    return way.mode == "ppl" and place.split == "test"


def _messages(way: Way, row: Row, label: str) -> tuple[Message, ...]:
    if way.mode == "gen":
        words = TASKS[way.task].question
        return (Message("user", fill(words, row.sentence1, row.sentence2)),)
    return _turns(way.frames[label], row)


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
