"""From a table and a suite file to a suite: programs give the answers, phrasings the words."""

from __future__ import annotations

import csv
import dataclasses
import io
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from harness.core import Domain, Gold, Message, Sample, Suite, Wordings
from harness.errors import InputError, did_you_mean
from harness.tables.definition import (
    FamilyDefinition,
    Match,
    ProgramDefinition,
    SuiteDefinition,
)
from harness.tables.programs import Question, ask, few
from harness.tables.table import NAMED, Row, Table
from harness.tables.units import scale_of
from harness.tables.wordings import wording_findings
from harness.tables.words import (
    Language,
    cell_words,
    duration_words,
    list_words,
    next_day_words,
    none_words,
    number_words,
)

log = logging.getLogger("podium")
Track = Literal["closed-book", "open-book"]
Phrasings = Literal["train", "test", "report"]


@dataclass(frozen=True, slots=True)
class Choices:
    """What a user chooses about a table suite.

    Args:
        families: which families to ask, all where empty.
        match: whether a filter on a list column means *contains* or *equals*.
        track: `closed-book` asks about every row in unseen phrasings; `open-book` puts rows in
            the prompt and asks about rows that training never saw, in unseen phrasings too.
        wordings: the phrasings that are asked: `test`, those to develop on, or `report`, those kept
            for the number that is shown.
        test_limit: most test questions a family, all where `None`.
        context_rows: rows in an open-book prompt; more where the answer rests on more.
        unseen_rows: share of rows kept for the open-book test.
        system: system turn before every question, none where empty.
        seed: draws test questions, rows and contexts.
    """

    families: tuple[str, ...] = ()
    match: Match = "contains"
    track: Track = "closed-book"
    wordings: Wordings = "report"
    test_limit: int | None = None
    context_rows: int = 12
    unseen_rows: float = 0.2
    system: str = ""
    seed: int = 0


def choice_problems(choices: Choices, definition: SuiteDefinition) -> Iterator[str]:
    """What is wrong with choices, each as `option: what`."""
    for name in choices.families:
        if name not in definition.families:
            known = did_you_mean(name, definition.families)
            yield f"families: suite {definition.name} has no family {name!r}{known}"
    if choices.test_limit is not None and choices.test_limit < 1:
        yield f"test_limit: must be at least 1, not {choices.test_limit}"
    if choices.context_rows < 1:
        yield f"context_rows: must be at least 1, not {choices.context_rows}"
    if not 0 < choices.unseen_rows < 1:
        yield f"unseen_rows: must lie between 0 and 1, not {choices.unseen_rows:g}"


def build_suite(definition: SuiteDefinition, table: Table, choices: Choices) -> Suite:
    """Ask every program of the chosen families over the table, in every phrasing.

    A family of which the table can be asked nothing is left out. The phrasings that are not asked
    this time are held out from training as well.

    Raises:
        InputError: a choice is wrong, or the table, or a family chosen by name, can be asked
            nothing.
    """
    for problem in choice_problems(choices, definition):
        raise InputError(problem)
    taught, tested = _tables(table, choices)
    train: list[Sample] = []
    tests: dict[Wordings, list[Sample]] = {"test": [], "report": []}
    titles: dict[str, str] = {}
    for name, family in definition.families.items():
        if choices.families and name not in choices.families:
            continue
        train += _Writer(definition, taught, choices).samples(name, family, ["train"])["train"]
        asked = _Writer(definition, tested, choices).samples(name, family, ["test", "report"])
        if asked[choices.wordings]:
            titles[name] = family.title
        elif choices.families:
            raise InputError(f"{table.name}: no question of the family {name} can be asked over it")
        else:
            log.warning("%s: family %s left out: nothing to ask about these rows", table.name, name)
        seed = f"{choices.seed}:{name}"
        for wordings in tests:
            drawn = few(asked[wordings], choices.test_limit, lambda sample: sample.id, seed)
            tests[wordings] += drawn
    if not tests[choices.wordings]:
        raise InputError(f"{table.name}: no question can be asked over its rows")
    findings = tuple(wording_findings(definition, choices.families, choices.wordings))
    return Suite(
        definition.name, definition.version, titles, tuple(train), tuple(tests[choices.wordings]),
        definition.profile.profile(), _domains(table, definition), findings,
        # A finding says that what is asked was, or will be, in view while one develops.
        wordings="test" if findings else choices.wordings, held_out=_held_out(tests),
        table=table, frames=definition.frames, probe=_probe(tests),
    )  # fmt: skip


def _probe(tests: Mapping[Wordings, Sequence[Sample]]) -> tuple[Sample, ...]:
    """Questions to judge a model by while it is trained, in wordings to develop on alone.

    A program that has one set of phrasings is asked in it for the number that is shown, too: what
    a checkpoint is chosen by must not be among them.
    """
    reported = {sample.id for sample in tests["report"]}
    return tuple(sample for sample in tests["test"] if sample.id not in reported)


def _held_out(tests: Mapping[Wordings, Sequence[Sample]]) -> tuple[Sample, ...]:
    """The questions in all wordings; none where both sets are the same, which the test holds."""
    held = {sample.id: sample for samples in tests.values() for sample in samples}
    return () if len(held) == len(tests["test"]) == len(tests["report"]) else tuple(held.values())


def _tables(table: Table, choices: Choices) -> tuple[Table, Table]:
    """The rows that training sees and those that the test asks about.

    Closed-book they are the same: a row never taught cannot be known. Open-book they share no row,
    and an answer rests on those of its side alone, for the prompt shows no others.
    """
    if choices.track == "closed-book":
        return table, table
    if len(table.rows) < 2:
        raise InputError(f"{table.name}: the open-book track needs at least two rows")
    count = min(max(1, round(len(table.rows) * choices.unseen_rows)), len(table.rows) - 1)
    unseen = {
        row.key for row in few(table.rows, count, lambda row: row.key, f"{choices.seed}:rows")
    }
    sides = (
        tuple(row for row in table.rows if (row.key in unseen) is is_unseen)
        for is_unseen in (False, True)
    )
    taught, tested = (dataclasses.replace(table, rows=rows) for rows in sides)
    return taught, tested


def _domains(table: Table, definition: SuiteDefinition) -> dict[str, Domain]:
    """For each column of names or dates, and the key, the values that an answer could take.

    Raises:
        InputError: a synonym is a value of its column, and would be two answers at once.
    """
    domains = {
        column.name: Domain(frozenset(map(str, table.values(column.name))), dict(column.aliases))
        for column in table.columns
        if column.kind in NAMED
    }
    domains[table.key] = Domain(frozenset(row.key for row in table.rows))
    for name, values in definition.synonyms.items():
        domain = domains[name]
        aliases = {other: value for value, others in values.items() for other in others}
        clash = next((other for other in aliases if other in domain.values), None)
        if clash is not None:
            raise InputError(f"{table.name}: synonyms.{name}: {clash!r} is a value of the column")
        domains[name] = Domain(domain.values, {**domain.aliases, **aliases})
    return domains


def say(gold: Gold, next_day: bool = False, language: Language = "zh", unit: str = "") -> str:
    """Word a gold answer as a terse speaker would.

    Args:
        gold: the answer.
        next_day: whether a time fell past midnight.
        language: of the words.
        unit: of a number.
    """
    if gold.value is None:
        return none_words(language)
    if isinstance(gold.value, tuple):
        return list_words(gold.value, language) or none_words(language)
    if gold.kind == "time":
        clock = str(gold.value)
        return next_day_words(clock, language) if next_day else clock
    if isinstance(gold.value, float):
        if gold.kind == "duration":
            return duration_words(gold.value, language, unit)
        return number_words(round(gold.value / scale_of(unit), 9), unit)
    return gold.value


@dataclass(frozen=True)
class _Writer:
    """Puts questions about one side's rows into words."""

    definition: SuiteDefinition
    table: Table
    choices: Choices

    def samples(
        self, name: str, family: FamilyDefinition, sets: Sequence[Phrasings]
    ) -> dict[Phrasings, list[Sample]]:
        """Every question of a family in every phrasing, set by set."""
        found: dict[Phrasings, list[Sample]] = {which: [] for which in sets}
        for program in family.programs:
            asked = program.program(self.choices.match, self.definition.language)
            for question in ask(asked, self.table, self.choices.seed):
                for which in sets:
                    found[which] += self._phrase(name, program, question, which)
        return found

    def _phrase(
        self, family: str, program: ProgramDefinition, question: Question, which: Phrasings
    ) -> Iterator[Sample]:
        slots = self._slots(program, question)
        value = say(question.gold, question.next_day, self.definition.language, question.unit)
        reference = program.reference.format(value=value, **slots)
        context = self._context(question) if self.choices.track == "open-book" else ""
        set_, phrasings = ("train", program.train) if which == "train" else program.asked(which)
        for number, phrasing in enumerate(phrasings):
            template = f"{program.id}/{set_}-{number}"
            yield Sample(
                id=f"{template}/{question.cluster}",
                messages=tuple(self._messages(context + phrasing.format(**slots))),
                gold=question.gold,
                reference=reference,
                family=family,
                row=question.cluster,
                template=template,
                split="train" if which == "train" else "test",
                domain=question.domain,
                named=tuple(question.slots.values()),
            )

    def _slots(self, program: ProgramDefinition, question: Question) -> dict[str, str]:
        words = self.definition.words_for(self.choices.match)
        matched = program.matched_slots()
        return {
            slot: words.get(matched.get(slot, ""), "{value}").format(value=value)
            for slot, value in question.slots.items()
        }

    def _messages(self, text: str) -> Iterator[Message]:
        if self.choices.system:
            yield Message("system", self.choices.system)
        yield Message("user", text)

    def _context(self, question: Question) -> str:
        """The rows that the answer rests on among others, in table order, as csv."""
        needed = set(question.rows)
        others = [row for row in self.table.rows if row.key not in needed]
        room = max(0, self.choices.context_rows - len(needed))
        seed = f"{self.choices.seed}:{question.program}:{question.cluster}"
        shown = needed | {row.key for row in few(others, room, lambda row: row.key, seed)}
        lines = [[column.name for column in self.table.columns]]
        lines += [self._line(row) for row in self.table.rows if row.key in shown]
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(lines)
        return text.getvalue()

    def _line(self, row: Row) -> list[str]:
        language = self.definition.language
        return [cell_words(column, row[column.name], language) for column in self.table.columns]
