"""How the score of a board is made, and what all its entries have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports.fields import flat

if TYPE_CHECKING:
    from reports.board import Leaderboard
    from reports.summary import Scoring


@dataclass(frozen=True, slots=True)
class Formula:
    """The profile, and the fields of the signature that all entries share."""

    scoring: Scoring
    signature: list[tuple[str, str]]


def view(board: Leaderboard) -> Formula:
    """The formula of the entries, which is one."""
    first, *others = (dict(flat(entry.summary.signature)) for entry in board.entries)
    shared = [pair for pair in first.items() if all(pair in other.items() for other in others)]
    return Formula(board.first.summary.scoring, shared)
