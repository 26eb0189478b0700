"""Way `ask`: the teacher invents questions over some rows, in a form that is run as a program."""

from __future__ import annotations

import hashlib
import itertools
import random
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.config.sections import Distill
from harness.core import Message, Output, Refusal, Sample
from harness.distill.request import (
    CUT_OFF,
    UNREADABLE,
    Proposal,
    Request,
    ideal_reply,
    json_lines,
    no_reply,
    prompt_sample,
    row_object,
    unread,
)
from harness.distill.ways.perfect_teacher import ideal_forms
from harness.models.json_reply import Item, read_items, said
from harness.tables.form_families import family_of, op_words, possible
from harness.tables.forms import FormError, Ran, run_form
from harness.tables.operations import gold_of
from harness.tables.questions import say
from harness.tables.table import Row, Table

# Rows next to each other have something in common to ask about; few enough to be read with care.
WINDOW = 4
_EXAMPLES = 3


class Ask:
    """Windows of rows a request; a family is named after the operation.

    Args:
        section: how many samples, how many a request, how often.
        table: what the forms run over.
        prompt: what the teacher is op_words, with `$rows` and more.
        taught: the suite's own training questions, which tell what it asks of which column.
    """

    def __init__(
        self, section: Distill, table: Table, prompt: string.Template, taught: Iterable[Sample]
    ) -> None:
        self._section = section
        self._table = table
        self._prompt = prompt
        learned = learn(table, taught)
        self._programs = learned.programs
        self._families = possible(table, learned.families)
        self._made = itertools.count()
        samples = section.samples or 0
        self._most = section.attempts * (2 * -(-samples // section.per_request) + 4)
        self._windows = _windows(table, section.seed)
        self._left = self._most
        self._asked_before = False

    @property
    def there(self) -> Mapping[str, int]:
        """As many of each family as the requests could bring; no table says how many there are."""
        return dict.fromkeys(self._families, self._most * self._section.per_request)

    @property
    def left(self) -> Mapping[str, int]:
        """As many as the requests that are left could bring."""
        return dict.fromkeys(self._families, self._left * self._section.per_request)

    def requests(self, wanted: Mapping[str, int]) -> Iterator[Request]:
        """Requests that could give so many rows of the wanted families."""
        per_request = self._section.per_request
        families = [family for family in self._families if family in wanted]
        if self._asked_before and not self._section.quotas:
            # What is lacking may be all that there is: others come after it now.
            families += [family for family in self._families if family not in families]
        self._asked_before = True
        lacking = sum(wanted.values())
        while lacking > 0 and self._left > 0:
            self._left -= 1
            count = min(per_request, lacking)
            lacking -= count
            yield self._request(next(self._windows), count, families)

    def _request(self, rows: Sequence[Row], count: int, families: Sequence[str]) -> Request:
        prompt = self._prompt.safe_substitute(
            table=self._table.name,
            columns=json_lines(self._column(column.name) for column in self._table.columns),
            rows=json_lines(row_object(self._table, row) for row in rows),
            count=count,
            ops="、".join(op_words(family) for family in families),
        )
        turn = next(self._made)
        ideal = ideal_reply(ideal_forms(self._table, rows, families, count, turn))
        return Request(prompt_sample(f"ask-{turn}", prompt, ideal), (), count)

    def _column(self, name: str) -> dict[str, Any]:
        column = self._table.column(name)
        shown = [row_object(self._table, row)[name] for row in self._table.rows]
        examples = list(dict.fromkeys(value for value in shown if value is not None))
        return {"column": name, "kind": column.kind, "examples": examples[:_EXAMPLES]}

    def read(self, request: Request, output: Output) -> Iterator[Proposal]:
        """One proposal a question that the reply invents."""
        items, reason = _items(output)
        if not items:
            yield Proposal(-1, request.sample, refused=reason or Refusal(UNREADABLE))
        for item in items:
            yield self._proposal(item, request.sample)

    def _proposal(self, item: Item, request: Sample) -> Proposal:
        question, answer = " ".join(said(item.get("question")).split()), said(item.get("answer"))
        try:
            ran = run_form(item, self._table)
        except FormError as error:
            refused = Refusal(error.reason, error.detail)
            return Proposal(-1, request, question, answer, refused)
        return Proposal(-1, self._sample(ran, question), question, answer)

    def _sample(self, ran: Ran, question: str) -> Sample:
        asked = f"{ran.row} {ran.op} {ran.columns} {question}".encode("utf-8", "surrogatepass")
        digest = hashlib.sha256(asked).hexdigest()[:16]
        program = self._programs.get((ran.op, ran.columns), f"ask.{ran.op}")
        return Sample(
            id=f"ask/{digest}", messages=(Message("user", ran.plain),), gold=ran.gold,
            reference=say(ran.gold), family=family_of(ran), row=ran.row,
            template=f"{program}/ask", split="train", domain=ran.domain, named=ran.named,
        )  # fmt: skip

    def hand_back(self, proposal: Proposal) -> None:
        """The next request invents others."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What a suite's own questions tell: its families, and which program asks for a column."""

    families: frozenset[str]
    programs: Mapping[tuple[str, tuple[str, ...]], str]


def learn(table: Table, taught: Iterable[Sample]) -> Learned:
    """Learn from the suite's training questions.

    The program that asks for a column is the one whose every answer stands in it, so an invented
    question can be held against the wordings of that program.
    """
    names = [column.name for column in table.columns if column.name not in table.keys]
    fitting: dict[tuple[str, str], set[str]] = {}
    families: set[str] = set()
    rows = {row.key: row for row in table.rows}
    for sample in taught:
        families.add(sample.family)
        row = rows.get(sample.row)
        if row is None:
            continue
        op = "missing" if sample.gold.kind == "none" else "lookup"
        program = sample.template.partition("/")[0]
        known = fitting.setdefault((op, program), set(names))
        known -= {name for name in known if gold_of(table, name, row[name]) != sample.gold}
    programs: dict[tuple[str, tuple[str, ...]], str] = {
        (op, (next(iter(columns)),)): program
        for (op, program), columns in fitting.items()
        if len(columns) == 1
    }
    return Learned(frozenset(families), programs)


def _items(output: Output) -> tuple[list[Item], Refusal | None]:
    if output.error is not None:
        return [], no_reply(output.error)
    cut = output.finish_reason == "length"
    items = read_items(output.text)
    if items is None:
        return [], unread(output)
    kept = items[:-1] if cut else items
    return kept, None if kept else Refusal(CUT_OFF)


def _windows(table: Table, seed: int) -> Iterator[list[Row]]:
    """Neighbouring rows, each window once before any comes again."""
    starts = list(range(max(1, len(table.rows) - WINDOW + 1)))
    draw = random.Random(seed)
    while True:
        draw.shuffle(starts)
        for start in starts:
            yield list(table.rows[start : start + WINDOW])
