"""Why a night is red: which families and questions, and what it was made with that is new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harness.metrics.clusters import Floats
from harness.nightly.evidence import Gate, worse
from harness.nightly.history import Night
from harness.nightly.record import Record, stacked
from harness.nightly.taught import Change, Taught, taught_apart

#: Kinds of causes, the likeliest first, for answers and for times.
_LIKELY: Mapping[Gate, tuple[str, ...]] = {
    "AS": ("recipe", "data", "weights", "engine", "settings", "machine"),
    "AE": ("recipe", "data", "weights", "engine", "settings", "machine"),
    "time": ("engine", "settings", "recipe", "machine", "weights", "data"),
}
UNKNOWN = "nothing that Podium keeps"
_HALF = 0.5
_FLIPS = 20


@dataclass(frozen=True, slots=True)
class Flip:
    """A question that is worse than on the blessed nights, with both answers.

    Args:
        question: its id.
        family: of the question.
        asked: what it asks, of long ones the end.
        gold: its right answer.
        before, tonight: the answers of the last blessed night and of the last night.
    """

    question: str
    family: str
    asked: str
    gold: str
    before: str
    tonight: str


@dataclass(frozen=True, slots=True)
class Blame:
    """Why a gate is red.

    Args:
        cause: the kind of thing that changed: recipe, data, weights, engine, settings, machine.
        only: whether nothing else did.
        changes: all that changed as the loss came.
        since: the night on which it came.
        families: the share of the loss that is each family's, the largest first.
        flips: questions that were lost, with both answers; none for times.
        flipped: how many there are.
        taught: how the training rows changed; `None` where they did not, or are no longer kept.
    """

    cause: str
    only: bool
    changes: tuple[Change, ...]
    since: str
    families: tuple[tuple[str, float], ...]
    flips: tuple[Flip, ...]
    flipped: int
    taught: Taught | None = None


def blame(
    gate: Gate, blessed: Sequence[Record], tonight: Record, nights: Sequence[Night], loss: float,
    stages: Path | None = None,
) -> Blame:  # fmt: skip
    """Find out why a gate is red.

    Args:
        gate: the gate.
        blessed: answers of the blessed nights.
        tonight: answers of the last night.
        nights: all nights of the entry in order, the last one last.
        loss: how much worse the last night is.
        stages: where the store keeps what was taught; `None` where it is not at hand.
    """
    level = float(np.mean([one.mean(gate) for one in blessed]))
    cause, only, changed, since = cause_of(gate, nights, level, loss, blessed[-1].made)
    flips = list(_flips(gate, blessed, tonight))
    return Blame(
        cause, only, tuple(changed), since.night,
        _families(gate, blessed, tonight), tuple(flips[:_FLIPS]), len(flips),
        taught_apart(changed, stages),
    )  # fmt: skip


def cause_of(
    gate: Gate, nights: Sequence[Night], level: float, loss: float, blessed: Mapping[str, str]
) -> tuple[str, bool, list[Change], Night]:
    """The kind of thing that changed as the loss came, or, where nothing did, since the blessing.

    Args:
        gate: the gate that is red.
        nights: of the entry, the last one last.
        level: the mean of the blessed nights.
        loss: how much worse the last night is.
        blessed: what the last blessed night was made with.

    Returns:
        The cause, whether it is the only one, all changes, and the night on which the loss came.
    """
    before, onset = onset_of(gate, nights, level, loss)
    changed = changes(before.made, onset.made) if before is not None else []
    changed = changed or changes(blessed, nights[-1].made)
    kinds = kinds_of(changed)
    cause = next((kind for kind in _LIKELY[gate] if kind in kinds), UNKNOWN)
    return cause, len(kinds) == 1, changed, onset


def onset_of(
    gate: Gate, nights: Sequence[Night], level: float, loss: float
) -> tuple[Night | None, Night]:
    """The night before the loss came, and the one on which it came.

    Backwards from the last night, as long as nights lose at least half as much.
    """
    sign = -1.0 if gate == "time" else 1.0
    at = len(nights) - 1
    while at > 0:
        mean = nights[at - 1].means.get(gate)
        if mean is None or sign * (level - mean) < _HALF * loss:
            break
        at -= 1
    return (nights[at - 1] if at else None), nights[at]


def changes(before: Mapping[str, str], since: Mapping[str, str]) -> list[Change]:
    """What differs between two nights."""
    names = [*before, *(name for name in since if name not in before)]
    pairs = ((name, before.get(name, "nothing"), since.get(name, "nothing")) for name in names)
    return [Change(*pair) for pair in pairs if pair[1] != pair[2]]


def kinds_of(found: Sequence[Change]) -> set[str]:
    """The kinds of what changed; weights follow from a recipe and from data, and then tell nothing.

    Answers are keyed by all that makes them, so an engine or a setting moves that key as well.
    """
    kinds = {change.name.partition(".")[0] for change in found}
    return kinds - {"weights"} if len(kinds) > 1 else kinds


def _families(
    gate: Gate, blessed: Sequence[Record], tonight: Record
) -> tuple[tuple[str, float], ...]:
    """The share of the whole loss that is each family's."""
    before, since = stacked(blessed, gate), tonight.of(gate)[None, :]
    known = (~np.isnan(before)).all(axis=0) & ~np.isnan(since[0])
    lost: Floats = worse(gate, before, since)
    whole = float(lost.sum())
    if whole <= 0:
        return ()
    names = np.array(tonight.families)[known]
    shares = {str(name): float(lost[names == name].sum()) / whole for name in np.unique(names)}
    return tuple(sorted(shares.items(), key=lambda pair: -pair[1]))


def _flips(gate: Gate, blessed: Sequence[Record], tonight: Record) -> Sequence[Flip]:
    """Questions that every blessed night had better, the worst first, with the last such answer."""
    if gate == "time":
        return []
    before, since = stacked(blessed, gate), tonight.of(gate)
    with np.errstate(invalid="ignore"):
        lost = np.nan_to_num(before.min(axis=0) - since)
    order = [int(at) for at in np.argsort(-lost, kind="stable") if lost[at] > 0]
    texts = blessed[-1].texts
    return [
        Flip(
            tonight.ids[at], tonight.families[at], tonight.asked[at], tonight.golds[at],
            texts[at], tonight.texts[at],
        )
        for at in order
    ]  # fmt: skip
