"""What a way of distilling is: it makes requests, and reads what comes back as proposed rows."""

from __future__ import annotations

import itertools
import json
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from harness.core import Gold, Message, Output, Refusal, Sample
from harness.distill.candidates import Candidates
from harness.models.json_reply import Item, by_id, is_yaml, read_items, said, without_thinking
from harness.models.no_answer import ADVICE, THOUGHT, reason_of
from harness.tables.conditions import words_of
from harness.tables.table import Row, Table

NO_REPLY = "no reply"
UNREADABLE = "reply is not JSON"
YAML = "reply is YAML, not JSON"
EMPTY = "reply is empty"
CUT_OFF = "reply was cut off"
NO_ITEM = "reply leaves the question out"
TWICE = "reply answers the question twice"


@dataclass(frozen=True, slots=True)
class Request:
    """One call of the teacher: what is sent, and the questions that it is about, from 1.

    `size` is how many rows it could bring.
    """

    sample: Sample
    items: tuple[tuple[int, Sample], ...]
    size: int = 1


@dataclass(frozen=True, slots=True)
class Proposal:
    """A row that a reply proposes, or why it proposes none for a question.

    `place` is where the question stands among the candidates, -1 where it is none of them.
    """

    place: int
    sample: Sample
    question: str = ""
    answer: str = ""
    refused: Refusal | None = None


class Way(Protocol):
    """One way of distilling."""

    @property
    def there(self) -> Mapping[str, int]:
        """How many rows each family could give."""
        ...

    @property
    def left(self) -> Mapping[str, int]:
        """How many questions of each family can still be asked."""
        ...

    def requests(self, wanted: Mapping[str, int]) -> Iterator[Request]:
        """Requests that could give so many rows of each family; none once nothing is left."""
        ...

    def read(self, request: Request, output: Output) -> Iterator[Proposal]:
        """What a reply proposes: one proposal for each question of the request at least."""
        ...

    def hand_back(self, proposal: Proposal) -> None:
        """The proposal was rejected: its question may be asked for again."""
        ...


class OfTheSuite:
    """What the ways share that work on the suite's own questions.

    Args:
        candidates: the questions.
    """

    def __init__(self, candidates: Candidates) -> None:
        self._candidates = candidates

    @property
    def there(self) -> Mapping[str, int]:
        """How many questions each family has."""
        return self._candidates.families

    @property
    def left(self) -> Mapping[str, int]:
        """How many can still be asked."""
        return self._candidates.left

    def hand_back(self, proposal: Proposal) -> None:
        """Its question may be asked again."""
        self._candidates.hand_back(proposal.place, proposal.sample)


class Numbered(OfTheSuite):
    """What the ways share that put several questions into a request, each by a number.

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

    def read(self, request: Request, output: Output) -> Iterator[Proposal]:
        """One proposal a question, matched by its number."""
        found = matched(request, output)
        for number, (place, sample) in enumerate(request.items, start=1):
            item = found[number]
            if isinstance(item, Refusal):
                yield Proposal(place, sample, refused=item)
            else:
                yield Proposal(place, sample, self.worded(sample, item), said(item.get("answer")))

    def worded(self, sample: Sample, item: Item) -> str:  # noqa: ARG002 - for ways that reword
        """The question as a row words it: the suite's own."""
        return sample.question


def asked_line(question: str) -> str:
    """The line of a question that asks; open-book rows stand above it."""
    return question.rpartition("\n")[2]


def with_context(question: str, asked: str) -> str:
    """Another wording of a question under the same rows."""
    above, line_end, _ = question.rpartition("\n")
    return f"{above}{line_end}{asked}"


def prompt_sample(name: str, prompt: str, ideal: str) -> Sample:
    """A request as a sample that any model can be given; `ideal` is what a perfect one replies."""
    return Sample(
        id=name, messages=(Message("user", prompt),), gold=Gold("text", ideal), reference=ideal,
        family="distill", row=name, template="distill/train-0", split="train",
    )  # fmt: skip


def json_lines(items: Iterable[Mapping[str, Any]]) -> str:
    """Objects as JSON, one a line, readable."""
    return "\n".join(json.dumps(item, ensure_ascii=False) for item in items)


def ideal_reply(items: Sequence[Mapping[str, Any]]) -> str:
    """The reply of a perfect teacher."""
    return "[\n" + ",\n".join(json.dumps(item, ensure_ascii=False) for item in items) + "\n]"


def row_object(table: Table, row: Row) -> dict[str, str | None]:
    """A row as a teacher is shown it: cells as a person writes them, `None` where one is empty."""
    cells = ((column.name, row[column.name]) for column in table.columns)
    return {name: None if cell is None else words_of(table, name, cell) for name, cell in cells}


def no_reply(error: str) -> Refusal:
    """Why there is no reply."""
    return reason_of(error) or Refusal(NO_REPLY, error)


def unread(output: Output) -> Refusal:
    """Why nothing can be read of a reply."""
    if is_thought(output):
        return Refusal(THOUGHT, ADVICE[THOUGHT])
    if output.finish_reason == "length":
        return Refusal(CUT_OFF)
    if not output.text.strip():
        return Refusal(EMPTY)
    return Refusal(YAML if is_yaml(without_thinking(output.text) or "") else UNREADABLE)


def is_thought(output: Output) -> bool:
    """Whether a reply is thinking that never ended, or after which nothing came."""
    body = without_thinking(output.text)
    return body is None or (not body.strip() and bool(output.text.strip()))


def matched(request: Request, output: Output) -> dict[int, Item | Refusal]:
    """For each number of a request its item of the reply, or the reason why there is none."""
    numbers = range(1, len(request.items) + 1)
    if output.error is not None:
        return dict.fromkeys(numbers, no_reply(output.error))
    items = read_items(output.text)
    cut = output.finish_reason == "length"
    if items is None:
        return dict.fromkeys(numbers, unread(output))
    # What stands last in a reply that hit its limit is most likely half of what was meant.
    found = by_id(items[:-1] if cut else items)
    return {number: _one(found.get(number, []), cut) for number in numbers}


def _one(items: Sequence[Item], cut: bool) -> Item | Refusal:
    if not items:
        return Refusal(CUT_OFF if cut else NO_ITEM)
    return items[0] if len(items) == 1 else Refusal(TWICE)
