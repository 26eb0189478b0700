"""What is accepted: rows whose question still asks the same and whose answer is the program's."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from harness.checker.check import Verdict, check
from harness.core import Domain, Refusal, Sample
from harness.curate.decontaminate import HeldOut, open_held_out, program_of
from harness.distill.request import asked_line
from harness.distill.verify.answer import NOT_PLAIN as ANSWER_NOT_PLAIN
from harness.distill.verify.answer import OTHER_ROW, Answered, Values, answer_problem
from harness.distill.verify.intent import Meanings, Wording, without_named
from harness.distill.verify.question import ADDS, DRIFTS, Keys, without_values, wording_problem
from harness.distill.verify.question import NOT_PLAIN as QUESTION_NOT_PLAIN
from harness.store.codec import read_held_out, read_samples, suite_from
from harness.store.files import read_json
from harness.tables.codec import table_from
from harness.tables.table import Table
from harness.text.digest_set import Seen, digest
from harness.text.normalize import fold, prepare

DUPLICATE = "question asked before"
CONTRADICTION = "question asked before, with another answer"
TEST_PHRASING = "question is a test phrasing"
NO_QUESTION = "no question"
ANOTHER_SET = "answer lists another set"
# Nobody asks, or answers, at such a length; what does is not worth the time that judging it takes.
_LONGEST = 2000


class Judges(Protocol):
    """Says of each proposed row whether it may be taught, and remembers those that may."""

    def judge(self, sample: Sample, question: str, answer: str) -> Refusal | None:
        """Why a row cannot be taught, or `None` once it is accepted."""
        ...


@dataclass
class Verifier:
    """Judges proposed rows one after the other, and remembers the questions that it accepted.

    Args:
        domains: what values can be, by column.
        held_out: the test phrasings.
        meanings: what each program's questions sound like.
        keys: the keys of the table's rows; empty where there is no table.
        columns: what its columns are called, as a sentence says it.
    """

    domains: Mapping[str, Domain]
    held_out: HeldOut
    meanings: Meanings
    keys: Collection[str] = ()
    columns: Sequence[str] = ()
    _asked: Seen = field(default_factory=Seen)
    _golds: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        self._keys = Keys(self.keys)
        self._values = Values(self.domains)
        # A question whose answer is rows, or a number of them, does not ask for a column.
        self._asks = {
            name: re.compile(
                f"哪[个几些]?{re.escape(name)}(?!.?最)"
                f"|{re.escape(name)}[是在为]?(?:什么|哪(?![些几])|多少|谁)"
            )
            for name in self.columns
        }

    def judge(self, sample: Sample, question: str, answer: str) -> Refusal | None:
        """Why a row cannot be taught, or `None` once it is accepted.

        Args:
            sample: the question as the suite words it, with its gold answer.
            question: how the row words it.
            answer: what the row answers.
        """
        problem = _too_long(sample, question, answer)
        if problem is None and not fold(question):
            return Refusal(NO_QUESTION)
        problem = problem or self._wording(sample, question)
        problem = problem or self._answer(sample, question, answer)
        return problem or self._against_others(sample, question)

    def _wording(self, sample: Sample, question: str) -> Refusal | None:
        if question == sample.question:
            return None
        before, question = asked_line(sample.question), asked_line(question)
        if problem := wording_problem(before, question, sample.named):
            return problem
        if others := self._keys.others(question, sample.named):
            return Refusal(DRIFTS, others[0])
        if added := self._values.added((before, *sample.named), question):
            return Refusal(ADDS, added)
        drifts, detail = self._drifts(sample, question)
        return Refusal(DRIFTS, detail) if drifts else None

    def _drifts(self, sample: Sample, question: str) -> tuple[bool, str]:
        """Whether a question asks for something else than the program does, and a word of it."""
        program = program_of(sample.template)
        if sample.row in sample.named:
            return self.meanings.strays(program, without_named(question, sample.named)), ""
        words = without_values(prepare(question), sample.named)
        taught = self.meanings.vocabulary(program)
        for name, asks in self._asks.items():
            if asks.search(words) and not asks.search(taught):
                return True, name
        return self.meanings.differs(program, without_named(question, sample.named)), ""

    def _answer(self, sample: Sample, question: str, answer: str) -> Refusal | None:
        domain = self.domains.get(sample.domain, Domain())
        # What is not there may be called as the suite calls it.
        known = f"{question} {sample.reference}" if sample.gold.kind == "none" else question
        verdict = check(answer, sample.gold, known, domain)
        if verdict.value != 1.0:
            return _unlike(verdict)
        if answer == sample.reference:
            return None
        others = self._keys.others(answer, (*sample.named, *self._own_words(sample)))
        strange = [key for key in others if key not in prepare(sample.reference)]
        if strange:
            return Refusal(OTHER_ROW, strange[0])
        vocabulary = self.meanings.vocabulary(program_of(sample.template))
        said = Answered(sample, question, answer, domain, vocabulary, self.columns)
        return answer_problem(said, self._values)

    def _against_others(self, sample: Sample, question: str) -> Refusal | None:
        near = self.held_out.near(question, sample.named, program_of(sample.template))
        if near is not None:
            return Refusal(TEST_PHRASING, near)
        # One byte of the gold answer tells a repetition from a contradiction well enough: both
        # are rejected.
        gold = digest(f"{sample.gold.kind} {sample.gold.value}") % 256
        place = self._asked.number(digest(fold(question)))
        if place < len(self._golds):
            return Refusal(DUPLICATE if self._golds[place] == gold else CONTRADICTION)
        self._golds.append(gold)
        return None

    @staticmethod
    def _own_words(sample: Sample) -> tuple[str, ...]:
        """What a question's own answer may name: the gold, and what the suite says besides."""
        value = sample.gold.value
        gold = value if isinstance(value, tuple) else (str(value),)
        return (*gold, sample.row)


def _too_long(sample: Sample, question: str, answer: str) -> Refusal | None:
    """Why a row is not even judged: its own words go on for ever."""
    if question != sample.question and len(asked_line(question)) > _LONGEST:
        return Refusal(QUESTION_NOT_PLAIN, f"{len(question):,} characters")
    if len(answer) > max(_LONGEST, 4 * len(sample.reference)):
        return Refusal(ANSWER_NOT_PLAIN, f"{len(answer):,} characters")
    return None


def open_verifier(questions: Path, leak: float | None) -> Verifier:
    """The verifier of a `questions` stage about a table.

    Args:
        questions: the stage's folder.
        leak: how alike a wording may be to a test phrasing; `None` lets all through.
    """
    suite = suite_from(read_json(questions / "suite.json"), None, None)
    wordings = {_wording(sample): None for sample in read_samples(questions / "train.jsonl")}
    table = table_from(read_json(questions / "table.json"))
    return Verifier(
        suite.domains, open_held_out(read_held_out(questions), leak),
        Meanings(wordings), [row.key for row in table.rows], _nouns(table),
    )  # fmt: skip


def _wording(sample: Sample) -> Wording:
    """A question without its values: of those of one row, or of those with one kind of answer."""
    about = "row" if sample.row in sample.named else sample.gold.kind
    text = without_named(asked_line(sample.question), sample.named)
    return Wording(program_of(sample.template), text, f"{about} {len(sample.named)}")


def _nouns(table: Table) -> list[str]:
    """What a sentence calls the columns: 单价 of 单价(元)."""
    keys = {table.key, *table.key_columns}
    others = (column.name for column in table.columns if column.name not in keys)
    names = (re.split(r"[(（\[【/]", name)[0].strip() for name in others)
    return [prepare(name) for name in names if len(name) > 1]


def _unlike(verdict: Verdict) -> Refusal:
    """An answer that is not the program's, by a reason that many can share."""
    note = verdict.note
    if note.startswith(("missing ", "extra ")):
        return Refusal(ANOTHER_SET, note)
    words = {"wrong": "is wrong", "hedge": "hedges", "empty": "is empty",
             "unparsed": "cannot be read"}  # fmt: skip
    return Refusal(f"answer {words.get(note, note)}", "、".join(verdict.found))
