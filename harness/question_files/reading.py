"""Question files that people bring, to samples.

`read_questions` takes a file as it is specified, and the first row that is not in order is an
error. `read_file` takes files as people have them: columns of any name, no ids, no kinds, rows
without an answer; it says what it took for what.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import overload

from harness.core import Domain, Finding, Gold, Kind, Message, Sample, Split
from harness.errors import InputError
from harness.question_files.choices import NoOption, read_choices
from harness.question_files.columns import Columns, letters_of
from harness.question_files.domains import FileDomains
from harness.question_files.golds import (
    OPEN,
    Answered,
    answers_of,
    kind_said,
    option_gold,
    read_gold,
)
from harness.question_files.portions import STRICT
from harness.question_files.prompts import read_prompt, with_options
from harness.question_files.rows import (
    Entry,
    holds_nothing,
    is_blank,
    is_split,
    named,
    options_beside,
    parts,
    read_entries,
    text_of,
    without_numbers,
)
from harness.rows.about import About, Row
from harness.rows.strict import read_rows
from harness.tables.questions import say
from harness.text.language import language_of

QUESTION_FIELDS = (
    "id", "question", "answer", "kind", "reference", "family", "row", "template", "domain",
)  # fmt: skip
# Fields that a question file may have as well, and that other files have for other things.
MORE_FIELDS = ("messages", "system", "history", "choices")


_LETTERS = re.compile("[A-H]{1,6}")


class Questions(Sequence[Sample]):
    """The questions of a file, in its order.

    `domains` holds what their answers could be, by the name that a sample has for it.
    """

    def __init__(self, samples: Sequence[Sample], domains: Mapping[str, Domain]) -> None:
        self._samples = tuple(samples)
        self.domains = domains

    @overload
    def __getitem__(self, at: int) -> Sample: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Sample]: ...
    def __getitem__(self, at: int | slice) -> Sample | Sequence[Sample]:
        return self._samples[at]

    def __len__(self) -> int:
        return len(self._samples)


# --- as it is specified --------------------------------------------------------------------------


def read_questions(path: Path) -> Questions:
    """Read a question file: jsonl, json, csv, tsv, xlsx or parquet.

    Raises:
        InputError: one sentence that names the file, the row and the field.
    """
    samples: dict[str, Sample] = {}
    domains = FileDomains()
    for where, row in read_rows(path, (*QUESTION_FIELDS, *MORE_FIELDS), sheets=STRICT):
        sample = _strict(where, row)
        if sample.id in samples:
            raise InputError(f"{where}: id {sample.id!r} occurs twice")
        samples[sample.id] = replace(sample, domain=domains.add(where, sample.id, row))
    if not samples:
        raise InputError(f"{path}: holds no question")
    return Questions(*domains.settled(list(samples.values())))


def _strict(where: str, row: Row) -> Sample:
    refuse_slips(where, row, QUESTION_FIELDS)
    entry = Entry(where, row)
    name = _required(entry, "id")
    if holds_nothing(row.get("messages")):
        _required(entry, "question")
    messages, reply = read_prompt(entry)
    options = options_beside(row)
    if not holds_nothing(row.get("choices")):
        options = read_choices(where, row["choices"])
    gold = _strict_gold(entry, options, reply)
    return _sample(entry, name, with_options(messages, options, ""), gold, "test")


def _strict_gold(entry: Entry, options: Mapping[str, str], reply: str) -> Gold:
    """The right answer, read as its kind."""
    said = kind_said(entry, loose=False)
    kind: Kind = said if said is not None else "choice" if options else "text"
    if "answer" not in entry.fields and kind != "none" and not reply:
        raise InputError(f"{entry.where}: has no answer (found: {named(list(entry.fields))})")
    answer = entry.fields.get("answer")
    answer = reply if is_blank(answer) and reply else answer
    if kind != "none" and is_blank(answer):
        raise InputError(f"{entry.where}: answer is empty, and kind is {kind!r}, not 'none'")
    if options and kind == "choice":
        try:
            return option_gold(answer, options, None)
        except NoOption as none:
            raise InputError(f"{entry.where}: answer: {none.reason}") from none
    if kind == "free":
        raise InputError(
            f"{entry.where}: answer: an answer of kind 'free' needs a judge or a metric: "
            "podium run asks such questions, with suite: {name: questions, metric: rouge_l}"
        )
    return read_gold(entry.where, kind, answer)


def refuse_slips(where: str, row: Row, fields: Sequence[str]) -> None:
    """Refuse a column that is nearly a field that is absent; other columns are welcome."""
    absent = [field for field in fields if field not in row]
    for name in row:
        if name in fields:
            continue
        near = difflib.get_close_matches(name.strip().lower(), absent, n=1, cutoff=0.8)
        if near:
            raise InputError(f"{where}: unknown field {name!r} (did you mean {near[0]!r}?)")


def _required(entry: Entry, name: str) -> str:
    if name not in entry.fields:
        raise InputError(f"{entry.where}: has no {name} (found: {named(list(entry.fields))})")
    text = text_of(entry, name)
    if not text:
        raise InputError(f"{entry.where}: {name} is empty")
    return text


# --- as people have it ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QuestionFile:
    """A question file as people have it.

    Args:
        columns: which column holds what.
        train: what may be taught.
        dev: what is asked while a model is developed.
        test: what is asked.
        domains: what answers could be, by the names that samples have for them.
        findings: what was taken for what, and what is odd.
        guessed: how many answers nobody named the kind of, by the kind that was taken.
        sheet: of a workbook of several, the one that was read, where it was alone.
    """

    columns: Columns
    train: tuple[Sample, ...]
    dev: tuple[Sample, ...]
    test: tuple[Sample, ...]
    domains: Mapping[str, Domain]
    findings: tuple[Finding, ...]
    guessed: Mapping[Kind, int] = field(default_factory=dict)
    sheet: str = ""

    @property
    def samples(self) -> tuple[Sample, ...]:
        """All of them."""
        return (*self.train, *self.dev, *self.test)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """How a file is to be taken.

    Args:
        columns: which column holds what; found by their names where `None`.
        sheet: of a workbook; where `None`, the first that holds a table, and those that ask and
            answer under the same names.
        system: a system text before every question that has none.
        instruction: a line behind every question.
        prefix: stands before every id.
    """

    columns: Columns | None = None
    sheet: str | None = None
    system: str = ""
    instruction: str = ""
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A row that asks something: its turns, and the reply that they end in."""

    entry: Entry
    messages: tuple[Message, ...]
    reply: str


def read_file(path: Path, taking: Taking) -> QuestionFile:
    """Read a question file as people have it.

    Raises:
        InputError: one sentence that names the file, the row and the field.
    """
    about = About()
    columns, entries = read_entries(path, taking.columns, taking.sheet, about)
    findings = list(_around(path, about))
    entries = _plain(path, entries, findings)
    asked = list(_asking(entries, findings))
    if not asked:
        raise InputError(f"{path}: holds no question")
    apart = bool(about.together) or path.suffix.lower() == ".json"
    ids = _ids(asked, columns, taking.prefix, apart=apart)
    answers = answers_of(
        [one.entry for one in asked],
        [one.messages[-1].content for one in asked],
        [one.reply for one in asked],
    )
    findings += _told(path, asked, answers)
    split = list(parts([one.entry for one in asked])) if _has_split(columns, asked) else []
    samples, domains = _samples(asked, answers, ids, taking)
    by_part = {"train": [], "dev": [], "test": []}  # type: dict[str, list[Sample]]
    for number, sample in enumerate(samples):
        part = split[number] if split else "test"
        side: Split = "train" if part == "train" else "test"
        by_part[part].append(replace(sample, split=side))
    kinds = Counter(one.gold.kind for one in answers if one.is_guessed)
    return QuestionFile(
        columns, tuple(by_part["train"]), tuple(by_part["dev"]), tuple(by_part["test"]), domains,
        tuple(findings), dict(kinds), about.sheet,
    )  # fmt: skip


def _around(path: Path, about: About) -> Iterator[Finding]:
    """What of a file was not read, and what in it is no question."""
    if about.together:
        yield Finding("sheets read together", str(path), ", ".join(about.together))
    if about.unread:
        named = f"; {about.sheet!r} was read, --sheet NAME reads another" if about.sheet else ""
        yield Finding("not read", str(path), ", ".join(about.unread) + named)
    for where, text in about.titles:
        yield Finding("title of a section, not asked", where, text)


def _plain(path: Path, entries: list[Entry], findings: list[Finding]) -> list[Entry]:
    """Rows without numbers that count questions or answers."""
    for name in ("question", "answer"):
        entries, numbered = without_numbers(entries, name)
        if numbered:
            findings.append(Finding("numbers left out", str(path), f"before each {name}"))
    return entries


def _asking(entries: Iterable[Entry], findings: list[Finding]) -> Iterator[_Asked]:
    for entry in entries:
        messages, reply = read_prompt(entry)
        if messages:
            yield _Asked(entry, messages, reply)
        else:
            findings.append(Finding("no question", entry.where, "the row asks nothing", lost=True))


def _has_split(columns: Columns, asked: Sequence[_Asked]) -> bool:
    """Whether rows belong to parts; a column of another name counts only where it plainly says."""
    if "split" not in columns.fields:
        return False
    return columns.fields["split"] == "split" or is_split([one.entry for one in asked])


def _ids(asked: Sequence[_Asked], columns: Columns, prefix: str, *, apart: bool) -> list[str]:
    """An id for each row: its own, the number in front of it, or its place.

    Where a file has several sheets or lists, `apart`, ids may begin anew in each.

    Raises:
        InputError: two rows have one.
    """
    numbers = [f"{prefix}q{n}" for n in range(1, len(asked) + 1)]
    if "id" in columns.fields:
        own = [text_of(one.entry, "id") for one in asked]
        if apart and len({*own}) < len(own):
            own = [_in_its_part(one.entry, name) for one, name in zip(asked, own, strict=True)]
        ids = [prefix + name if name else n for name, n in zip(own, numbers, strict=True)]
        _check_ids(asked, ids)
        return ids
    serial = [text_of(one.entry, "serial") for one in asked]
    unique = all(serial) and len({*serial}) == len(serial)
    return [prefix + name for name in serial] if unique else numbers


def _in_its_part(entry: Entry, name: str) -> str:
    """An id behind the name of its part, form or family."""
    part = next(filter(None, (text_of(entry, x) for x in ("split", "form", "family"))), "")
    return f"{part} {name}" if part and name else name


def _check_ids(asked: Sequence[_Asked], ids: Sequence[str]) -> None:
    first: dict[str, str] = {}
    for one, name in zip(asked, ids, strict=True):
        where = one.entry.where
        if name in first:
            raise InputError(f"{where}: id {name!r} occurs twice (first: {first[name]})")
        first[name] = where


def _told(path: Path, asked: Sequence[_Asked], answers: Sequence[Answered]) -> Iterator[Finding]:
    """What people should know of the answers."""
    for one, answer in zip(asked, answers, strict=True):
        if answer.problem:
            yield Finding("answer is no option: asked, not scored", one.entry.where, answer.problem)
        elif answer.gold == OPEN:
            yield Finding("no answer: asked, not scored", one.entry.where)
        if answer.doubt:
            yield Finding(
                "a number may be an option's place or words", one.entry.where, answer.doubt
            )
    if len(answers) > 1 and all(map(_is_letter, answers)):
        detail = "where columns hold options, name them: suite.columns: {A: ..., B: ...}"
        yield Finding("answers are letters, and no options are known", str(path), detail)
    kinds = Counter(answer.gold.kind for answer in answers if answer.is_guessed)
    if kinds:
        said = ", ".join(f"{kind} {count:,}" for kind, count in kinds.most_common())
        yield Finding("kinds taken where none is named", str(path), said)


def _is_letter(answer: Answered) -> bool:
    """Whether an answer looks like the letters of options, and nobody knows which."""
    unknown = answer.is_guessed and not answer.options
    return unknown and _LETTERS.fullmatch(str(answer.gold.value)) is not None


def _samples(
    asked: Sequence[_Asked], answers: Sequence[Answered], ids: Sequence[str], taking: Taking
) -> tuple[Sequence[Sample], Mapping[str, Domain]]:
    domains = FileDomains()
    samples = []
    for one, answer, name in zip(asked, answers, ids, strict=True):
        messages = with_options(one.messages, answer.options, taking.instruction)
        if taking.system and messages[0].role != "system":
            messages = (Message("system", taking.system), *messages)
        sample = _sample(one.entry, name, messages, answer.gold, "test")
        told = domains.add(one.entry.where, name, one.entry.fields)
        samples.append(replace(sample, domain=told))
    settled, known = domains.settled(samples)
    return _with_several(settled, answers, known)


def _with_several(
    samples: Sequence[Sample], answers: Sequence[Answered], known: Mapping[str, Domain]
) -> tuple[Sequence[Sample], Mapping[str, Domain]]:
    """Samples with several right options or texts.

    The answers of the first are sets of letters and nothing else.
    """
    more = dict(known)
    changed = list(samples)
    for number, (sample, answer) in enumerate(zip(samples, answers, strict=True)):
        if sample.gold.kind == "set" and answer.options:
            letters = letters_of(len(answer.options))
            more[f"options {letters}"] = Domain(frozenset(letters))
            changed[number] = replace(sample, domain=f"options {letters}")
        elif answer.also:
            base = known.get(sample.domain, Domain())
            aliases = dict.fromkeys(answer.also, str(sample.gold.value))
            more[f"answers to {sample.id}"] = Domain(
                base.values - {*aliases}, {**base.aliases, **aliases}
            )
            changed[number] = replace(sample, domain=f"answers to {sample.id}")
    return changed, more


# --- samples -------------------------------------------------------------------------------------


def _sample(
    entry: Entry, name: str, messages: tuple[Message, ...], gold: Gold, split: Split
) -> Sample:
    """A row as a sample; what it does not say is its own cluster, in the family of its kind."""
    kind = "open" if gold == OPEN else gold.kind
    family = text_of(entry, "family") or text_of(entry, "form") or kind
    return Sample(
        id=name,
        messages=messages,
        gold=gold,
        reference=text_of(entry, "reference") or _reference(gold, messages[-1].content),
        family=family,
        row=text_of(entry, "row") or name,
        template=text_of(entry, "template") or name,
        split=split,
    )


def _reference(gold: Gold, question: str) -> str:
    """The right answer as a terse speaker says it; nothing where there is none."""
    if gold.kind == "free":
        value = gold.value
        return value[0] if isinstance(value, tuple) else "" if value is None else str(value)
    if gold.kind == "none":
        return say(gold, language="en" if language_of(question) == "en" else "zh")
    return say(gold)
