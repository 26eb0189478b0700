"""What an answer is worth: five criteria, and the correctness that they make.

    format      questions in the form asked for: a stem, four options, one key
    language    questions in the passage's language
    answerable  keys that the passage bears out
    unique      questions that are unlike each other, with options of which one alone can be right
    coverage    the demanded aspects that some stem asks about

Each is in [0, 1], over the questions that are wanted. A question counts in full where it has the
form, is in the language, is answerable and unique; the correctness of an answer is the mean of its
questions times `0.7 + 0.3 · coverage`. More questions than wanted widen the mean.

Answerable and unique come from a judge where there is one, else from rules: `support`, and
`unique_fault` below.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from suites.reading.parse_questions import Item, same
from suites.reading.quiz import Language, in_language, read_quiz
from suites.reading.support import answerable, terms

CRITERIA = ("format", "language", "answerable", "unique", "coverage")
_COVERED = 0.3
_AXES: Mapping[Language, Mapping[str, str]] = {
    "zh": {
        "concepts": r"概念|含义|是指|指的是|定义|词语|的(?:理解|解释|表述|说法)|“[^”。，]{1,8}”",
        "sentences": r"句|语段|“[^”]*[。，][^”]*”",
        "argument": r"论点|论据|论证|观点|例子|举例|推断|推论|思路|主旨|中心",
    },
    "en": {
        "main idea": r"\bmain(?:ly)?\b|best title|purpose|summar|central idea|passage is about",
        "details": r"\b(?:what|when|where|who|whose|which|why|how|according to)\b",
        "words in context": r"\b(?:word|phrase|expression|underlined)\b|\bmeans?\b|\bmeaning\b"
        r"|refers? to|stands? for",
    },
}
_ALL_OF_THEM = re.compile(
    r"^(?:以上|上述|前面|前三)?(?:各项|选项|答案|三项|说法)?(?:都|均|全)(?:不?对|不?正确|不?是|错)"
    r"|^以上|^上述|all of the above|none of the above|both [A-D] and [A-D]"
    r"|^[A-D]\s?(?:和|与|and)\s?[A-D]",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Context:
    """What an answer is held against.

    Args:
        passage: that the questions are about.
        language: of the passage.
        wanted: how many questions were asked for.
        taught: stems of training questions, each with the passages that it was asked about.
    """

    passage: str
    language: Language
    wanted: int
    taught: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Marks:
    """How one question does, each in [0, 1]; `None` where a judge did not say.

    `note` says why it is less than perfect.
    """

    form: bool
    language: bool
    answerable: float | None
    unique: float | None
    note: str = ""

    @property
    def worth(self) -> float | None:
        """What the question counts."""
        if not (self.form and self.language):
            return 0.0
        if self.answerable is None or self.unique is None:
            return None
        return self.answerable * self.unique


@dataclass(frozen=True, slots=True)
class Appraisal:
    """How one answer does.

    Args:
        value: correctness, in [0, 1]; `None` where a judge left a question open.
        criteria: by name, each in [0, 1] or `None`.
        kept_form: whether the form was kept throughout, with nothing else said.
        notes: what is wrong, in order.
    """

    value: float | None
    criteria: Mapping[str, float | None]
    kept_form: bool
    notes: tuple[str, ...]


def mark_by_rules(text: str, context: Context) -> list[Marks]:
    """The marks of each question of an answer, by rules alone."""
    quiz = read_quiz(text)
    stems = [same(item.stem) for item in quiz.items]
    marks = []
    for place, (item, formed) in enumerate(zip(quiz.items, quiz.well_formed, strict=True)):
        if not formed:
            marks.append(Marks(False, _speaks(item, context), 0.0, 0.0, _form_fault(item)))
            continue
        bears_out, why_not = answerable(item.stem, item.options, item.key, context.passage)
        fault = "repeats an earlier stem" if stems[place] in stems[:place] else ""
        fault = fault or unique_fault(item, context)
        spoken = _speaks(item, context)
        note = why_not or fault or ("" if spoken else "is in another language")
        marks.append(Marks(True, spoken, bears_out, 0.0 if fault else 1.0, note))
    return marks


def appraise(text: str, context: Context, marks: Sequence[Marks]) -> Appraisal:
    """Put the marks of an answer's questions together."""
    quiz = read_quiz(text)
    over = max(context.wanted, len(marks))
    stems = [
        item.stem
        for item, mark in zip(quiz.items, marks, strict=True)
        if mark.form and mark.language
    ]
    covered = coverage(stems, context.language)
    worth = _mean([mark.worth for mark in marks], over)
    criteria: dict[str, float | None] = {
        "format": sum(mark.form for mark in marks) / over,
        "language": sum(mark.language for mark in marks) / over,
        "answerable": _mean([mark.answerable for mark in marks], over),
        "unique": _mean([mark.unique for mark in marks], over),
        "coverage": covered,
    }
    notes = [f"question {n}: {mark.note}" for n, mark in enumerate(marks, 1) if mark.note]
    if len(marks) != context.wanted:
        counted = "1 question" if len(marks) == 1 else f"{len(marks)} questions"
        notes.insert(0, f"{counted}, not {context.wanted}")
    value = None if worth is None else worth * (1 - _COVERED + _COVERED * covered)
    return Appraisal(value, criteria, quiz.keeps_form(context.wanted), tuple(notes))


def coverage(stems: Sequence[str], language: Language) -> float:
    """The share of the demanded aspects that stems ask about.

    An English stem asks for a detail where it asks for nothing else.
    """
    axes = _AXES[language]
    asked: set[str] = set()
    for stem in stems:
        found = {name for name, words in axes.items() if re.search(words, stem, re.I)}
        asked |= found - {"details"} or found
    return len(asked) / len(axes)


def unique_fault(item: Item, context: Context) -> str:
    """Why more than one option of a question could be right, or why it is not the answer's own."""
    for option in item.options:
        if _ALL_OF_THEM.search(option):
            return f"an option speaks of the others: {option:.40}"
    for one in item.options:
        inside = next(
            (other for other in item.options if one != other and _within(one, other)), None
        )
        if inside is not None:
            return f"one option holds another: {one:.30} in {inside:.30}"
    return "copies a training question" if _copied(item, context) else ""


def _within(one: str, other: str) -> bool:
    """Whether an option says part of another one: whole words of it, or two characters."""
    short, long = same(one), same(other)
    if len(short) < 2 or short not in long:
        return False
    if re.search("[\u3400-\u9fff]", short):
        return True
    words = re.findall(r"\w+", one.casefold())
    others = re.findall(r"\w+", other.casefold())
    return any(others[at : at + len(words)] == words for at in range(len(others)))


def _copied(item: Item, context: Context) -> bool:
    """Whether a stem is another passage's own: taught with it alone, in words that only it has."""
    asked = context.taught.get(same(item.stem), ())
    if len(asked) != 1 or asked[0] == context.passage:
        return False
    return bool((terms(item.stem) & terms(asked[0])) - terms(context.passage))


def _speaks(item: Item, context: Context) -> bool:
    return bool(item.stem) and in_language(item.stem, item.options, context.language)


def _form_fault(item: Item) -> str:
    if item.kind == "choice":
        return f"its answer is {item.key}, not one of A to D" if item.key else "names no answer"
    return item.fault or "has no four options"


def _mean(values: Sequence[float | None], over: int) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / over if len(known) == len(values) else None
