"""Questions that one run has right and the other has not, with both answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports.answers import gold_text

if TYPE_CHECKING:
    from harness.core import Sample
    from reports.runs import Answer, Run

RIGHT = 0.5  # from here on an answer counts as right, and a recipe where half of its seeds are


@dataclass(frozen=True, slots=True)
class Said:
    """One side of a flip: the answer, its correctness, and what the checker found in it."""

    text: str
    correct: float
    found: str
    cut_off: bool
    tokens: int | None
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Flip:
    """A question that only one of two runs has right.

    `won` tells whether it is the second that has it. Texts are as they were; of recipes with
    several seeds those of the first seed.
    """

    id: str
    family: str
    question: str
    gold: str
    reference: str
    won: bool
    first: Said
    second: Said

    def as_json(self) -> dict[str, Any]:
        """For scripts, every text whole."""
        return {
            "id": self.id, "family": self.family, "question": self.question, "gold": self.gold,
            "reference": self.reference, "won": self.won, "first": _as_json(self.first),
            "second": _as_json(self.second),
        }  # fmt: skip


def _as_json(said: Said) -> dict[str, Any]:
    return {
        "text": said.text, "correct": said.correct, "found": said.found, "cut_off": said.cut_off,
        "tokens": said.tokens, "seconds": said.seconds,
    }  # fmt: skip


def rights(run: Run, ids: Sequence[str]) -> list[bool]:
    """Which of some questions, all of them judged, a run has right."""
    return [_correct(run.answers[name]) >= RIGHT for name in ids]


def judged(first: Run, second: Run) -> list[str]:
    """The questions that both runs have a judgement of, in order."""
    return [
        name
        for name, answer in first.answers.items()
        if _is_judged(answer) and _is_judged(second.answers[name])
    ]


def flips(first: Run, second: Run, samples: Mapping[str, Sample]) -> Iterator[Flip]:
    """The questions that flip: those lost first, then those won, each in the order of the test."""
    ids = judged(first, second)
    pairs = zip(ids, rights(first, ids), rights(second, ids), strict=True)
    odd = [(won, name) for name, was, won in pairs if was != won]
    for won, name in sorted(odd, key=lambda one: one[0]):
        sample = samples.get(name)
        yield Flip(
            id=name,
            family="" if sample is None else sample.family,
            question="" if sample is None else sample.question,
            gold="" if sample is None else gold_text(sample.gold),
            reference="" if sample is None else sample.reference,
            won=won,
            first=_said(first.answers[name]),
            second=_said(second.answers[name]),
        )


def _said(answer: Answer) -> Said:
    return Said(
        text=answer.error or answer.text,
        correct=_correct(answer),
        found=answer.note,
        cut_off=answer.finish_reason == "length",
        tokens=answer.output_tokens,
        seconds=answer.e2e_s,
    )


def _is_judged(answer: Answer) -> bool:
    return answer.unparsed or answer.correct is not None


def _correct(answer: Answer) -> float:
    """An answer that the rules cannot read counts 0."""
    return 0.0 if answer.unparsed or answer.correct is None else answer.correct
