"""Which column holds what, by what stands in it, where names alone do not tell.

Names of the lists come first, then the word that a name ends in, then the cells: a column of
questions asks, a column of answers beside options holds their letters, numbers or words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.errors import InputError
from harness.question_files.choices import (
    NoOption,
    as_text,
    read_choices,
    right_options,
    unlabelled,
)
from harness.question_files.columns import (
    MORE_ANSWERS,
    Columns,
    find_columns,
    is_beside,
    is_question_file,
    letters_of,
)
from harness.question_files.kinds import KINDS, kind_of_form
from harness.question_files.looks import Look, look
from harness.question_files.nested import flat, is_group
from harness.question_files.tails import Standing, bare, field_of, is_reply, is_weak, standing

_ASKING, _PLAINLY_ASKING = 0.5, 0.8
_DIFFERENT = 0.8
_MOST_FILLED = 0.5
_SAYING = 0.3
# Numbers and codes that tell rows apart: 1000, ifeval_12, 3f9c0a1b.
_CODE = re.compile(r"\d+|[A-Za-z]+[_-]?\d+|[0-9a-f-]{8,}")
_LEAST_RUNNING, _LEAST_ID = 4, 100
# Fields that are texts: a column of lists or objects is none of them.
_TEXTS = ("input", "context", "system", "family", "reference", "id", "row", "template", "domain",
    "form", "serial", "split", "kind")  # fmt: skip
_PLACED = re.compile(r"(.*?)[ _-]?([1-9]|[A-Ja-j])")
# Answers of models, unless nothing else is one: beside them, a reference is the right answer.
_SAID = frozenset(("response", "output", "completion", "reply"))

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Guessed:
    """The columns of some rows, and whether they are those of questions.

    A table of things is not, though its columns may have such names.
    """

    columns: Columns
    is_questions: bool
    looks: Mapping[str, Look]


def columns_of(rows: Sequence[Row]) -> Guessed:
    """Find the columns that count in some rows, nested ones by the path to them."""
    flattened = [flat(row) for row in rows]
    held: dict[str, list[object]] = {}
    for row in flattened:
        for name in row:
            held.setdefault(name, [])
    for name, cells in held.items():
        cells += [row.get(name) for row in flattened]
    known = {n: cells for n, cells in held.items() if n and not any(map(is_group, cells))}
    return _Guess(known).guessed()


class _Guess:
    """One file's columns, settled field by field."""

    def __init__(self, cells: Mapping[str, Sequence[object]]) -> None:
        self._cells = cells
        self._looks = {name: look(column) for name, column in cells.items()}
        called = _called(cells)
        named = find_columns(list(called))
        self.fields = {field: called[name] for field, name in named.fields.items()}
        self.options = {letter: called[name] for letter, name in named.options.items()}
        self._by_name = dict(self.fields)

    def guessed(self) -> Guessed:
        """Settle every field."""
        names = list(self._cells)
        by_name = is_question_file(Columns(dict(self.fields), self.options), names)
        self._leave_misfits()
        self._take_turns()
        self._take_question()
        self._take_options()
        self._take_answer()
        self._take_longest()
        is_questions = (by_name or self._is_questions()) and self._says_something()
        return Guessed(Columns(self.fields, self.options), is_questions, self._looks)

    def _says_something(self) -> bool:
        """Whether the cells of a question could ask: names of users and things could not.

        A column that is called a question is believed.
        """
        question = self.fields.get("question")
        if question is None or "messages" in self.fields:
            return True
        named = self._by_name.get("question") == question or field_of(question) == "question"
        if named and (not is_weak(question) or is_reply(self.fields.get("answer", ""))):
            return True
        one = self._looks[question]
        return max(one.asks, one.says) >= _SAYING

    def _leave_misfits(self) -> None:
        """Leave columns whose cells cannot be what their names say."""
        for field in _TEXTS:
            name = self.fields.get(field)
            if name is not None and self._looks[name].filled and not self._looks[name].is_text:
                del self.fields[field]
        kind = self.fields.get("kind")
        if (
            kind is not None
            and len(self._cells[kind]) > 1
            and not any(_is_kind(cell) for cell in self._cells[kind])
        ):
            self.fields.setdefault("family", self.fields.pop("kind"))
        answer = self.fields.get("answer")
        if answer is not None and self._is_key(answer):
            del self.fields["answer"]
            self.fields.setdefault("id", answer)
        serial = self.fields.get("serial")
        if serial is not None and field_of(serial) == "answer":
            del self.fields["serial"]

    def _is_key(self, name: str) -> bool:
        """Whether a column called `key` tells rows apart, as IFEval's does, and answers nothing."""
        cells = self._cells[name]
        if bare(name).casefold() != "key" or self.options or "choices" in self.fields:
            return False
        texts = [as_text(cell) for cell in cells if cell is not None]
        if len({*texts}) < len(texts) or not all(map(_CODE.fullmatch, texts)):
            return False
        numbers = [int(text) for text in texts if text.isdecimal()]
        running = len(numbers) >= _LEAST_RUNNING and numbers == sorted(numbers)
        return not numbers or running or min(numbers) >= _LEAST_ID

    def _take_turns(self) -> None:
        if "messages" in self.fields:
            return
        turns = [name for name, one in self._looks.items() if one.is_turns]
        question = self.fields.get("question")
        if turns and (question is None or question in turns):
            self._drop(turns[0])
            self.fields["messages"] = turns[0]

    def _take_question(self) -> None:
        if self._asks():
            return
        named = [name for name in self._left() if field_of(name) == "question"]
        named += [self.fields[field] for field in ("input", "context") if field in self.fields]
        texts = [name for name in named if self._looks[name].is_text]
        asking = [
            name for name in self._left()
            if self._looks[name].asks >= _ASKING and self._looks[name].distinct >= _DIFFERENT
        ]  # fmt: skip
        if not texts and not asking:
            return
        # A name that does not ask is believed where an answer stands beside it.
        chosen = max(texts if texts else asking, key=lambda name: self._looks[name].asks)
        self._drop(chosen)
        self.fields["question"] = chosen

    def _take_options(self) -> None:
        """Options that no list of names holds: they are so where a column names one of them."""
        self._take_counted()
        if self.options or "choices" in self.fields:
            return
        for name in self._left():
            one = self._looks[name]
            if one.is_labelled or (one.is_list and self._answering(self._listed(name))):
                self.fields["choices"] = name
                return
        for group in _groups(self._left()):
            texts = all(self._looks[name].is_text for name in group)
            if texts and self._answering(self._side_by_side(group), without=group):
                self.options = dict(zip(letters_of(len(group)), group, strict=True))
                return

    def _take_counted(self) -> None:
        """答案1, 答案2 are options, and not right answers, where a column names one of them."""
        names = [name for name in ("answer", *MORE_ANSWERS) if name in self.fields]
        if len(names) < 2:
            return
        group = [self.fields.pop(name) for name in names]
        rows = self._side_by_side(group)
        if chosen := next((n for n in self._left() if self._chooses(n, group)), None):
            self.fields["answer"] = chosen
        if not self.options and (chosen or self._answering(rows, without=group)):
            self.options = dict(zip(letters_of(len(group)), group, strict=True))
        else:
            self.fields |= dict(zip(names, group, strict=True))

    def _chooses(self, name: str, group: Sequence[str]) -> bool:
        """Whether each cell of a column names one of some columns, as a judge's choice does."""
        return name not in group and all(cell in group for cell in self._cells[name])

    def _take_answer(self) -> None:
        listed = self.fields.get("answer")
        named = [name for name in self._left() if field_of(name) == "answer"]
        named += [] if listed is None else [listed]
        if self._reference_is_right():
            named.append(self.fields["reference"])
        held = [n for n in named if self._looks[n].filled and not self._is_marking(n, named)]
        rows = self._rows_of_options()
        pointing = [n for n in held if rows and self._names_one(n, rows)]
        if pointing or held:
            best = pointing if pointing else held
            self._answer(max(best, key=lambda n: (standing(n), n == listed)))
        elif "answer" not in self.fields:
            self._answer(self._only_answer())

    def _take_longest(self) -> None:
        """Where options and the right one are known and no question is, the longest text is it."""
        known = self.options or "choices" in self.fields
        if self._asks() or not known or "answer" not in self.fields:
            return
        texts = [n for n in self._left() if self._looks[n].is_text and self._looks[n].filled == 1]
        different = [n for n in texts if self._looks[n].distinct >= _DIFFERENT]
        if different:
            self.fields["question"] = max(different, key=lambda n: self._looks[n].length)

    def _reference_is_right(self) -> bool:
        """Whether the column `reference` holds right answers: there are none, or only models'."""
        answer = self.fields.get("answer")
        return "reference" in self.fields and (answer is None or answer.casefold() in _SAID)

    def _is_marking(self, name: str, named: Sequence[str]) -> bool:
        """Whether a column of yes and no marks the answers of another, such as `correct`."""
        others = [other for other in named if other != name]
        return self._looks[name].is_verdict and any(
            not self._looks[other].is_verdict for other in others
        )

    def _only_answer(self) -> str | None:
        """The column that answers by what it holds."""
        rows = self._rows_of_options()
        if rows and (found := self._answering(rows)):
            return found
        question = self.fields.get("question")
        left = [n for n in self._left() if self._looks[n].filled >= _MOST_FILLED]
        if question is None:
            return None
        verdicts = [n for n in left if self._looks[n].is_verdict]
        if len(verdicts) == 1:
            return verdicts[0]
        alone = len(left) == 1 and self._looks[left[0]].is_text and field_of(left[0]) is None
        return left[0] if alone and self._looks[question].asks >= _PLAINLY_ASKING else None

    def _answer(self, name: str | None) -> None:
        if name is not None:
            self._drop(name)
            self.fields["answer"] = name

    def _answering(
        self, rows: Sequence[Mapping[str, str]], without: Sequence[str] = ()
    ) -> str | None:
        """The column that names an option of each row by letter, place or words."""
        taken = self.fields.get("answer")
        names = [n for n in self._left() if n not in without]
        return next((n for n in ([taken] if taken else names) if self._names_one(n, rows)), None)

    def _names_one(self, name: str, rows: Sequence[Mapping[str, str]]) -> bool:
        one, most = self._looks[name], min(map(len, rows), default=0)
        if not one.is_text or one.filled < _MOST_FILLED:
            return False
        if one.numbers is not None:
            low, high = one.numbers
            if low >= 0 and high <= most and high - low < most:
                return True
        pairs = zip(self._cells[name], rows, strict=True)
        named = [_is_one(cell, options) for cell, options in pairs if cell]
        return 2 * sum(named) >= len(named)

    def _rows_of_options(self) -> Sequence[Mapping[str, str]]:
        if self.options:
            return self._side_by_side(list(self.options.values()))
        return self._listed(self.fields["choices"]) if "choices" in self.fields else []

    def _side_by_side(self, group: Sequence[str]) -> list[Mapping[str, str]]:
        columns = [self._cells[name] for name in group]
        letters = letters_of(len(group))
        rows = (zip(letters, map(as_text, r), strict=True) for r in zip(*columns, strict=True))
        return [unlabelled(dict(row)) for row in rows]

    def _listed(self, name: str) -> list[Mapping[str, str]]:
        found: list[Mapping[str, str]] = []
        for cell in self._cells[name]:
            try:
                found.append(read_choices(name, cell))
            except InputError:
                found.append({})
        return found

    def _is_questions(self) -> bool:
        """Whether the columns that were settled are those of questions."""
        if "messages" in self.fields:
            return True
        question = self.fields.get("question")
        if question is None:
            return False
        is_named = self._by_name.get("question") == question or field_of(question) == "question"
        asking = self._looks[question].asks if is_named else self._looks[question].marked
        if "answer" not in self.fields:
            others = [name for name in self._left() if not is_beside(name)]
            return asking >= _PLAINLY_ASKING and not others
        answer = self.fields["answer"]
        told = standing(answer) is Standing.RIGHT or self._looks[answer].is_verdict
        listed = bool(self.options) or "choices" in self.fields
        is_known = listed and (is_named or field_of(answer) == "answer")
        return asking >= _ASKING or is_known or (told and field_of(question) == "question")

    def _asks(self) -> bool:
        return "question" in self.fields or "messages" in self.fields

    def _drop(self, name: str) -> None:
        self.fields = {field: own for field, own in self.fields.items() if own != name}

    def _left(self) -> list[str]:
        """Columns that are nothing yet, and could be."""
        taken = {*self.fields.values(), *self.options.values()}
        return [n for n in self._cells if n not in taken and not is_beside(n)]


def _called(names: Collection[str]) -> dict[str, str]:
    """Columns by what they are called: the end of the path to them, where that is their own."""
    ends = [name.rpartition(".")[2] for name in names]
    called = {}
    for name, end in zip(names, ends, strict=True):
        alone = ends.count(end) == 1 and end
        called[end if alone else name] = name
    return called


def _groups(names: Sequence[str]) -> Iterator[list[str]]:
    """Columns that are called alike and counted from 1 or A on: sol1, sol2."""
    stems: dict[str, list[tuple[str, str]]] = {}
    for name in names:
        if found := _PLACED.fullmatch(bare(name)):
            stems.setdefault(found[1], []).append((found[2].upper(), name))
    for marked in stems.values():
        marks = sorted(marked)
        counted = "".join(mark for mark, _ in marks)
        if len(marks) > 1 and ("123456789".startswith(counted) or "ABCDEFGHIJ".startswith(counted)):
            yield [name for _, name in marks]


def _is_one(cell: object, options: Mapping[str, str]) -> bool:
    if not options or isinstance(cell, list | dict):
        return False
    try:
        right_options(cell, options, None)
    except NoOption:
        return False
    return True


def _is_kind(cell: object) -> bool:
    return isinstance(cell, str) and (
        cell.strip().lower() in KINDS or kind_of_form(cell) is not None
    )
