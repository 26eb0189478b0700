"""How often one side wins, and how far judgements agree: over repeats, and between judges.

Marks and labels are compared unit by unit (an answer, a pair); `None` is a judgement that is not
there. A number that the data cannot give, such as an agreement where everybody always says the
same, is `None`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, Literal, TypeVar

if TYPE_CHECKING:
    from harness.judges.judge import Judge
    from harness.judges.pairwise import Pair, Preference
    from harness.judges.rating import Rated, Rating
    from harness.metrics.intervals import Interval

Level = Literal["nominal", "ordinal", "interval"]
Label = TypeVar("Label", bound=Hashable)
Units = Sequence[Sequence[Label | None]]


@dataclass(frozen=True, slots=True)
class WinRate:
    """How the first side of some pairs did.

    Args:
        wins: pairs whose first answer is preferred.
        ties: pairs that are equal, or on which the two orders differ.
        losses: pairs whose second answer is preferred.
        unread: pairs without an outcome; they are in no share.
        inconsistent: pairs on which the two orders differ, all among the ties.
        first_place: those of them where the answer that was shown first was preferred both times.
        second_place: those where it was the answer shown second.
        share: (wins + ties / 2) / (wins + ties + losses) with its 95% Wilson interval, in [0, 1];
            `None` where nothing was read.
    """

    wins: int
    ties: int
    losses: int
    unread: int
    inconsistent: int
    first_place: int
    second_place: int
    share: Interval | None

    @property
    def position_bias(self) -> float | None:
        """The share of the pairs read on which the two orders differ; `None` without any."""
        read = self.wins + self.ties + self.losses
        return self.inconsistent / read if read else None


def win_rate(preferences: Sequence[Preference]) -> WinRate:
    """Count preferences from the first side's point of view."""
    from harness.metrics.intervals import wilson

    outcomes = Counter(preference.outcome for preference in preferences)
    wins, ties, losses = outcomes["first"], outcomes["tie"], outcomes["second"]
    differ = [p for p in preferences if p.outcome is not None and not p.consistent]
    places = Counter((preference.asked, preference.turned) for preference in differ)
    return WinRate(
        wins=wins,
        ties=ties,
        losses=losses,
        unread=outcomes[None],
        inconsistent=len(differ),
        first_place=places["first", "second"],
        second_place=places["second", "first"],
        share=wilson(wins + ties / 2, wins + ties + losses),
    )


def repeated(judge: Judge, cases: Sequence[Rated], times: int) -> list[list[Rating]]:
    """Rate the same answers several times, in one stream.

    A judge that keeps its replies is asked anew each time; one without chance says the same.

    Returns:
        Shape (cases, times).
    """
    ratings = judge.rate([case for case in cases for _ in range(times)])
    return [ratings[i * times : (i + 1) * times] for i in range(len(cases))]


def repeated_preferences(judge: Judge, pairs: Sequence[Pair], times: int) -> list[list[Preference]]:
    """Compare the same answers several times, in one stream.

    Returns:
        Shape (pairs, times).
    """
    found = judge.prefer([pair for pair in pairs for _ in range(times)])
    return [found[i * times : (i + 1) * times] for i in range(len(pairs))]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the judgements of some units agree.

    Args:
        units: how many units there are.
        unread: judgements that are not there.
        exact: see `exact_agreement`.
        kappa: see `fleiss_kappa`.
        alpha: see `krippendorff_alpha`.
    """

    units: int
    unread: int
    exact: float | None
    kappa: float | None
    alpha: float | None


def agreement_of_marks(repeats: Sequence[Sequence[Rating]], criterion: str) -> Agreement:
    """How far repeated ratings agree under one criterion; alpha is of interval level."""
    units = [[rating.marks[criterion] for rating in ratings] for ratings in repeats]
    return Agreement(
        len(units), _unread(units), exact_agreement(units), fleiss_kappa(units),
        krippendorff_alpha(units, "interval"),
    )  # fmt: skip


def agreement_of_preferences(repeats: Sequence[Sequence[Preference]]) -> Agreement:
    """How far repeated preferences agree; alpha is ordinal, with the tie between the sides."""
    order = {"first": 1, "tie": 0, "second": -1}
    units = [
        [None if p.outcome is None else order[p.outcome] for p in preferences]
        for preferences in repeats
    ]
    return Agreement(
        len(units), _unread(units), exact_agreement(units), fleiss_kappa(units),
        krippendorff_alpha(units, "ordinal"),
    )  # fmt: skip


def _unread(units: Units[Label]) -> int:
    return sum(label is None for unit in units for label in unit)


def exact_agreement(units: Units[Label]) -> float | None:
    """The share of units whose judgements are all the same, of those with at least two."""
    read = [present for unit in units if len(present := _present(unit)) > 1]
    return sum(len(set(unit)) == 1 for unit in read) / len(read) if read else None


def _present(unit: Sequence[Label | None]) -> list[Label]:
    return [label for label in unit if label is not None]


def cohen_kappa(first: Sequence[Label | None], second: Sequence[Label | None]) -> float | None:
    """Agreement of two judges beyond chance, over the units that both judged.

    (p_o - p_e) / (1 - p_e), with p_e from each judge's own shares. J. Cohen, "A coefficient of
    agreement for nominal scales", Educational and Psychological Measurement 20 (1960), 37-46.

    Returns:
        At most 1; `None` without such units, or where both always say the same one thing.
    """
    both = [(a, b) for a, b in zip(first, second, strict=True) if a is not None and b is not None]
    n = len(both)
    one, other = Counter(a for a, _ in both), Counter(b for _, b in both)
    # Whole numbers, so that a chance of exactly 1 is told.
    chance = sum(count * other[label] for label, count in one.items())
    if chance == n * n:
        return None
    return (n * sum(a == b for a, b in both) - chance) / (n * n - chance)


def fleiss_kappa(units: Units[Label]) -> float | None:
    """Agreement of several judgements a unit beyond chance, over the units that have them all.

    (P - P_e) / (1 - P_e), with P_e from the shares of all judgements together. J. L. Fleiss,
    "Measuring nominal scale agreement among many raters", Psychological Bulletin 76 (1971),
    378-382.

    Returns:
        At most 1; `None` without such units, with fewer than two judgements a unit, or where all
        say the same one thing.

    Raises:
        ValueError: units differ in how many judgements they should have.
    """
    if len({len(unit) for unit in units}) > 1:
        raise ValueError("Fleiss' kappa needs as many judgements of each unit")
    full = [Counter(unit) for unit in units if None not in unit]
    times = len(units[0]) if units else 0
    shares: Counter[Label | None] = sum(full, Counter())
    whole = shares.total()
    chance = sum(count**2 for count in shares.values())
    if times < 2 or chance == whole**2:
        return None
    same = sum(count * (count - 1) for unit in full for count in unit.values())
    agreed, by_chance = same / (whole * (times - 1)), chance / whole**2
    return (agreed - by_chance) / (1 - by_chance)


def krippendorff_alpha(units: Units[Label], level: Level) -> float | None:
    """Agreement beyond chance, with any number of judgements a unit and with near misses.

    1 - D_o / D_e over the values that can be paired within a unit. K. Krippendorff, "Computing
    Krippendorff's alpha-reliability" (2011): nominal values are the same or not; ordinal ones lie
    as far apart as there are judgements between them; interval ones as their numbers do.

    Args:
        units: judgements by unit; labels of ordinal level must sort, those of interval level be
            numbers.
        level: how far apart two values are.

    Returns:
        At most 1; `None` where nothing can be paired, or there is one value only.
    """
    paired = [present for unit in units if len(present := _present(unit)) > 1]
    counts = Counter(label for unit in paired for label in unit)
    apart = _distances(counts, level)
    expected = math.fsum(counts[a] * counts[b] * apart[a, b] for a, b in permutations(counts, 2))
    if expected == 0:
        return None
    observed = math.fsum(
        one[a] * one[b] * apart[a, b] / (one.total() - 1)
        for one in map(Counter, paired)
        for a, b in permutations(one, 2)
    )
    return 1 - (counts.total() - 1) * observed / expected


def _distances(counts: Counter[Label], level: Level) -> dict[tuple[Label, Label], float]:
    """The squared distance of any two different values."""
    if level == "nominal":
        return dict.fromkeys(permutations(counts, 2), 1.0)
    if level == "interval":
        return {(a, b): float(a - b) ** 2 for a, b in permutations(counts, 2)}  # type: ignore[operator] # numbers, as documented
    places: dict[Label, float] = {}
    below = 0
    for label in sorted(counts):  # type: ignore[type-var] # they sort, as documented
        places[label] = below + counts[label] / 2
        below += counts[label]
    return {(a, b): (places[a] - places[b]) ** 2 for a, b in permutations(counts, 2)}
