"""From workbooks to passages with questions, and a finding for everything that is left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from harness.core import Finding
from harness.text.normalize import fold, informative
from suites.reading.parse_fold import tidy
from suites.reading.parse_questions import same
from suites.reading.parse_row import Question, read_row
from suites.reading.quiz import FAMILIES, Language, in_language, language_of
from suites.reading.workbook import Row, read_passages, read_workbook

NO_PASSAGE = "no passage"
OTHER_LANGUAGE = "other language"
REPEATED_PASSAGE = "passage repeated"
REPEATED_QUESTION = "question repeated"
NOT_AS_MANY = "not as many questions as asked for"
NOTHING_LEFT = "row without a question to keep"


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage with its questions, of which there may be none.

    `id` is short and tells passages apart: language and row, such as `en-17`.
    """

    id: str
    where: str
    language: Language
    text: str
    questions: tuple[Question, ...] = ()

    @property
    def key(self) -> str:
        """What two passages share that say the same."""
        return passage_key(self.text)


@dataclass(frozen=True, slots=True)
class Collected:
    """All passages of the user's files, none twice, and what was noticed."""

    passages: tuple[Passage, ...]
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class _Shelf:
    """Passages by their key, and findings, as rows come in."""

    count: int
    passages: dict[str, Passage] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def find(self, rule: str, where: str, detail: str, lost: bool = False) -> None:
        self.findings.append(Finding(rule, where, detail, lost))


def passage_key(text: str) -> str:
    """A passage as it is compared: what it says, however it is punctuated."""
    return informative(fold(text))


def collect(workbooks: Mapping[Language, Path], bare: Path | None, count: int) -> Collected:
    """Read everything.

    Args:
        workbooks: by the language that their passages are meant to be in.
        bare: passages without questions.
        count: how many questions a prompt asks for.

    Raises:
        InputError: a file cannot be read, or lacks a column.
    """
    shelf = _Shelf(count)
    for language, path in workbooks.items():
        for row in read_workbook(path):
            if isinstance(row, Finding):
                shelf.findings.append(row)
            else:
                _shelve(shelf, row, language)
    for passage in shelf.passages.values():
        if len(passage.questions) != count:
            detail = f"{len(passage.questions)}, and the prompt asks for {count}"
            shelf.find(NOT_AS_MANY, passage.where, detail)
    if bare is not None:
        rows = list(read_passages(bare))
        if not rows:
            shelf.find(NO_PASSAGE, bare.name, "the file holds no passage")
        _shelve_bare(shelf, rows)
    return Collected(tuple(shelf.passages.values()), tuple(shelf.findings))


def _shelve(shelf: _Shelf, row: Row, meant: Language) -> None:
    """Put one row of a workbook on the shelf, and say what of it is not kept."""
    read = read_row(row.questions, row.answers)
    shelf.findings += [_placed(fault, row.where) for fault in read.faults]
    if not row.passage:
        shelf.find(NO_PASSAGE, row.where, f"{_questions(len(read.kept))} without a passage", True)
        return
    language = language_of(row.passage) or meant
    if language != meant:
        detail = f"stands among {FAMILIES[meant]} and is one of {FAMILIES[language]}"
        shelf.find(OTHER_LANGUAGE, row.where, detail)
    kept = tuple(_in_language(shelf, row, read.kept, language))
    if not kept:
        shelf.find(NOTHING_LEFT, row.where, f"{_questions(len(read.faults))} not kept", True)
        return
    name = f"{language}-{row.where.rpartition(' ')[2]}"
    ids = {passage.id for passage in shelf.passages.values()}
    # A passage in the other language's workbook may stand in the row of another one.
    passage_id = name if name not in ids else f"{name}-{meant}"
    _add(shelf, Passage(passage_id, row.where, language, tidy(row.passage), kept))


def _in_language(
    shelf: _Shelf, row: Row, questions: Iterable[Question], language: Language
) -> Iterator[Question]:
    """The questions in their passage's language."""
    for question in questions:
        if in_language(question.stem, question.options, language):
            yield question
        else:
            where = f"{row.where}, question {question.place}"
            shelf.find(OTHER_LANGUAGE, where, "is not in the language of its passage", True)


def _add(shelf: _Shelf, passage: Passage) -> None:
    """Add a passage; of one that is there already only new questions, up to the wanted number."""
    first = shelf.passages.get(passage.key)
    seen = {_question_key(question) for question in first.questions} if first is not None else set()
    new: list[Question] = []
    for question in passage.questions:
        where = f"{passage.where}, question {question.place}"
        room = first is None or len(first.questions) + len(new) < shelf.count
        if _question_key(question) in seen:
            at = first.where if first is not None else passage.where
            shelf.find(REPEATED_QUESTION, where, f"the same question as in {at}", True)
        elif room:
            new.append(question)
        else:
            detail = f"another question on the passage of {first.where if first else ''}"
            shelf.find(REPEATED_PASSAGE, where, detail, True)
        seen.add(_question_key(question))
    if first is None:
        shelf.passages[passage.key] = replace(passage, questions=tuple(new))
        return
    detail = f"the passage of {first.where}, which gains {_questions(len(new))}"
    shelf.find(REPEATED_PASSAGE, passage.where, detail, not new)
    shelf.passages[passage.key] = replace(first, questions=(*first.questions, *new))


def _shelve_bare(shelf: _Shelf, rows: Iterable[Row]) -> None:
    for number, row in enumerate(rows, start=1):
        key = passage_key(row.passage)
        if key in shelf.passages:
            detail = f"the passage of {shelf.passages[key].where}"
            shelf.find(REPEATED_PASSAGE, row.where, detail, True)
            continue
        language = language_of(row.passage)
        if language is None:
            shelf.find(NO_PASSAGE, row.where, f"no words: {row.passage:.40}", True)
            continue
        made = Passage(f"bare-{number}", row.where, language, tidy(row.passage))
        shelf.passages[key] = made


def _question_key(question: Question) -> str:
    return "\0".join(map(same, (question.stem, *question.options)))


def _placed(fault: Finding, where: str) -> Finding:
    return replace(fault, where=f"{where}, question {fault.where}" if fault.where else where)


def _questions(n: int) -> str:
    return "1 question" if n == 1 else f"{n} questions"
