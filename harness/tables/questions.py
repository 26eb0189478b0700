"""From a table and a suite file to a suite: programs give the answers, phrasings the words."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from harness.core import Domain, Gold, Message, Sample, Split, Suite
from harness.errors import InputError, did_you_mean
from harness.tables.definition import (
    FamilyDefinition,
    Match,
    ProgramDefinition,
    SuiteDefinition,
)
from harness.tables.program import Question, ask
from harness.tables.table import Row, Table, clock

Track = Literal["closed-book", "open-book"]


@dataclass(frozen=True, slots=True)
class Choices:
    """What a user chooses about a table suite.

    Args:
        families: which families to ask, all where empty.
        match: whether a filter on a list column means *contains* or *equals*.
        track: `closed-book` asks about every row in unseen phrasings; `open-book` puts rows in
            the prompt and asks about rows that training never saw.
        test_limit: most test questions a family, all where `None`.
        context_rows: rows in an open-book prompt.
        unseen_rows: share of rows kept for the open-book test.
        system: system turn before every question, none where empty.
        seed: draws test questions, rows and contexts.
    """

    families: tuple[str, ...] = ()
    match: Match = "contains"
    track: Track = "closed-book"
    test_limit: int | None = None
    context_rows: int = 12
    unseen_rows: float = 0.2
    system: str = ""
    seed: int = 0


def build_suite(definition: SuiteDefinition, table: Table, choices: Choices) -> Suite:
    """Ask every program of the chosen families over the table, in every phrasing.

    Raises:
        InputError: an unknown family, or a table over which no question can be asked.
    """
    families = _chosen(definition, choices.families)
    writer = _Writer(definition, table, choices)
    unseen = _unseen_rows(table, choices)
    train: list[Sample] = []
    test: list[Sample] = []
    for name, family in families.items():
        asked = [
            (p, q)
            for p in family.programs
            for q in ask(p.program(choices.match), table, choices.seed)
        ]
        train += [
            sample
            for program, question in asked
            if not unseen.intersection(question.rows)
            for sample in writer.phrase(name, program, question, "train")
        ]
        candidates = [
            sample
            for program, question in asked
            if not unseen or unseen.issuperset(question.rows)
            for sample in writer.phrase(name, program, question, "test")
        ]
        test += _limited(candidates, choices, name)
    if not test:
        raise InputError(
            f"{table.name}: no question of {', '.join(families)} can be asked over its "
            f"{len(table.rows)} rows"
        )
    titles = {name: family.title for name, family in families.items()}
    return Suite(
        definition.name, definition.version, titles, tuple(train), tuple(test),
        definition.profile.profile(), _domains(table),
    )  # fmt: skip


def _chosen(definition: SuiteDefinition, names: Sequence[str]) -> dict[str, FamilyDefinition]:
    for name in names:
        if name not in definition.families:
            known = did_you_mean(name, definition.families)
            raise InputError(f"suite {definition.name} has no family {name!r}{known}")
    return {n: f for n, f in definition.families.items() if not names or n in names}


def _unseen_rows(table: Table, choices: Choices) -> frozenset[str]:
    """Keys kept from training: none closed-book, for a row never taught cannot be known."""
    if choices.track == "closed-book":
        return frozenset()
    keys = [row.key for row in table.rows]
    count = max(1, round(len(keys) * choices.unseen_rows))
    return frozenset(random.Random(f"{choices.seed}:rows").sample(keys, count))  # noqa: S311


def _limited(samples: list[Sample], choices: Choices, family: str) -> list[Sample]:
    if choices.test_limit is None or len(samples) <= choices.test_limit:
        return samples
    draw = random.Random(f"{choices.seed}:test:{family}")  # noqa: S311
    picked = sorted(draw.sample(range(len(samples)), choices.test_limit))
    return [samples[i] for i in picked]


def _domains(table: Table) -> dict[str, Domain]:
    """For each text, list and key column, the values that an answer could take."""
    domains = {
        column.name: Domain(frozenset(map(str, table.values(column.name))), dict(column.aliases))
        for column in table.columns
        if column.kind in ("text", "list")
    }
    domains[table.key] = Domain(frozenset(row.key for row in table.rows))
    return domains


def say(gold: Gold, next_day: bool = False) -> str:
    """Word a gold answer as a terse speaker would."""
    if gold.kind == "none" or gold.value is None:
        return "无"
    if isinstance(gold.value, tuple):
        return "、".join(gold.value)
    if gold.kind == "time":
        return f"次日{gold.value}" if next_day else str(gold.value)
    if isinstance(gold.value, float):
        number = int(gold.value) if gold.value.is_integer() else gold.value
        return f"{number}分钟" if gold.kind == "duration" else str(number)
    return gold.value


@dataclass(frozen=True)
class _Writer:
    """Puts questions into words."""

    definition: SuiteDefinition
    table: Table
    choices: Choices

    def phrase(
        self, family: str, program: ProgramDefinition, question: Question, split: Split
    ) -> Iterator[Sample]:
        """One sample a phrasing of the split."""
        slots = self._slots(program, question)
        reference = program.reference.format(value=say(question.gold, question.next_day), **slots)
        for number, phrasing in enumerate(program.train if split == "train" else program.test):
            template = f"{program.id}/{split}-{number}"
            yield Sample(
                id=f"{template}/{question.cluster}",
                messages=tuple(self._messages(phrasing.format(**slots), question)),
                gold=question.gold,
                reference=reference,
                family=family,
                row=question.cluster,
                template=template,
                split=split,
                domain=question.domain,
            )

    def _slots(self, program: ProgramDefinition, question: Question) -> dict[str, str]:
        words = self.definition.words_for(self.choices.match)
        matched = program.matched_slots()
        return {
            slot: words.get(matched.get(slot, ""), "{value}").format(value=value)
            for slot, value in question.slots.items()
        }

    def _messages(self, text: str, question: Question) -> Iterator[Message]:
        if self.choices.system:
            yield Message("system", self.choices.system)
        if self.choices.track == "open-book":
            text = f"{self._context(question)}\n{text}"
        yield Message("user", text)

    def _context(self, question: Question) -> str:
        """The rows that the answer rests on among others, in table order, as text lines."""
        needed = set(question.rows)
        others = [row for row in self.table.rows if row.key not in needed]
        draw = random.Random(f"{self.choices.seed}:{question.program}:{question.cluster}")  # noqa: S311
        extra = max(0, min(len(others), self.choices.context_rows - len(needed)))
        shown = needed | {row.key for row in draw.sample(others, extra)}
        header = ",".join(column.name for column in self.table.columns)
        return "\n".join([header, *(self._line(r) for r in self.table.rows if r.key in shown)])

    def _line(self, row: Row) -> str:
        return ",".join(self._cell(row, column.name) for column in self.table.columns)

    def _cell(self, row: Row, column: str) -> str:
        cell = row[column]
        if cell is None:
            return ""
        if isinstance(cell, tuple):
            return "、".join(cell)
        is_time = self.table.column(column).kind == "time" and isinstance(cell, int)
        return clock(int(cell)) if is_time else str(cell)
