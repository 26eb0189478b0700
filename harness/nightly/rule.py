"""When a night is red: the rule over nights and gates.

A gate is red where the mean loss of the last two nights, or that of last night alone, is beyond
the noise of quiet nights at a level that is shared out among all gates, so that 200 quiet nights
have less than one false red in the mean; where the 95% interval of the paired
comparison agrees; and where the loss is at least a third of the one that the gate is there to find.
A gate that is not red is fine where such a loss is excluded at 95%, else it is inconclusive, with
what would settle it.

`tests/bench/nightly_bench.py` simulates it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from harness.metrics.clusters import Clusters, Floats
from harness.nightly.evidence import Gate, Loss, Noise, loss, noise, paired
from reports.strings import Note

Call = Literal["fine", "regressed", "inconclusive"]
RULES = ("pooled", "online-fdr")
_QUIET = 30
NIGHTS = 200
#: False reds in the mean over so many quiet nights, all gates together.
_BUDGET = 0.8
_OVERWHELMING = 0.1  # the share of the budget that is one night's
#: The paired comparison must agree at this level, one-sided.
AGREES = 0.025
#: A loss of less than this share of the one to be found is nobody's worry.
WORTH = 1 / 3
_EXCLUDED = 1.645  # one-sided 95%
_SEEN = 0.842  # in four of five tries
#: What a gate is there to find: points of AS and AE, and a ratio of times.
DROPS: Mapping[Gate, float] = {"AS": 3.0, "AE": 3.0, "time": math.log(1.15)}


@dataclass(frozen=True, slots=True)
class Levels:
    """The levels of one gate on one night: two nights pooled, and one alone."""

    pooled: float
    alone: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one gate says.

    Args:
        call: fine, regressed or inconclusive.
        tonight: last night's loss, by the noise of nights.
        pooled: that of the last two nights; `None` where there is one only.
        paired: of the nights that decided, against the luck of questions.
        upper: the loss that is excluded at 95%.
        by: `two nights` or `one night`, what made it red; empty where it is not.
        needed: what would settle it, in words; empty where it is settled.
    """

    call: Call
    tonight: Loss
    pooled: Loss | None
    paired: Loss
    upper: float
    by: str = ""
    needed: Note | str = ""


def levels(gates: int) -> Levels:
    """Share the budget of false reds out among gates and nights."""
    each = _BUDGET / (NIGHTS * max(gates, 1))
    return Levels(each * (1 - _OVERWHELMING), each * _OVERWHELMING)


def judge(
    gate: Gate, blessed: Floats, nights: Floats, clusters: Clusters, at: Levels,
    quiet: Sequence[float] = (), drop: float | None = None,
) -> Verdict:  # fmt: skip
    """Judge last night by one gate.

    Args:
        gate: AS, AE or time.
        blessed: shape (k, n), values of the blessed nights by question, in points or log seconds.
        nights: shape (m, n), of the last night or two, the last one last.
        clusters: rows and wordings of the questions.
        at: the levels.
        quiet: means of other nights since that were not red.
        drop: the loss to be found, in the gate's unit; the gate's own where `None`.
    """
    least = DROPS[gate] if drop is None else drop
    found = noise(gate, blessed, quiet, nights)
    tonight = loss(gate, blessed, nights[-1:], found)
    pooled = loss(gate, blessed, nights[-2:], found) if len(nights) > 1 else None
    held = paired(gate, blessed, nights[-1:], clusters)
    error = math.hypot(held.error, found.between * math.sqrt(1 + 1 / len(blessed)))
    upper = held.value + _EXCLUDED * error
    for by, count in alarms(tonight, pooled, at, WORTH * least).items():
        decided = held if count == 1 else paired(gate, blessed, nights[-count:], clusters)
        if decided.p <= AGREES:
            return Verdict("regressed", tonight, pooled, decided, upper, by)
    if upper < least:
        return Verdict("fine", tonight, pooled, held, upper)
    needed = _needed(gate, held, found, len(blessed), int(_asked(blessed, nights)), least)
    return Verdict("inconclusive", tonight, pooled, held, upper, needed=needed)


def alarms(tonight: Loss, pooled: Loss | None, at: Levels, least: float) -> dict[str, int]:
    """What is surely more than the noise of nights, and over how many nights; often nothing.

    Last night must have lost as well: a loss that is mended is not red once more.
    """
    found: dict[str, int] = {}
    if tonight.value < least:
        return found
    if tonight.p <= at.alone:
        found["one night"] = 1
    if pooled is not None and pooled.p <= at.pooled and pooled.value >= least:
        found["two nights"] = 2
    return found


def quiet_means(means: Sequence[float], red: Sequence[bool]) -> list[float]:
    """Of nights in order, the means that the noise is estimated from: the last thirty quiet ones.

    Neither a red night is quiet nor the one before it: a loss often is not sure on its first night.
    """
    after = [*red[1:], False][: len(red)]
    kept = [mean for mean, now, then in zip(means, red, after, strict=True) if not now and not then]
    return kept[-_QUIET:]


def _asked(blessed: Floats, nights: Floats) -> int:
    return int(((~np.isnan(blessed)).all(axis=0) & (~np.isnan(nights)).all(axis=0)).sum())


def _needed(gate: Gate, held: Loss, found: Noise, k: int, n: int, least: float) -> Note:
    """What would settle a loss of `least` either way: questions, another night, steadier nights."""
    if not math.isfinite(held.error):
        return Note("need_timed" if gate == "time" else "need_rows")
    target = (least / (_EXCLUDED + _SEEN)) ** 2
    moves = found.between**2 * (1 + 1 / k)
    if moves < 0.8 * target:
        more = math.ceil(n * held.error**2 / (target - moves)) - n
        return Note("need_questions", {"n": f"{more:,}"}) if more > 0 else Note("need_night")
    if gate == "time":
        return Note("need_quiet", {"apart": f"{math.expm1(found.between):.0%}"})
    times = math.ceil(moves / (0.4 * target))
    return Note("need_repeats", {"n": str(times), "apart": f"{found.between:.1f}"})
