"""The sheets on training data: every family, every reason and every example that a run tells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from reports.sheet import Cell, add_sheet
from reports.training import family_rows, lessons, reasons

if TYPE_CHECKING:
    from openpyxl import Workbook

    from reports.board import Entry, Leaderboard
    from reports.distilled import Chars, Dataset, Distillation, Held, Taught
    from reports.training import FamilyRow, Lesson

_ALL = "(all)"  # the row that adds up the families
_COUNT, _SHARE = "#,##0", "0.0%"
_WHOSE = {"for": "", "teacher": "", "way": ""}
_FAMILIES = {
    **_WHOSE,
    "family": "",
    **dict.fromkeys(("wanted", "accepted", "rejected"), _COUNT),
    **dict.fromkeys(("answer p50", "answer p95", "reference p50", "reference p95"), _COUNT),
    "share of test": _SHARE,
    "training rows": _COUNT,
    "share": _SHARE,
    **dict.fromkeys(("kept", "distinct answers"), _COUNT),
    "most frequent answer": _SHARE,
    **dict.fromkeys(("calls", "prompt tokens", "answer tokens"), _COUNT),
    "tokens per row": "#,##0.0",
    "money": "#,##0.00####",
    **dict.fromkeys(("duplicates", "near duplicates", "leaked", "added"), _COUNT),
}
_REASONS = {**_WHOSE, "reason": "", "family": "", "rows": _COUNT}
_TEXTS = ("reason", "family", "question", "answered", "expected", "detail", "reply")
_REJECTED = {**_WHOSE, **dict.fromkeys(_TEXTS, "")}

Row = dict[str, Cell]


def training_sheets(book: Workbook, board: Leaderboard) -> None:
    """Add `training`, and where rows were rejected `reasons` and `rejected`."""
    several = lessons(board)
    if not several:
        return
    families = (row for lesson in several for row in _families(board, lesson))
    _add(book, "training", _FAMILIES, families)
    if any(not lesson.quiet for lesson in several):
        reasons = (row for lesson in several for row in _reasons(lesson))
        _add(book, "reasons", _REASONS, reasons)
        rejected = (row for lesson in several for row in _rejected(lesson))
        _add(book, "rejected", _REJECTED, rejected)


def _add(book: Workbook, title: str, columns: Mapping[str, str], rows: Iterable[Row]) -> None:
    cells = ([row.get(name) for name in columns] for row in rows)
    add_sheet(book, title, list(columns), list(columns.values()), cells)


def _whose(lesson: Lesson, entries: Sequence[Entry]) -> Row:
    names = ", ".join(entry.label for entry in entries)
    return {"for": names, "teacher": lesson.distillation.teacher, "way": lesson.way}


def _families(board: Leaderboard, lesson: Lesson) -> Iterator[Row]:
    """A row for all families together and one for each, for every training set."""
    rows = family_rows(board, lesson)
    if not lesson.sets:
        whose = _whose(lesson, lesson.entries)
        yield whose | _sum(lesson.distillation)
        yield from (whose | _family(row) for row in rows)
    for at, one in enumerate(lesson.sets):
        whose = _whose(lesson, one.entries)
        yield whose | _sum(lesson.distillation) | _kept(one.dataset)
        yield from (whose | _family(row) | _held(row.held[at]) for row in rows)


def _sum(taught: Distillation) -> Row:
    cost = taught.cost
    told = cost.tokens > 0
    return {
        "family": _ALL,
        **_counts(taught),
        "calls": cost.calls,
        "prompt tokens": cost.prompt_tokens if told else None,
        "answer tokens": cost.output_tokens if told else None,
        "tokens per row": taught.tokens_per_row,
        "money": cost.money,
    }


def _kept(dataset: Dataset) -> Row:
    return {
        "training rows": dataset.rows,
        "duplicates": dataset.duplicates,
        "near duplicates": dataset.near_duplicates,
        "leaked": dataset.leaked,
        "added": dataset.added,
    }


def _family(row: FamilyRow) -> Row:
    counts = _counts(row.taught) if row.taught else {}
    reference = _chars("reference", row.reference)
    return {"family": row.name, **counts, **reference, "share of test": row.tested}


def _counts(taught: Taught | Distillation) -> Row:
    return {
        "wanted": taught.wanted,
        "accepted": taught.accepted,
        "rejected": taught.rejected,
        **_chars("answer", taught.chars),
    }


def _chars(what: str, chars: Chars | None) -> Row:
    return {f"{what} p50": chars.median, f"{what} p95": chars.p95} if chars else {}


def _held(held: Held | None) -> Row:
    if held is None:
        return {}
    return {
        "training rows": held.rows,
        "share": held.share,
        "kept": held.kept,
        "distinct answers": held.answers,
        "most frequent answer": held.top_answer,
    }


def _reasons(lesson: Lesson) -> Iterator[Row]:
    """Rows by reason and family; by reason alone where nobody counted further."""
    whose, taught = _whose(lesson, lesson.entries), lesson.distillation
    for reason, rows in reasons(lesson):
        by = taught.by_family.get(reason) or {"": rows}
        for family, count in by.items():
            yield whose | {"reason": reason, "family": family, "rows": count}


def _rejected(lesson: Lesson) -> Iterator[Row]:
    whose = _whose(lesson, lesson.entries)
    for reason, rows in lesson.distillation.examples.items():
        for row in rows:
            texts = (reason, row.family, row.question, row.answer, row.expected, row.detail)
            yield whose | dict(zip(_TEXTS, (*texts, row.raw), strict=True))
