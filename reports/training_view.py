"""The section on training data as the page's template shows it: bounded, and safe to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from reports import training
from reports.strings import Note
from reports.text import cut, one_line, visible
from reports.training_facts import (
    Fact,
    Words,
    brief,
    facts,
    headline,
    names,
    overview,
    set_facts,
)

if TYPE_CHECKING:
    from reports.board import Leaderboard
    from reports.distilled import Held, Refused
    from reports.training import FamilyRow, Lesson, Matrix, TrainingSet

_EXAMPLES = 12  # rejected rows that a page shows of one distillation
_TEXT, _RAW = 240, 1000  # characters of them: what was asked or answered, and the whole reply
_WHOLE = "; the whole is in rejected.jsonl"
_DROPPED = 6  # rows left out of a training set that a page shows
_DROPS = ("duplicates", "near_duplicates", "leaked")


@dataclass(frozen=True, slots=True)
class Example:
    """A rejected row, every text of it cut and made visible."""

    question: str
    family: Words
    answer: str
    expected: str
    detail: str
    raw: str


@dataclass(frozen=True, slots=True)
class SetView:
    """One training set: `held` stands over its columns, `dropped` are rows left out of it."""

    title: Note
    held: Note
    facts: list[Fact]
    balance: list[tuple[str, Held]]
    dropped: list[tuple[Words, str, str]]


@dataclass(frozen=True, slots=True)
class LessonView:
    """One distillation; `…_cut` says how many are shown, `None` where that is all.

    `longest` is the greatest share among the families; `reasons` come with rows and their share.
    """

    headline: Note
    open: bool
    facts: list[Fact]
    families: list[FamilyRow]
    longest: float
    families_cut: str | None
    sets: list[SetView]
    sets_cut: str | None
    reasons: list[tuple[str, int, float]]
    reasons_cut: str | None
    heat: Matrix | None
    heat_cut: str | None
    examples: list[tuple[str, list[Example]]]


@dataclass(frozen=True, slots=True)
class Training:
    """The section: keys and rows of the table that compares `lessons`, where they are several."""

    lessons: list[LessonView]
    overview: tuple[list[str], list[list[Words]]] | None
    first: str | None


def view(board: Leaderboard) -> Training | None:
    """What the page shows of a board; `None` where no entry was taught anything."""
    lessons = training.lessons(board)
    if not lessons:
        return None
    shown = lessons[: training.LESSONS]
    keys, rows = overview(lessons)
    return Training(
        lessons=[_lesson(board, lesson, alone=len(lessons) == 1) for lesson in shown],
        overview=(keys, rows) if len(rows) > 1 else None,
        first=_first(training.LESSONS, len(lessons)),
    )


def _lesson(board: Leaderboard, lesson: Lesson, *, alone: bool) -> LessonView:
    families, reasons = training.family_rows(board, lesson), training.reasons(lesson)
    sets, heat = lesson.sets[: training.SETS], training.matrix(lesson)
    shown = [replace(row, held=row.held[: training.SETS]) for row in families[: training.FAMILIES]]
    shares = [held.share for row in shown for held in row.held if held]
    rejected = max(1, lesson.distillation.rejected)
    return LessonView(
        headline=headline(lesson),
        open=alone and not lesson.quiet,
        facts=facts(lesson),
        families=shown,
        longest=max(filter(None, [*shares, *(row.tested for row in shown)]), default=1.0),
        families_cut=_first(training.FAMILIES, len(families)),
        sets=[_set(board, one, alone=len(lesson.sets) == 1) for one in sets],
        sets_cut=_first(training.SETS, len(lesson.sets)),
        reasons=[(reason, n, n / rejected) for reason, n in reasons[: training.REASONS]],
        reasons_cut=_first(training.REASONS, len(reasons)),
        heat=heat and heat.first(training.REASONS, training.COLUMNS),
        heat_cut=_first(training.COLUMNS, len(heat.families) if heat else 0),
        examples=list(_examples(lesson)),
    )


def _first(most: int, there: int) -> str | None:
    """How many are shown, where that is not all."""
    return str(most) if there > most else None


def _set(board: Leaderboard, one: TrainingSet, *, alone: bool) -> SetView:
    several = {"list": names(one.entries)}
    held = one.dataset.families
    balance = [name for name in dict.fromkeys([*board.families, *held]) if name in held]
    return SetView(
        title=Note("training_set") if alone else Note("training_set_of", several),
        held=Note("held") if alone else Note("held_of", several),
        facts=set_facts(one),
        balance=[(brief(board.family(name)), held[name]) for name in balance[: training.FAMILIES]],
        dropped=list(islice(_dropped(one), _DROPPED)),
    )


def _dropped(one: TrainingSet) -> Iterator[tuple[Words, str, str]]:
    """Why a row was left out, its question, and what that is like."""
    for why, pairs in one.dataset.examples.items():
        label: Words = Note(why) if why in _DROPS else brief(why)
        for question, like in pairs:
            yield label, _line(question), _line(like)


def _examples(lesson: Lesson) -> Iterator[tuple[str, list[Example]]]:
    """Rejected rows by reason: one of each reason, then a second one, as far as there is room."""
    known = {reason: at for at, (reason, _) in enumerate(training.reasons(lesson))}
    named = sorted(lesson.distillation.examples, key=lambda reason: known.get(reason, len(known)))
    ranked = sorted(
        (turn, at, reason)
        for at, reason in enumerate(named)
        for turn in range(len(lesson.distillation.examples[reason]))
    )
    chosen = Counter(reason for _, _, reason in ranked[:_EXAMPLES])
    for reason in named:
        if chosen[reason]:
            found = lesson.distillation.examples[reason][: chosen[reason]]
            yield reason, [_example(lesson, row) for row in found]


def _example(lesson: Lesson, row: Refused) -> Example:
    known = row.family in lesson.distillation.families
    return Example(
        question=_asked(row.question),
        family=brief(row.family) if known else Note("no_family"),
        answer=_line(row.answer),
        expected=_line(row.expected),
        detail=_line(row.detail),
        raw=visible(cut(row.raw, _RAW, _WHOLE)),
    )


def _asked(question: str) -> str:
    """The line of a question that asks; rows of a table may stand above it."""
    above, _, asked = question.rpartition("\n")
    return f"… {_line(asked)}" if above else _line(asked)


def _line(text: str) -> str:
    return one_line(cut(text, _TEXT, _WHOLE))
