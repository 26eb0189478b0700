"""What a distillation and its training sets come to, in a few numbers, for every format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from harness.text.display import clip
from reports.strings import Note, words
from reports.text import DASH, count, few, one_line, percent
from reports.training import reasons

if TYPE_CHECKING:
    from reports.board import Entry
    from reports.distilled import Chars, Dataset
    from reports.training import Lesson, TrainingSet

_NAMED = 12  # entries that are named before the others are counted
_LONGEST = 60  # columns of a name
_OVERVIEW = (
    "taught", "teacher", "way", "wanted", "accepted", "rejected", "calls", "tokens", "per_row",
    "money", "training_rows", "left_out", "added_rows",
)  # fmt: skip

Words = Note | str
Fact = tuple[Words, Words]


def names(entries: Sequence[Entry]) -> tuple[str, ...]:
    """The names of entries, ready for a sentence."""
    return few([one_line(entry.label) for entry in entries], _NAMED)


def brief(text: str) -> str:
    """A name from a file, on one line and no longer than a table bears."""
    return clip(one_line(text), _LONGEST)


def lengths(chars: Chars | None) -> str:
    """Median and 95th percentile, or a dash."""
    return DASH if chars is None else f"{count(chars.median)} · {count(chars.p95)}"


def reason_words(reason: str) -> Words:
    """A reason that Podium gives, in both languages; any other as it is."""
    key = f"reason: {reason}"
    return Note(key) if key in words() else brief(reason)


def headline(lesson: Lesson) -> Note:
    """A lesson in one sentence."""
    taught = lesson.distillation
    values: dict[str, str | tuple[str, ...] | Note] = {
        "teacher": brief(taught.teacher),
        "accepted": count(taught.accepted),
        "list": names(lesson.entries),
    }
    if lesson.quiet:
        return Note("lesson_quiet", values)
    share = percent(taught.rejected_share)
    return Note("lesson", {**values, "rejected": count(taught.rejected), "share": share})


def rejections(lesson: Lesson) -> Note | None:
    """Why rows were rejected, in one sentence; `None` where nobody counted."""
    found = reasons(lesson)
    if not found:
        return None
    told = few([f"{brief(reason)} ({count(n)})" for reason, n in found], _NAMED)
    return Note("rejections", {"list": names(lesson.entries), "reasons": told})


def facts(lesson: Lesson) -> list[Fact]:
    """Labels and texts of what a distillation brought and took; what nobody knows is left out."""
    taught, cost = lesson.distillation, lesson.distillation.cost
    told: dict[str, Words | None] = {
        "teacher": brief(taught.teacher),
        "way": brief(lesson.way) or None,
        "wanted": Note("wanted_all") if taught.wanted is None else count(taught.wanted),
        "accepted": count(taught.accepted),
        "rejected": _rejected(lesson),
        "calls": None if cost.calls is None else count(cost.calls),
        "tokens_in": count(cost.prompt_tokens) if cost.prompt_tokens else None,
        "tokens_out": count(cost.output_tokens) if cost.output_tokens else None,
        "per_row": count(taught.tokens_per_row) if taught.tokens_per_row else None,
        "money": None if cost.money is None else f"{cost.money:,.4g}",
    }
    return [(Note(key), text) for key, text in told.items() if text is not None]


def _rejected(lesson: Lesson) -> str:
    taught = lesson.distillation
    share = f" ({percent(taught.rejected_share)})" if taught.rejected else ""
    return f"{count(taught.rejected)}{share}"


def set_facts(one: TrainingSet) -> list[Fact]:
    """Labels and texts of what became of the accepted rows."""
    dataset = one.dataset
    return [
        (Note("training_rows"), count(dataset.rows)),
        (Note("duplicates"), count(dataset.duplicates)),
        (Note("near_duplicates"), count(dataset.near_duplicates)),
        (Note("leaked"), count(dataset.leaked)),
        *_added(dataset),
    ]


def _added(dataset: Dataset) -> Iterator[Fact]:
    for name, kind in dataset.augmented.items():
        known = f"added_{name}" in words()
        label: Words = Note(f"added_{name}" if known else "added", {"kind": brief(name)})
        lacking = kind.asked_for is not None and kind.added < kind.asked_for
        values = {"added": count(kind.added), "asked": count(kind.asked_for)}
        yield label, Note("added_of", values) if lacking else count(kind.added)


def overview(several: Sequence[Lesson]) -> tuple[list[str], list[list[Words]]]:
    """One row a distillation and training set, for a table that compares them.

    Returns:
        The keys of the headings, and the cells; a column that no row fills is left out.
    """
    rows = [_overview_row(lesson, one) for lesson in several for one in lesson.sets or (None,)]
    keys = [key for key in _OVERVIEW if any(key in row for row in rows)]
    return keys, [[row.get(key, DASH) for key in keys] for row in rows]


def _overview_row(lesson: Lesson, one: TrainingSet | None) -> dict[str, Words]:
    entries = lesson.entries if one is None else one.entries
    row: dict[str, Words] = {"taught": Note("listed", {"list": names(entries)})}
    row |= {label.key: text for label, text in facts(lesson) if isinstance(label, Note)}
    if lesson.distillation.cost.tokens:
        row["tokens"] = count(lesson.distillation.cost.tokens)
    if one is not None:
        dataset = one.dataset
        row["training_rows"] = count(dataset.rows)
        row["left_out"] = count(dataset.left_out)
        if dataset.augmented:
            row["added_rows"] = count(dataset.added)
    return row
