"""Way `reword`: programs give question and answer, the teacher puts both into other words."""

from __future__ import annotations

import itertools
import string
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.core import Output, Sample
from harness.distill.candidates import Candidates
from harness.distill.request import (
    OfTheSuite,
    Proposal,
    Request,
    asked_line,
    ideal_reply,
    json_lines,
    matched,
    prompt_sample,
    with_context,
)
from harness.models.json_reply import said


class Reword(OfTheSuite):
    """Several questions a request, each with its answer and the values that it must keep.

    Args:
        candidates: the questions.
        prompt: what the teacher is told, with `$items`.
        per_request: most questions in one request.
    """

    def __init__(self, candidates: Candidates, prompt: string.Template, per_request: int) -> None:
        super().__init__(candidates)
        self._prompt = prompt
        self._per_request = per_request
        self._made = itertools.count()

    def requests(self, wanted: Mapping[str, int]) -> Iterator[Request]:
        """Requests of questions that have little to do with one another."""
        questions = self._candidates.read(self._candidates.draw(wanted))
        while batch := tuple(itertools.islice(questions, self._per_request)):
            items = [_item(number, sample) for number, (_, sample) in enumerate(batch, start=1)]
            prompt = self._prompt.substitute(items=json_lines(items))
            ideal = [{key: item[key] for key in ("id", "question", "answer")} for item in items]
            name = f"reword-{next(self._made)}"
            yield Request(prompt_sample(name, prompt, ideal_reply(ideal)), batch, len(batch))

    def read(self, request: Request, output: Output) -> Iterator[Proposal]:
        """One proposal a question, matched by its number."""
        found = matched(request, output)
        for number, (place, sample) in enumerate(request.items, start=1):
            item = found[number]
            if isinstance(item, tuple):
                yield Proposal(place, sample, refused=item)
            else:
                asked = " ".join(said(item.get("question")).split())
                question = with_context(sample.question, asked) if asked else ""
                yield Proposal(place, sample, question, said(item.get("answer")))


def _item(number: int, sample: Sample) -> dict[str, Any]:
    keep: Sequence[str] = sample.named
    return {
        "id": number, "question": asked_line(sample.question), "answer": sample.reference,
        "keep": keep,
    }  # fmt: skip
