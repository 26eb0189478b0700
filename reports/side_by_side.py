"""The same open questions answered before and after training, in the columns of a table.

Where answers are free, a person reads them: question, what the untuned model says, what the tuned
ones say, and the reference. Answers that only look something up (the floor) have no column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reports.answers import asked
from reports.gfm import escape, table
from reports.strings import Note, say
from reports.text import cut, one_line

if TYPE_CHECKING:
    from reports.answers import Asked
    from reports.board import Entry, Leaderboard

COLUMNS = 6  # entries beside one another
_CELL = 600  # characters of one text in a Markdown table


@dataclass(frozen=True, slots=True)
class Column:
    """One entry: its name, and whether it was tuned."""

    name: str
    tuned: bool

    @property
    def heading(self) -> Note:
        """What stands over it."""
        return Note("after" if self.tuned else "before", {"name": one_line(self.name)})


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Open questions and their answers.

    Args:
        columns: untuned entries first, each in the order of the board.
        lines: in the order of the test; a reply a column.
        of: how many open questions there are.
        hidden: how many entries have no column for lack of room.
    """

    columns: tuple[Column, ...]
    lines: tuple[Asked, ...]
    of: int
    hidden: int

    @property
    def left_out(self) -> list[Note]:
        """What is not shown, where that is anything."""
        notes = []
        if len(self.lines) < self.of:
            values = {"shown": f"{len(self.lines):,}", "of": f"{self.of:,}"}
            notes.append(Note("side_some", values))
        if self.hidden:
            notes.append(Note("side_more", {"count": f"{self.hidden:,}"}))
        return notes


def side_by_side(board: Leaderboard, most: int) -> SideBySide | None:
    """Put the answers to open questions side by side.

    Args:
        board: the entries.
        most: how many questions at most; where there are more, they are evenly spread over the
            test, so that none is picked for its answers.

    Returns:
        `None` where no question is open, or no entry is a model.
    """
    models = [entry for entry in board.entries if not entry.summary.counts]
    shown = _chosen(models)
    free = {name: s for name, s in board.samples.items() if s.gold.kind == "free"}
    if not shown or not free or most < 1:
        return None
    questions = list(asked(replace(board, entries=shown, samples=free)))
    if not questions:
        return None
    return SideBySide(
        columns=tuple(map(_column, shown)),
        lines=tuple(_spread(questions, most)),
        of=len(questions),
        hidden=len(models) - len(shown),
    )


def _chosen(models: Sequence[Entry]) -> tuple[Entry, ...]:
    """Untuned entries, then tuned ones; the best of each where there is no room for all."""
    tuned = [entry for entry in models if entry.summary.finetune is not None]
    untuned = [entry for entry in models if entry.summary.finetune is None]
    before = untuned[: max(COLUMNS // 2, COLUMNS - len(tuned))]
    return (*before, *tuned[: COLUMNS - len(before)])


def _column(entry: Entry) -> Column:
    return Column(entry.label, entry.summary.finetune is not None)


def _spread(questions: Sequence[Asked], most: int) -> list[Asked]:
    """Up to `most` questions, at even distances, the first among them."""
    shown = min(most, len(questions))
    return [questions[number * len(questions) // shown] for number in range(shown)]


def as_markdown(view: SideBySide) -> str:
    """The view as a GitHub table, with a line over it where something is left out."""
    heads = [Note("question"), *(column.heading for column in view.columns), Note("reference")]
    rows = (
        [line.question, *(say(reply.said) for reply in line.replies), line.reference]
        for line in view.lines
    )
    cells = ([cut(cell, _CELL, "") for cell in row] for row in rows)
    shown = table(list(map(say, heads)), [True] * len(heads), cells)
    notes = " ".join(escape(say(note)) for note in view.left_out)
    return f"{notes}\n\n{shown}" if notes else shown
