"""Distilling over texts: a teacher answers the suite's own questions, and the suite judges it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from harness.core import Output, Refusal, Sample
from harness.curate.decontaminate import Leaks
from harness.distill.request import OfTheSuite, Proposal, Request, is_thought, no_reply, unread
from harness.distill.verify.verifier import DUPLICATE, NO_QUESTION, TEST_PHRASING
from harness.store.codec import read_samples
from harness.text.digest_set import Seen, digest
from harness.text.normalize import answer_part, fold

NO_ANSWER = "no answer"

# Why a suite would not teach an answer.
Accept = Callable[[Sample, str, str], Refusal | None]


class TextVerifier:
    """Judges proposed rows one after the other, and remembers those that it accepted.

    Args:
        held_out: the test conversations.
        accept: what the suite says to an answer that is not its own.
    """

    def __init__(self, held_out: Leaks, accept: Accept | None) -> None:
        self._held_out = held_out
        self._accept = accept
        self._said = Seen()

    def judge(self, sample: Sample, question: str, answer: str) -> Refusal | None:
        """Why a row cannot be taught, or `None` once it is accepted."""
        if not fold(question):
            return Refusal(NO_QUESTION)
        if not fold(answer):
            return Refusal(NO_ANSWER)
        if answer != sample.reference and self._accept is not None:
            refused = self._accept(sample, question, answer)
            if refused is not None:
                return refused
        turn = replace(sample.messages[-1], content=question)
        asked = replace(sample, messages=(*sample.messages[:-1], turn))
        if (leak := self._held_out.leak(asked)) is not None:
            return Refusal(TEST_PHRASING, leak)
        row = "\n\0".join((*(fold(turn.content) for turn in asked.messages), fold(answer)))
        return None if self._said.add(digest(row)) else Refusal(DUPLICATE)


class TextAnswer(OfTheSuite):
    """Way `answer` over texts: each question as it is, one a request."""

    def requests(self, wanted: Mapping[str, int]) -> Iterator[Request]:
        """One request a question."""
        for place, sample in self._candidates.read(self._candidates.draw(wanted)):
            yield Request(sample, ((place, sample),))

    def read(self, request: Request, output: Output) -> Iterator[Proposal]:
        """The question with what the teacher answers, thinking left out."""
        ((place, sample),) = request.items
        refused = None
        answer = answer_part(output.text).strip()
        if output.error is not None:
            refused = no_reply(output.error)
        elif output.finish_reason == "length" or is_thought(output):
            refused = unread(output)
        yield Proposal(place, sample, sample.question, answer, refused)


def answered(train: Path) -> Callable[[str], str | None]:
    """A grouping for `Candidates` that leaves out rows whose answer nobody knows."""
    unknown = {sample.row for sample in read_samples(train) if not sample.reference}
    return lambda row: None if row in unknown else row
