"""What a teacher did to its questions and answers on the way: rows that are not like the others.

    drift = Drift()
    for record in records:
        drift.add(record.where, question, answer)
    list(drift.findings())

A notebook asks a teacher the same few questions about every row of a table, and the teacher puts
some into traditional characters or English, rewords some, and answers some with next to nothing.
Rows are held against the bulk of their file: where most are alike, none has drifted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.core import Finding
from harness.text.display import short
from harness.text.masking import without_figures
from harness.text.normalize import answer_part, fold, informative
from harness.text.traditional import traditional

TRADITIONAL = "traditional characters"
ENGLISH = "English words in a Chinese question"
FOREIGN = "question in another language"
NO_TEMPLATE = "question is no shared template"
ONE_CHARACTER = "answer of one character"
REFUSAL = "answer refuses"
MARKUP = "thinking or fence in answer"
RULES = (TRADITIONAL, ENGLISH, FOREIGN, NO_TEMPLATE, ONE_CHARACTER, REFUSAL, MARKUP)

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
# Times, numbers and codes with the letters at either end: 07:30, K2095/8, 0T231, 5B.
# Words, not codes (K420, OK), abbreviations (GPS) or names (iPhone).
_WORDS = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][a-z]+(?![A-Za-z0-9])", re.ASCII)
# Words of questions and of stations that no Chinese sentence borrows.
_PLAIN_ENGLISH = frozenset((
    "an", "and", "any", "are", "arrival", "arrive", "arrives", "at", "by", "departs",
    "departure", "depart", "destination", "did", "do", "does", "final", "for", "from",
    "gate", "gets", "has", "have", "hall", "how", "in", "is", "it", "its", "leave",
    "leaves", "many", "much", "name", "number", "of", "on", "or", "origin", "platform",
    "please", "start", "station", "stop", "stops", "tell", "terminal", "terminus", "that",
    "the", "there", "this", "ticket", "time", "to", "train", "trains", "waiting", "was",
    "what", "when", "where", "which", "who", "why", "will", "with", "you", "your",
))  # fmt: skip
_REFUSES = re.compile(
    r"(?:数据|信息)(?:不完整|不足|不全)|(?:无法|不能|没法)(?:确定|回答|判断|得知|获取|查询|推断|给出)"
    r"|(?:没有|未)提供|作为(?:一个|一名)?\s*(?:AI|人工智能|语言模型)"
    r"|\b(?:I'm sorry|I cannot|I can't|as an AI|not provided|incomplete data)\b",
    re.IGNORECASE,
)
_REFUSES_WITHIN = 30  # characters from the start: later on a longer answer weighs what it knows
_MARKUP = re.compile(r"</?think>|```|/no_think")

_LONG = 40  # characters that no answer of one character takes, whatever stands around it
_FEWEST_ROWS = 5  # fewer tell nothing about a bulk
_SHARED = 3  # so many rows with one wording make it no slip
_BULK_OF_A_FORM = 0.02  # a wording with that share of the rows is one that the notebook asked
_BULK = 0.8
_MOST_FORMS = 5_000
_MOST_STRAY = 2_000
# Of 100, as rapidfuzz counts: a template reworded, and one template with other names in it.
_NEAR, _OF_A_KIND = 80.0, 55.0


def masked(question: str) -> str:
    """A question with its numbers and codes masked, without blanks and punctuation."""
    return informative(without_figures(fold(question)))


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that may have drifted, or surely has, whatever the bulk is like."""

    where: str
    form: str
    detail: str
    sure: bool = False


@dataclass(slots=True)
class _Form:
    """One wording, numbers masked: its rows, and how many answers to it are one character."""

    rows: int = 0
    brief: int = 0


class Drift:
    """Fed single questions with their answers, it tells which are not like the others.

    Memory holds the different wordings, numbers masked, up to a bound beyond which none can be a
    template, and the rows that may have drifted.
    """

    def __init__(self) -> None:
        self._rows = 0
        self._chinese = 0
        self._brief = 0
        self._forms: dict[str, _Form] = {}
        self._noted: dict[str, list[_Row]] = {rule: [] for rule in RULES}

    def add(self, where: str, question: str, answer: str) -> None:
        """Look at the next row.

        Args:
            where: names its file and line, for the findings.
            question: the last user turn.
            answer: the reply to it.
        """
        self._rows += 1
        self._chinese += bool(_HAN.search(question))
        brief = len(answer) < _LONG and len(informative(fold(answer_part(answer)))) == 1
        self._brief += brief
        form = masked(question)
        if len(self._forms) == _MOST_FORMS:
            self._noted[NO_TEMPLATE].clear()
        if form in self._forms or len(self._forms) < _MOST_FORMS:
            known = self._forms.setdefault(form, _Form())
            known.rows += 1
            known.brief += brief
            if known.rows < _SHARED:
                self._note(NO_TEMPLATE, where, form, short(question))
        if brief:
            self._note(ONE_CHARACTER, where, form, f"{short(question)}: {short(answer)}")
        for rule, detail in _signs(question, answer):
            self._note(rule, where, form, detail)
        words = _WORDS.findall(question)
        if words and _HAN.search(question):
            plain = not _PLAIN_ENGLISH.isdisjoint(word.lower() for word in words)
            self._note(ENGLISH, where, form, f"{', '.join(words[:6])}: {short(question)}", plain)

    def _note(self, rule: str, where: str, form: str, detail: str, sure: bool = False) -> None:
        self._noted[rule].append(_Row(where, form, detail, sure))

    def findings(self) -> Iterator[Finding]:
        """One for each rule and row that breaks it, in the order of `RULES`; no row is lost."""
        stray = self._stray()
        for rule in RULES:
            for row in self._noted[rule]:
                if self._drifts(rule, row, stray):
                    yield Finding(rule, row.where, row.detail)

    def _drifts(self, rule: str, row: _Row, stray: frozenset[str]) -> bool:
        """Whether the bulk of the file does otherwise."""
        if rule == TRADITIONAL:
            return 2 * len(self._noted[rule]) <= self._rows
        if rule == FOREIGN:
            return self._rows >= _FEWEST_ROWS and self._chinese >= _BULK * self._rows
        if rule in (NO_TEMPLATE, ENGLISH):
            return row.sure or row.form in stray
        if rule == ONE_CHARACTER:
            known = self._forms.get(row.form, _Form())
            usual = known.rows >= _FEWEST_ROWS and 2 * known.brief > known.rows
            return not usual and 2 * self._brief <= max(self._rows, _FEWEST_ROWS)
        return True

    def _stray(self) -> frozenset[str]:
        """The wordings that are no template, where templates make up the bulk of the file.

        A wording that is unlike all templates and yet like others of its kind, such as questions
        that name two stations each, is another template, whose values cannot be masked.
        """
        from rapidfuzz import fuzz, process

        least = max(_SHARED, _BULK_OF_A_FORM * self._rows)
        asked = [form for form, known in self._forms.items() if known.rows >= least]
        others = [form for form, known in self._forms.items() if known.rows < least]
        rare = [form for form in others if self._forms[form].rows < _SHARED]
        in_bulk = sum(self._forms[form].rows for form in asked)
        if self._rows < _FEWEST_ROWS or in_bulk < _BULK * self._rows or len(rare) > _MOST_STRAY:
            return frozenset()

        def near(form: str, among: Sequence[str], cutoff: float) -> int:
            return len(
                process.extract(form, among, scorer=fuzz.ratio, score_cutoff=cutoff, limit=_SHARED)
            )

        return frozenset(
            form
            for form in rare
            if near(form, asked, _NEAR) or near(form, others, _OF_A_KIND) < _SHARED
        )


def _signs(question: str, answer: str) -> Iterator[tuple[str, str]]:
    """What a row shows by itself: the rule and the detail."""
    for name, text in (("question", question), ("answer", answer)):
        found = traditional(text)
        if found:
            yield TRADITIONAL, f"{name} has {found[:12]}: {short(text)}"
    if len(_WORDS.findall(question)) > 1 and not _HAN.search(question):
        yield FOREIGN, short(question)
    refusal = _REFUSES.search(answer_part(answer))
    if refusal and refusal.start() < _REFUSES_WITHIN:
        yield REFUSAL, f"{refusal[0]}: {short(answer)}"
    if _MARKUP.search(answer):
        yield MARKUP, short(answer)
