"""What models answered while they were trained, moment by moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports.text import cut, one_line, visible

if TYPE_CHECKING:
    from reports.board import Leaderboard

_MOMENTS = 6  # that a page shows of one entry: the first, the last, and some between
_LONGEST = 240


@dataclass(frozen=True, slots=True)
class Watched:
    """One entry: its moments as headings, and a row a question with an answer a moment.

    A row is a question, its reference answer, empty where there is none, and the answers.
    """

    label: str
    moments: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[str, ...]], ...]

    @property
    def referred(self) -> bool:
        """Whether there is a reference answer to look at."""
        return any(reference for _, reference, _ in self.rows)


def watched(board: Leaderboard) -> list[Watched]:
    """The entries that were watched, in the order of the board."""
    return [
        _watched(entry.label, entry.run.watched) for entry in board.entries if entry.run.watched
    ]


def _watched(label: str, rows: Sequence[Mapping[str, Any]]) -> Watched:
    answers = {(row["step"], row["sample_id"]): str(row["text"]) for row in rows}
    questions = {
        row["sample_id"]: (str(row["question"]), str(row.get("reference", ""))) for row in rows
    }
    epochs = {row["step"]: row["epoch"] for row in rows}
    steps = _spread(sorted(epochs))
    return Watched(
        one_line(label),
        tuple(f"{epochs[step]:.3g}" for step in steps),
        tuple(
            (
                _asked(question),
                visible(cut(reference, _LONGEST, "")),
                tuple(visible(cut(answers.get((step, name), ""), _LONGEST, "")) for step in steps),
            )
            for name, (question, reference) in questions.items()
        ),
    )


def _asked(question: str) -> str:
    """The line of a question that asks; rows of a table may stand above it."""
    above, _, asked = question.rpartition("\n")
    return visible(cut(f"… {asked}" if above else asked, _LONGEST, ""))


def _spread(steps: Sequence[int]) -> list[int]:
    """The first, the last and some between."""
    if len(steps) <= _MOMENTS:
        return list(steps)
    last = len(steps) - 1
    return [steps[round(last * at / (_MOMENTS - 1))] for at in range(_MOMENTS)]
