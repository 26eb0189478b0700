"""How often one side wins where a judge prefers one of two answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.judges.pairwise import Preference
    from harness.metrics.intervals import Interval


@dataclass(frozen=True, slots=True)
class WinRate:
    """How the first side of some pairs did.

    Args:
        wins: pairs whose first answer is preferred.
        ties: pairs that are equal, or on which the two orders differ.
        losses: pairs whose second answer is preferred.
        unread: pairs without an outcome; they are in no share.
        inconsistent: pairs on which the two orders differ, all among the ties.
        share: (wins + ties / 2) / (wins + ties + losses) with its 95% Wilson interval, in [0, 1];
            `None` where nothing was read.
    """

    wins: int
    ties: int
    losses: int
    unread: int
    inconsistent: int
    share: Interval | None


def win_rate(preferences: Sequence[Preference]) -> WinRate:
    """Count preferences from the first side's point of view."""
    from harness.metrics.intervals import wilson

    outcomes = Counter(preference.outcome for preference in preferences)
    wins, ties, losses = outcomes["first"], outcomes["tie"], outcomes["second"]
    differ = [p for p in preferences if p.outcome is not None and not p.consistent]
    return WinRate(
        wins=wins,
        ties=ties,
        losses=losses,
        unread=outcomes[None],
        inconsistent=len(differ),
        share=wilson(wins + ties / 2, wins + ties + losses),
    )
