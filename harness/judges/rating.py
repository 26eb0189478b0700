"""Single answers under named criteria: what is asked, and the marks that a reply gives."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from harness.core import Output, Sample
from harness.judges.parse import REASONS, Said, folded, plain, read_said, sole
from harness.judges.request import Language, prompt, request

_LEAST, _MOST = 1.0, 5.0
_REASON: Mapping[Language, str] = {"zh": "理由", "en": "reason"}
_SCALE: Mapping[Language, str] = {"zh": "1到5", "en": "1 to 5"}
_YES_NO: Mapping[Language, str] = {"zh": "是或否", "en": "yes or no"}
_BEST: Mapping[Language, tuple[str, str]] = {"zh": ("很好", "是"), "en": ("good", "yes")}
_LINE: Mapping[Language, str] = {
    "zh": "- {name}（{scale}）：{means}",
    "en": "- {name} ({scale}): {means}",
}
# What may follow a mark: an explanation, but no second number as in 4-5.
_EXPLAINED = r"(?:\s*[-–—,.;:(，。；：（](?!\s*[0-9]).*)?"
_MARK = re.compile(rf"([0-9]+(?:\.[0-9]+)?)\s*(?:分|/\s*5(?:\s*分)?|points?|out of 5)?{_EXPLAINED}")
_YES = re.compile(rf"(?:yes|true|是的?|对){_EXPLAINED}")
_NO = re.compile(rf"(?:no|false|否|不是?){_EXPLAINED}")
# Under which names a mark stands that has an object of its own.
_MARK_NAMES = ("score", "mark", "rating", "value", "judgement", "judgment", "answer",
               "分数", "得分", "评分", "评判", "打分", "结果")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing to judge an answer by.

    Args:
        name: short, unique among the criteria of a case; the key of its mark.
        means: what it asks, in a sentence, in the language of the case.
        yes_no: asked as yes or no; otherwise on a scale of 1 to 5.
    """

    name: str
    means: str
    yes_no: bool = False


@dataclass(frozen=True, slots=True)
class Rated:
    """One answer to be rated.

    Args:
        id: of the answer; comes back with its rating.
        question: what was asked.
        answer: what is rated.
        criteria: at least one, with names of their own.
        reference: an answer to compare with; empty where there is none.
        context: what the question is about, such as a passage; empty where there is none.
        language: of the prompt.

    Raises:
        ValueError: there is no criterion, or two read alike.
    """

    id: str
    question: str
    answer: str
    criteria: tuple[Criterion, ...]
    reference: str = ""
    context: str = ""
    language: Language = "zh"

    def __post_init__(self) -> None:
        names = [folded(criterion.name) for criterion in self.criteria]
        if not names or not all(names):
            raise ValueError("a rated answer needs criteria, each with a name")
        if len(set(names) - set(REASONS)) != len(names):
            raise ValueError(f"criteria need names of their own: {', '.join(names)}")


@dataclass(frozen=True, slots=True)
class Rating:
    """How one answer was rated.

    Args:
        id: of the answer.
        marks: in [0, 1] by criterion: 1 to 5 in even steps, or no and yes; `None` where the reply
            did not come, or says nothing readable about it.
        note: the judge's reason, or why there are no marks.
    """

    id: str
    marks: Mapping[str, float | None]
    note: str = ""


def rating_request(case: Rated, number: int) -> Sample:
    """What a judge is asked about one answer; `number` tells it from others with the same id."""
    language = case.language
    scales = {c.name: (_YES_NO if c.yes_no else _SCALE)[language] for c in case.criteria}
    lines = [
        _LINE[language].format(name=c.name, scale=scales[c.name], means=c.means)
        for c in case.criteria
    ]
    parts = [
        ("context", case.context), ("question", case.question), ("reference", case.reference),
        ("answer", case.answer),
    ]  # fmt: skip
    form = {_REASON[language]: "…", **scales}
    asked = prompt("rate", language, parts, form, criteria="\n".join(lines))
    good, yes = _BEST[language]
    best = {c.name: yes if c.yes_no else int(_MOST) for c in case.criteria}
    return request(f"rate/{number}/{case.id}", asked, {_REASON[language]: good, **best})


def read_rating(case: Rated, output: Output) -> Rating:
    """The marks that a reply gives to the answer that it is about."""
    said = read_said(output)
    marks = {criterion.name: _mark(criterion, said, case) for criterion in case.criteria}
    lacking = [name for name, mark in marks.items() if mark is None]
    problem = said.problem or (f"no mark for {', '.join(lacking)}" if lacking else "")
    return Rating(case.id, marks, "; ".join(filter(None, (problem, said.reason))))


def _mark(criterion: Criterion, said: Said, case: Rated) -> float | None:
    values = said.under([criterion.name])
    if not values and len(case.criteria) == 1:
        values = said.under(_MARK_NAMES) or [said.bare]
    return sole(_read(criterion, value) for value in _unwrapped(values))


def _unwrapped(values: list[Any]) -> Iterator[Any]:
    """Values without the objects around them: `{"score": 4, "reason": "..."}` is 4."""
    for value in values:
        if isinstance(value, dict):
            named = {folded(str(name)): inner for name, inner in value.items()}
            yield from (named[name] for name in _MARK_NAMES if name in named)
        else:
            yield value


def _read(criterion: Criterion, value: Any) -> float | None:
    """A mark in [0, 1]; `None` where the value is none on the criterion's scale."""
    if criterion.yes_no:
        return _yes_no(value)
    if isinstance(value, str):
        match = _MARK.fullmatch(plain(value))
        value = float(match[1]) if match else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Compared before it is divided: the number may be beyond any float.
    return (value - _LEAST) / (_MOST - _LEAST) if _LEAST <= value <= _MOST else None


def _yes_no(value: Any) -> float | None:
    if isinstance(value, bool):
        return float(value)
    said = plain(value) if isinstance(value, str) else ""
    if _YES.fullmatch(said):
        return 1.0
    return 0.0 if _NO.fullmatch(said) else None
