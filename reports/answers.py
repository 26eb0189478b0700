"""The answers, question by question, ready to be shown side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from reports.strings import Note
from reports.text import DASH, cut, one_line, seconds, visible

if TYPE_CHECKING:
    from harness.core import Gold, Sample
    from reports.board import Entry, Leaderboard
    from reports.runs import Answer

ENTRIES = 12  # shown side by side
_ANSWER = 4000  # characters of one answer that a page shows
_CONTEXT = 1500  # the same for what stood before the question
_FOUND = 200  # characters of what was found in it
_WHOLE = "; the whole is in predictions.jsonl"

# One letter a status: what the page's script filters by, and the sign that people see.
LETTERS = {"right": "r", "partial": "p", "wrong": "w", "unparsed": "u", "failed": "f"}
SIGNS = {"r": "✓", "p": "◐", "w": "✗", "u": "?", "f": "!"}


@dataclass(frozen=True, slots=True)
class Reply:
    """One entry's answer as text: who, what sign, and the numbers beside it."""

    place: int
    name: str
    letter: str
    text: str
    why: str
    found: str
    cut_off: bool
    seconds: str
    tokens: str

    @property
    def said(self) -> str | Note:
        """The answer, or why there is none."""
        if self.letter == "f":
            return Note("no_answer", {"why": self.text})
        return self.text if self.text.strip() else Note("said_nothing")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with the right answer and every entry's reply.

    `letters` is the status of each entry in the order of the board.
    """

    id: str
    family: str
    question: str
    context: str
    gold: str
    reference: str
    letters: str
    replies: tuple[Reply, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """The questions, and the entries whose replies are shown.

    `alone`: they are a page of their own; `beside`: its file and size, where they are not here.
    """

    letters: ClassVar = LETTERS
    signs: ClassVar = SIGNS

    asked: tuple[Asked, ...]
    entries: tuple[Entry, ...]
    alone: bool = False
    beside: tuple[str, str] | None = None


def view(board: Leaderboard) -> Answers:
    """The answers of a board for a page that holds them itself."""
    return Answers(tuple(asked(board)), board.entries[:ENTRIES])


def asked(board: Leaderboard) -> Iterator[Asked]:
    """Yield the questions in the order of the suite, as far as the run folders hold them."""
    entries = board.entries[:ENTRIES]
    for sample in board.samples.values():
        if sample.id in board.first.run.answers:
            replies = tuple(_reply(entry, entry.run.answers[sample.id]) for entry in entries)
            yield _asked(sample, replies)


def _asked(sample: Sample, replies: tuple[Reply, ...]) -> Asked:
    return Asked(
        id=sample.id,
        family=sample.family,
        question=visible(sample.question),
        context=_context(sample),
        gold=visible(gold_text(sample.gold)),
        reference=visible(sample.reference),
        letters="".join(reply.letter for reply in replies),
        replies=replies,
    )


def _context(sample: Sample) -> str:
    """What the model was given before the last question, such as the rows of the table."""
    turns = [f"{turn.role}: {turn.content}" for turn in sample.messages[:-1]]
    return visible(cut("\n\n".join(turns), _CONTEXT, ""))


def _reply(entry: Entry, answer: Answer) -> Reply:
    text = answer.error if answer.error else answer.text
    return Reply(
        place=entry.place,
        name=entry.label,
        letter=LETTERS[answer.status],
        text=visible(cut(text, _ANSWER, _WHOLE)),
        why="" if answer.status == "right" else visible(answer.note),
        found="" if answer.status == "right" else _found(answer),
        cut_off=answer.finish_reason == "length",
        seconds=seconds(answer.e2e_s),
        tokens=DASH if answer.output_tokens is None else f"{answer.output_tokens:,} tok",
    )


def _found(answer: Answer) -> str:
    return one_line(cut("、".join(answer.found), _FOUND, ""))


def gold_text(gold: Gold) -> str:
    """The right answer as one would write it; `∅` where the answer is that there is none."""
    if gold.kind == "none" or gold.value is None:
        return "∅"
    if isinstance(gold.value, tuple):
        return "、".join(gold.value)
    if isinstance(gold.value, str):
        return gold.value
    return f"{gold.value:g} min" if gold.kind == "duration" else f"{gold.value:,.10g}"
