"""Way `reword`: programs give question and answer, the teacher puts both into other words."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.core import Sample
from harness.distill.request import (
    Numbered,
    Request,
    asked_line,
    ideal_reply,
    json_lines,
    prompt_sample,
    with_context,
)
from harness.models.json_reply import Item, said


class Reword(Numbered):
    """Several questions a request, each with its answer and the values that it must keep."""

    def requests(self, wanted: Mapping[str, int]) -> Iterator[Request]:
        """Requests of questions that have little to do with one another."""
        questions = self._candidates.read(self._candidates.draw(wanted))
        while batch := tuple(itertools.islice(questions, self._per_request)):
            items = [_item(number, sample) for number, (_, sample) in enumerate(batch, start=1)]
            prompt = self._prompt.substitute(items=json_lines(items))
            ideal = [{key: item[key] for key in ("id", "question", "answer")} for item in items]
            name = f"reword-{next(self._made)}"
            yield Request(prompt_sample(name, prompt, ideal_reply(ideal)), batch, len(batch))

    def worded(self, sample: Sample, item: Item) -> str:
        """The question in the teacher's words."""
        asked = " ".join(said(item.get("question")).split())
        return with_context(sample.question, asked) if asked else ""


def _item(number: int, sample: Sample) -> dict[str, Any]:
    keep: Sequence[str] = sample.named
    return {
        "id": number, "question": asked_line(sample.question), "answer": sample.reference,
        "keep": keep,
    }  # fmt: skip
