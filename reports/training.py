"""What the entries were taught: every distinct distillation once, and whom it served."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reports import families
from reports.distilled import Chars, Held

if TYPE_CHECKING:
    from reports.board import Entry, Leaderboard
    from reports.distilled import Dataset, Distillation, Taught
    from reports.runs import Run

# What a page shows; a sheet has all.
LESSONS, SETS, REASONS, FAMILIES, COLUMNS = 8, 4, 20, 40, 24


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """One training set and the entries that were trained on it."""

    dataset: Dataset
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Lesson:
    """One distillation, the entries that it served, and what was made of it for them."""

    distillation: Distillation
    way: str
    entries: tuple[Entry, ...]
    sets: tuple[TrainingSet, ...]

    @property
    def quiet(self) -> bool:
        """Whether nothing was rejected, so that there is little to tell."""
        return self.distillation.rejected == 0


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """One family in one lesson.

    `tested` is its share of the test questions, `reference` the length of their reference answers;
    `held` has one item a training set, `None` where that does not tell.
    """

    name: str
    taught: Taught | None
    reference: Chars | None
    tested: float | None
    held: tuple[Held | None, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rejected rows by reason and family; `rows` hold one count a column, at most `most`.

    A column whose name is `None` holds the replies that belong to no one family.
    """

    families: tuple[str | None, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    most: int

    def shade(self, count: int) -> int | None:
        """A shade from 5, the fewest, to 0, the most; none for none."""
        return 5 - round(5 * count / self.most) if count else None

    def first(self, rows: int, columns: int) -> Matrix:
        """So many rows and columns of it, with the same shades."""
        shown = tuple((reason, counts[:columns]) for reason, counts in self.rows[:rows])
        return replace(self, families=self.families[:columns], rows=shown)


def lessons(board: Leaderboard) -> list[Lesson]:
    """The distillations of a board, in the order of the first entry that each served."""
    taught = [entry for entry in board.entries if entry.run.distillation is not None]
    return [_lesson(entries) for entries in _alike(taught, "distill")]


def _lesson(entries: Sequence[Entry]) -> Lesson:
    run = entries[0].run
    if run.distillation is None:
        raise ValueError("a lesson has a distillation")
    trained = [entry for entry in entries if entry.run.dataset is not None]
    sets = [
        TrainingSet(dataset, tuple(found))
        for found in _alike(trained, "dataset")
        if (dataset := found[0].run.dataset) is not None
    ]
    return Lesson(run.distillation, way(run), tuple(entries), tuple(sets))


def _alike(entries: Sequence[Entry], stage: str) -> list[list[Entry]]:
    """Entries that share what a stage wrote: its key and its very content."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(_identity(entry.run, stage), []).append(entry)
    return list(groups.values())


def _identity(run: Run, stage: str) -> str:
    keys = run.summary.raw.get("stages")
    key = keys.get(stage) if isinstance(keys, Mapping) else None
    found = run.distillation if stage == "distill" else run.dataset
    content: Mapping[str, Any] = found.raw if found else {}
    return json.dumps([key, way(run), content], sort_keys=True)


def way(run: Run) -> str:
    """What the teacher was to do, as the spec names it; empty where it does not."""
    section = run.spec.get("distill")
    named = section.get("way") if isinstance(section, Mapping) else None
    return named if isinstance(named, str) else ""


def untaught(run: Run) -> list[str]:
    """Families of the test set that the training rows leave out; none where nobody counted."""
    asked = [name for name, family in run.summary.families.items() if family.n]
    rows: Mapping[str, int] = {}
    if run.dataset is not None and run.dataset.families:
        rows = {name: held.rows for name, held in run.dataset.families.items()}
    elif run.distillation is not None:
        rows = {name: taught.accepted for name, taught in run.distillation.families.items()}
    return [name for name in asked if not rows.get(name)] if rows else []


def family_rows(board: Leaderboard, lesson: Lesson) -> list[FamilyRow]:
    """The families of test and training, those of the test first."""
    sizes = {name: families.size(board, name) for name in board.families}
    known = [*sizes, *lesson.distillation.families]
    known += [name for one in lesson.sets for name in one.dataset.families]
    references = _references(board)
    return [
        FamilyRow(
            name=name,
            taught=lesson.distillation.families.get(name),
            reference=references.get(name),
            tested=sizes[name] / sum(sizes.values()) if sizes.get(name) else None,
            held=tuple(_held(one.dataset, name) for one in lesson.sets),
        )
        for name in dict.fromkeys(known)
    ]


def _held(dataset: Dataset, name: str) -> Held | None:
    held = dataset.families.get(name)
    if held is None:
        return Held(rows=0, share=0.0) if dataset.families else None
    share = held.rows / dataset.rows if held.share is None and dataset.rows else held.share
    return replace(held, share=share)


def _references(board: Leaderboard) -> dict[str, Chars]:
    """Lengths of the reference answers of the test by family, where run folders hold them."""
    lengths: dict[str, list[int]] = {}
    for sample in board.samples.values():
        lengths.setdefault(sample.family, []).append(len(sample.reference))
    return {
        name: Chars(*(sorted(found)[math.ceil(at * len(found)) - 1] for at in (0.5, 0.95)))
        for name, found in lengths.items()
    }


def reasons(lesson: Lesson) -> list[tuple[str, int]]:
    """Why rows were rejected, the most frequent reason first."""
    return sorted(lesson.distillation.reasons.items(), key=lambda item: -item[1])


def matrix(lesson: Lesson) -> Matrix | None:
    """Rejected rows by reason and family; `None` where nobody counted.

    Reasons stand in the order of `reasons`, families with the most rejected rows first.
    """
    known, totals = lesson.distillation.families, Counter[str | None]()
    table: dict[str, Counter[str | None]] = {}
    for reason, by in lesson.distillation.by_family.items():
        counts = table.setdefault(reason, Counter())
        for name, count in by.items():
            counts[name if name in known else None] += count
        totals += counts
    if not totals:
        return None
    columns = tuple(name for name, _ in totals.most_common())
    places = {reason: at for at, (reason, _) in enumerate(reasons(lesson))}
    ranked = sorted(table.items(), key=lambda item: places.get(item[0], len(places)))
    rows = tuple((r, tuple(n[name] for name in columns)) for r, n in ranked)
    return Matrix(columns, rows, max(max(counts) for _, counts in rows))
