"""Questions and answers of one row put together: what is kept, and why each other is not."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harness.core import Finding
from suites.reading.parse_answers import Answers, read_answers
from suites.reading.parse_conclusions import Answer, key_of
from suites.reading.parse_fold import shadow, tidy
from suites.reading.parse_labels import LETTERS
from suites.reading.parse_numbers import find_marks
from suites.reading.parse_questions import Item, read_questions, same

SHORT_ANSWER = "short answer"
NO_OPTIONS = "options not found"
NO_KEY = "no answer"
UNCLEAR_KEY = "answer unclear"
SEVERAL_KEYS = "several answers"
NO_QUESTION = "answer without question"
LEFT_OUT = "words left out"
NOTHING = "no question"

_NONE_FOR_IT = "the answers name none for it"


@dataclass(frozen=True, slots=True)
class Question:
    """One single-choice question.

    Args:
        stem: what is asked, without number and score marks.
        options: four texts, in the order A to D.
        key: the letter of the right one.
        place: how a person finds it in its row: its number there.
    """

    stem: str
    options: tuple[str, ...]
    key: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class RowRead:
    """What one row holds, and why something of it is not kept.

    `where` of a finding names the question; it is empty for the whole row.
    """

    kept: tuple[Question, ...] = ()
    faults: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Keys:
    """What the cell of answers says of each item, by its index.

    `why_not` is why an item that is in neither mapping has no answer.
    """

    found: Mapping[int, Answer]
    why_not: str
    unused: Sequence[Answer] = ()
    unclear: Mapping[int, str] = field(default_factory=dict)


def read_row(questions: str, answers: str) -> RowRead:
    """Read one row's cells of questions and answers."""
    asked = read_questions(questions)
    items = asked.items
    if not items:
        return RowRead(faults=(_lost(NOTHING, "", "the cell holds no question"),))
    places = _places(items)
    numbers = [item.number for item in items if item.number is not None]
    said = read_answers(answers, numbers)
    keys = _match(items, said)
    kept: list[Question] = []
    faults: list[Finding] = []
    if asked.before:
        faults.append(Finding(LEFT_OUT, "", f"before the first question: {asked.before:.60}"))
    for index, item in enumerate(items):
        result = _judge(item, places[index], index, keys, answers)
        if isinstance(result, Question):
            kept.append(result)
        else:
            faults.append(result)
    faults += [Finding(UNCLEAR_KEY, "", problem) for problem in said.problems]
    for one in keys.unused:
        named = f"{one.number}. {one.key}" if one.number is not None else one.key
        faults.append(Finding(NO_QUESTION, "", f"no question fits the answer {named}"))
    return RowRead(tuple(kept), tuple(faults))


def _places(items: Sequence[Item]) -> list[str]:
    """Numbers as printed where they tell the questions apart, else counted."""
    printed = [item.number for item in items]
    if None not in printed and len(set(printed)) == len(printed):
        return [str(number) for number in printed]
    return [str(place) for place in range(1, len(items) + 1)]


# --- which answer belongs to which question ------------------------------------------------------


def _match(items: Sequence[Item], said: Answers) -> _Keys:
    choices = [index for index, item in enumerate(items) if item.kind != "open"]
    if said.letters:
        return _match_letters(items, choices, said.letters)
    if said.in_order:
        return _match_order(items, choices, said.in_order)
    return _match_numbers(items, choices, said)


def _match_letters(items: Sequence[Item], choices: Sequence[int], words: Sequence[str]) -> _Keys:
    """Letters alone: one a word where there are as many words as questions, else one a letter."""
    single = list("".join(words))
    chosen = words if len(words) == len(choices) else single
    return _match_order(items, choices, [Answer(None, key_of(key), 3.0, 0) for key in chosen])


def _match_order(items: Sequence[Item], choices: Sequence[int], said: Sequence[Answer]) -> _Keys:
    """Answers without numbers: certain where there are as many as questions, in their order."""
    if len(said) != len(choices):
        return _Keys({}, f"{_count(len(said), 'answer')} without numbers, and "
                         f"{_count(len(choices), 'question')}")  # fmt: skip
    printed = [number for index in choices if (number := items[index].number) is not None]
    if any(a > b for a, b in itertools.pairwise(printed)):
        return _Keys({}, "the answers have no numbers, and the questions' are out of order")
    return _Keys(dict(zip(choices, said, strict=True)), _NONE_FOR_IT)


def _match_numbers(items: Sequence[Item], choices: Sequence[int], said: Answers) -> _Keys:
    by_number: dict[int, list[Answer]] = {}
    for answer in said.numbered:
        by_number.setdefault(answer.number or 0, []).append(answer)
    numbers = _numbers(items)
    if _by_place(items, choices, by_number):
        numbers = dict(zip(choices, sorted(by_number), strict=True))
    found: dict[int, Answer] = {}
    unclear: dict[int, str] = {}
    for index, number in numbers.items():
        several = by_number.get(number, [])
        named = sorted({answer.key for answer in several})
        if len(named) == 1:
            found[index] = several[0]
        elif named:
            unclear[index] = f"the answers name {' and '.join(named)} for {number}"
    for index, item in enumerate(items):
        if index not in numbers and item.kind != "open":
            unclear[index] = "its number is missing or stands there twice"
    used = set(numbers.values())
    unused = [some[0] for number, some in by_number.items() if number not in used]
    why_not = _NONE_FOR_IT if said.numbered else "the answers name no letter"
    return _Keys(found, why_not, unused, unclear)


def _by_place(
    items: Sequence[Item], choices: Sequence[int], answers: Mapping[int, Sequence[Answer]]
) -> bool:
    """Whether answers belong to the questions by their order although the numbers differ.

    So it is where there are as many, both run upwards, and the questions' numbers are missing,
    repeated, or those of another paper.
    """
    said = list(answers)
    if (
        not said
        or len(said) != len(choices)
        or said != list(range(min(said), min(said) + len(said)))
    ):
        return False
    printed = [items[index].number for index in choices]
    known = [number for number in printed if number is not None]
    if any(a > b for a, b in itertools.pairwise(known)):
        return False
    doubtful = None in printed or len(set(known)) < len(known)
    return doubtful or not set(known) & set(said)


def _numbers(items: Sequence[Item]) -> dict[int, int]:
    """The number of each item by its index; without those whose number cannot be told.

    A missing or repeated number is the one that its place in an unbroken row of numbers gives it,
    where that is printed nowhere else.
    """
    printed = [item.number for item in items]
    counts = Counter(number for number in printed if number is not None)
    offsets = Counter(n - i for i, n in enumerate(printed) if n is not None)
    first = offsets.most_common(1)[0][0] if offsets else 1
    numbers: dict[int, int] = {}
    for index, number in enumerate(printed):
        place = first + index
        if number is not None and counts[number] == 1:
            numbers[index] = number
        elif place > 0 and (number == place or counts[place] == 0):
            numbers[index] = place
    return numbers


# --- one question --------------------------------------------------------------------------------


def _judge(item: Item, place: str, index: int, keys: _Keys, answers: str) -> Question | Finding:
    """The question as it is kept, or why it is not."""
    answer = keys.found.get(index)
    if item.kind == "open":
        if answer is not None and not answer.words.strip(" .。;；"):
            detail = f"its answer is {answer.key}, and it has no options: {item.stem:.40}"
            return _lost(NO_OPTIONS, place, detail)
        return _lost(SHORT_ANSWER, place, f"to be answered in words: {item.stem:.40}")
    if item.kind == "faulty":
        return _lost(NO_OPTIONS, place, f"{item.fault}: {item.stem:.40}")
    if index in keys.unclear and not item.key:
        return _lost(UNCLEAR_KEY, place, keys.unclear[index])
    key = answer.key if answer is not None else item.key
    if not key:
        key = _by_words(item, answers)
    if not key:
        return _lost(NO_KEY, place, keys.why_not)
    return _settled(item, place, key, answer)


def _settled(item: Item, place: str, key: str, answer: Answer | None) -> Question | Finding:
    """The question with its key, unless something speaks against it."""
    if item.key and item.key != key:
        detail = f"the question itself names {item.key}, the answers {key}"
        return _lost(UNCLEAR_KEY, place, detail)
    if len(key) > 1:
        return _lost(SEVERAL_KEYS, place, f"the answer is {key}: no single choice")
    if key not in LETTERS:
        return _lost(UNCLEAR_KEY, place, f"the answer is {key}, and the options end at D")
    other = _words_of_another(item, key, answer)
    if other:
        return _lost(UNCLEAR_KEY, place, f"the answer is {key}, and its words are those of {other}")
    return Question(item.stem, item.options, key, place)


def _lost(rule: str, place: str, detail: str) -> Finding:
    return Finding(rule, place, detail, lost=True)


def _words_of_another(item: Item, key: str, answer: Answer | None) -> str:
    """The letter whose option an answer repeats, where that is not its own."""
    words = same(answer.words) if answer is not None else ""
    own = same(item.options[LETTERS.index(key)])
    if not words or words.startswith(own):
        return ""
    return next(
        (letter for letter, one in zip(LETTERS, item.options, strict=True) if words == same(one)),
        "",
    )


def _by_words(item: Item, answers: str) -> str:
    """The letter of the option whose words alone stand behind the question's number."""
    text = shadow(tidy(answers))
    options = [same(option) for option in item.options]
    marks = [mark for mark in find_marks(text) if mark.number == item.number and mark.rank == 3]
    said = {same(text[mark.end :].partition("\n")[0]) for mark in marks}
    return "".join(letter for letter, one in zip(LETTERS, options, strict=True) if one in said)


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
