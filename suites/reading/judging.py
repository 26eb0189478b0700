"""What a judge model is asked about each question, in place of the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from harness.judges.judge import Judge
from harness.judges.rating import Criterion, Rated
from suites.reading.parse_labels import LETTERS
from suites.reading.parse_questions import Item
from suites.reading.quiz import Language, read_quiz
from suites.reading.rubric import Context, Marks

_CRITERIA: dict[Language, tuple[Criterion, Criterion]] = {
    "zh": (
        Criterion("可答", "只凭背景中的短文就能作答，并且所给的答案正确", yes_no=True),
        Criterion("唯一", "四个选项中有且只有一个正确，其余三个都能被排除", yes_no=True),
    ),
    "en": (
        Criterion(
            "answerable",
            "the passage alone, given as context, is enough to answer it, and the key is right",
            yes_no=True,
        ),
        Criterion(
            "unique",
            "exactly one of the four options is right, and the passage rules the others out",
            yes_no=True,
        ),
    ),
}
_ASKED: dict[Language, str] = {
    "zh": "根据短文出一道单项选择题。",
    "en": "Write one single-choice question on the passage.",
}
_KEY: dict[Language, str] = {"zh": "答案：", "en": "Answer: "}


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer, its context, and the marks of its questions by rules."""

    id: str
    text: str
    context: Context
    marks: Sequence[Marks]


def mark_by_judge(answers: Sequence[Judged], judge: Judge) -> list[list[Marks]]:
    """The marks of each answer's questions, answerable and unique from the judge.

    Questions without the form or in another language are not asked about. A stem that stands
    there twice, or is copied, stays a fault whatever the judge says.
    """
    cases: list[Rated] = []
    places: list[tuple[int, int]] = []
    marks = [list(answer.marks) for answer in answers]
    for index, answer in enumerate(answers):
        items = read_quiz(answer.text).items
        for place, (item, mark) in enumerate(zip(items, answer.marks, strict=True)):
            if mark.form and mark.language:
                cases.append(_case(f"{answer.id}/{place + 1}", item, answer.context))
                places.append((index, place))
    for (index, place), rating in zip(places, judge.rate(cases), strict=True):
        first, second = _CRITERIA[answers[index].context.language]
        mark = marks[index][place]
        own_fault = mark.unique == 0.0 and ("repeats" in mark.note or "copies" in mark.note)
        marks[index][place] = replace(
            mark,
            answerable=rating.marks[first.name],
            unique=0.0 if own_fault else rating.marks[second.name],
            note=mark.note if own_fault else rating.note,
        )
    return marks


def _case(name: str, item: Item, context: Context) -> Rated:
    language = context.language
    options = "\n".join(
        f"{letter}. {text}" for letter, text in zip(LETTERS, item.options, strict=True)
    )
    return Rated(
        id=name,
        question=_ASKED[language],
        answer=f"{item.stem}\n{options}\n{_KEY[language]}{item.key}",
        criteria=_CRITERIA[language],
        context=context.passage,
        language=language,
    )
