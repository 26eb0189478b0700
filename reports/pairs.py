"""Every two ranked entries compared: what tells them apart, or how far they would have to be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reports.board import Leaderboard

SHOWN = 66  # pairs that people are shown: those of twelve entries; files for scripts hold all


@dataclass(frozen=True, slots=True)
class Row:
    """Two entries on the same questions.

    Args:
        first, second: their labels, the one that stands higher first.
        value: the first minus the second in what ranks them, in points.
        p: two-sided, adjusted by Holm for all pairs of the board.
        apart: whether they are told apart.
        detectable: the smallest true difference, in points, that such questions would show on this
            board in four of five tries.
        low, high: the interval of the difference; those of all pairs hold together.
    """

    first: str
    second: str
    value: float
    p: float
    apart: bool
    detectable: float
    low: float
    high: float


def rows(board: Leaderboard) -> Iterator[Row]:
    """The pairs in the order of the board."""
    labels = [entry.label for entry in board.ranked]
    for pair in board.ranking.pairs:
        yield Row(
            labels[pair.first], labels[pair.second], pair.value, pair.p, pair.apart,
            pair.detectable, pair.low, pair.high,
        )  # fmt: skip


def against(board: Leaderboard, label: str) -> dict[str, dict[str, float | bool]]:
    """One entry against each other ranked entry, for `leaderboard.json`; its own minus theirs."""
    found: dict[str, dict[str, float | bool]] = {}
    for row in rows(board):
        if label in (row.first, row.second):
            is_first = row.first == label
            other, sign = (row.second, 1) if is_first else (row.first, -1)
            low, high = (row.low, row.high) if is_first else (0 - row.high, 0 - row.low)
            found[other] = {
                "difference": round(sign * row.value, 2),
                "low": round(low, 2),
                "high": round(high, 2),
                "p": round(row.p, 6),
                "apart": row.apart,
                "detectable": round(row.detectable, 2),
            }
    return found
