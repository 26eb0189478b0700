"""Official scores and runs to what can be said: the formula, the order, the next submission."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.calibrate.earned import Earned
from harness.calibrate.formula import (
    LENGTH,
    NOISE,
    OFFSET,
    SPAN,
    T_FULL,
    Prior,
    prior_of,
    profile_formula,
    totals,
    weights,
)
from harness.calibrate.material import Material
from harness.calibrate.order import rank_correlation, with_interval
from harness.calibrate.posterior import Seen, posterior
from harness.calibrate.scores_file import TOTAL
from harness.core import Profile
from harness.metrics.clusters import Floats
from harness.metrics.intervals import Interval
from harness.metrics.measured import PARTS

#: A part of the spread of the prior that is gone once the scores are known; less is not seen.
SEEN_FROM = 0.25
_TRUSTED = 0.5
_BOUNDS = np.array([0.5, 0.025, 0.975])
_LEFT_OUT_DRAWS = 1000
_LIKELY = 512  # draws that the gain of a submission is averaged over


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of a formula: what the profile says, what the scores say, how much they said.

    Args:
        name: such as `weights.AS`, `t_full`.
        profile: its value in the profile.
        found: the posterior median with its 95% interval; of weights the mean.
        learned: the share of the prior's variance that the scores took away, 0 to 1.
    """

    name: str
    profile: float
    found: Interval
    learned: float

    @property
    def is_seen(self) -> bool:
        """Whether the scores say anything of it."""
        return self.learned >= SEEN_FROM


@dataclass(frozen=True, slots=True)
class Order:
    """Rank correlations with the official order, 95% intervals.

    Args:
        profile: of the profile as it is.
        calibrated: of the formula fitted to these very scores, which flatters it.
        left_out: of each run by a formula fitted to the others' scores.
        runs: over how many.
    """

    profile: Interval
    calibrated: Interval
    left_out: Interval
    runs: int

    @property
    def trust(self) -> str:
        """Whether the local order can be trusted: yes, no or unknown."""
        if self.profile.low >= _TRUSTED:
            return "yes"
        return "no" if self.profile.high < _TRUSTED else "unknown"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A run that was not submitted yet.

    Args:
        run: its place among the runs.
        ahead: what it would get officially, with its 95% interval, in points.
        gain: what its official score would tell of the formula, in bits.
    """

    run: int
    ahead: Interval
    gain: float


@dataclass(frozen=True, slots=True)
class Standing:
    """One run that has official scores: the profile's total, the calibrated one, left out."""

    run: int
    profile: float
    calibrated: Interval
    left_out: float
    official: float
    odd: bool


@dataclass(frozen=True, slots=True)
class Calibration:
    """All that a calibration found."""

    quantities: tuple[Quantity, ...]
    order: Order
    standings: tuple[Standing, ...]
    candidates: tuple[Candidate, ...]
    section: Mapping[str, object]
    offset: Interval
    noise: Interval


def calibrate(
    material: Material, scores: Sequence[tuple[int, Mapping[str, float]]],
    half: Mapping[str, float], seed: int,
) -> Calibration:  # fmt: skip
    """Fit the profile to official scores.

    Args:
        material: the runs.
        scores: a run's place and its official scores by part and `total`, a row each; without
            scores it is a candidate.
        half: half of what each column is rounded to.
        seed: of all draws.
    """
    dice = np.random.default_rng(seed)
    prior, runs = prior_of(material.profile), material.earned
    seen = seen_of(scores, half, material.spreads)
    found = posterior(runs, seen, prior, dice)
    official = _official(seen)
    local = totals(runs, profile_formula(prior), prior.counted)[0]
    every = totals(runs, found, prior.counted)
    left_out = {run: _left_out(runs, seen, prior, run, dice) for run in official}
    ahead = _ahead(found, every, material.spreads[3], dice)
    standings = tuple(_standing(run, local, every, ahead, left_out, official) for run in official)
    candidates = [
        _candidate(run, found, every, ahead, material.spreads[3], half.get(TOTAL, 0.5))
        for run in range(len(runs)) if run not in official
    ]  # fmt: skip
    quantities = _quantities(found, prior, dice)
    return Calibration(
        quantities, _order(standings), standings,
        tuple(sorted(candidates, key=lambda one: -one.gain)),
        _section(quantities, material.profile),
        _interval(found[:, OFFSET]), _interval(np.exp(found[:, NOISE])),
    )  # fmt: skip


def seen_of(
    scores: Sequence[tuple[int, Mapping[str, float]]], half: Mapping[str, float], spreads: Floats
) -> Seen:
    """Official scores as the posterior takes them.

    Rows of one run share how far its local number is off, so each has that variance as often as
    there are rows: their mean then has it once.
    """
    columns = (*PARTS, TOTAL)
    rows = [
        (run, columns.index(name), value) for run, given in scores for name, value in given.items()
    ]
    times = Counter((run, part) for run, part, _ in rows)
    spread = [spreads[part] * math.sqrt(times[run, part]) for run, part, _ in rows]
    run, part, value = zip(*rows, strict=True)
    widths = [half[columns[each]] for each in part]
    return Seen(
        np.array(run), np.array(part), np.array(value), np.array(widths), np.array(spread)
    )  # fmt: skip


def _official(seen: Seen) -> dict[int, float]:
    """The mean official total of each run that has one, in the order of the file."""
    whole = seen.part == len(PARTS)
    return {
        int(run): float(seen.score[whole & (seen.run == run)].mean())
        for run in dict.fromkeys(seen.run[whole].tolist())
    }


def _left_out(
    runs: Sequence[Earned], seen: Seen, prior: Prior, run: int, dice: np.random.Generator
) -> float:
    """A run's total by a formula fitted to the others, without the offset, which orders nothing."""
    found = posterior(runs, seen.without(run), prior, dice, _LEFT_OUT_DRAWS)
    return float(totals([runs[run]], found, prior.counted).mean())


def _ahead(found: Floats, every: Floats, spread: float, dice: np.random.Generator) -> Floats:
    """Official scores to come, before rounding; shape (draws, runs)."""
    noise = np.hypot(np.exp(found[:, NOISE]), spread)[:, None]
    return np.asarray(every + found[:, OFFSET][:, None] + noise * dice.standard_normal(every.shape))


def _standing(
    run: int, local: Floats, every: Floats, ahead: Floats, left_out: Mapping[int, float],
    official: Mapping[int, float],
) -> Standing:  # fmt: skip
    expected = _interval(ahead[:, run])
    fitted = _interval(every[:, run])
    odd = not expected.low - 1 <= official[run] <= expected.high + 1
    mean = Interval(float(every[:, run].mean()), fitted.low, fitted.high)
    return Standing(run, float(local[run]), mean, left_out[run], official[run], odd)


def _order(standings: Sequence[Standing]) -> Order:
    official = np.array([one.official for one in standings])
    columns = (
        [one.profile for one in standings],
        [one.calibrated.value for one in standings],
        [one.left_out for one in standings],
    )
    count = len(standings)
    profile, calibrated, left_out = (
        with_interval(rank_correlation(np.array(column), official), count) for column in columns
    )
    return Order(profile, calibrated, left_out, count)


def _candidate(
    run: int, found: Floats, every: Floats, ahead: Floats, spread: float, half: float
) -> Candidate:
    ends = _interval(ahead[:, run])
    within = Interval(ends.value, max(0.0, ends.low), min(100.0, ends.high))
    centres = (every[:, run] + found[:, OFFSET])[:_LIKELY]
    spreads = np.hypot(np.exp(found[:_LIKELY, NOISE]), spread)
    return Candidate(run, within, information(centres, spreads, half))


def information(centres: Floats, spreads: Floats, half: float) -> float:
    """Mutual information, in bits, between a formula and the rounded score that it gives a run.

    The entropy of the score over all formulas less its mean entropy under each (D. V. Lindley, "On
    a measure of the information provided by an experiment", Annals of Mathematical Statistics 27,
    1956, 986-1005), over the draws of a posterior.

    Args:
        centres: shape (draws,), the score under each formula before noise.
        spreads: shape (draws,), its standard deviation.
        half: half of what scores are rounded to; never finer than 0.25 here, which costs nothing.
    """
    from scipy.special import ndtr

    width = 2 * max(half, 0.25)
    low, high = float((centres - 5 * spreads).min()), float((centres + 5 * spreads).max())
    edges = np.arange(math.floor(low / width), math.ceil(high / width) + 1) * width + width / 2
    below = ndtr((edges[None, :] - centres[:, None]) / spreads[:, None])
    chances = np.diff(below, axis=1, prepend=0.0, append=1.0)
    return max(0.0, float(_entropy(chances.mean(axis=0)) - _entropy(chances).mean()))


def _entropy(chances: Floats) -> Floats:
    """Bits, over the last axis."""
    logs = np.log2(np.where(chances > 0, chances, 1.0))
    return np.asarray(-(chances * logs).sum(axis=-1))


def _quantities(found: Floats, prior: Prior, dice: np.random.Generator) -> tuple[Quantity, ...]:
    before, after = (_columns(each, prior) for each in (prior.draw(4000, dice), found))
    own = _columns(profile_formula(prior), prior)
    made = []
    for name, values in after.items():
        learned = 1 - float(np.var(values) / np.var(before[name]))
        is_weight = name.startswith("weights.")
        seen = values if is_weight else np.exp(values)
        ends = _interval(seen)
        centre = float(seen.mean()) if is_weight else ends.value
        profile = float(own[name][0]) if is_weight else math.exp(float(own[name][0]))
        made.append(
            Quantity(name, profile, Interval(centre, ends.low, ends.high), max(0.0, learned))
        )
    return tuple(made)


def _columns(formulas: Floats, prior: Prior) -> dict[str, Floats]:
    """Weights as they are, times and lengths as logs; what has no weight is left out."""
    given = weights(formulas, prior.counted)
    found = {f"weights.{part}": given[:, at] for at, part in enumerate(PARTS) if prior.counted[at]}
    full = formulas[:, T_FULL]
    if prior.counted[1]:
        found |= {"t_full": full, "t_zero": full + formulas[:, SPAN]}
    if prior.counted[2]:
        found["length"] = formulas[:, LENGTH]
    return found


def _section(quantities: Sequence[Quantity], profile: Profile) -> dict[str, object]:
    """What to paste under `score:` of a spec, whatever the profile of its suite.

    A weight that is not said would be the suite's own.
    """
    by_name = {one.name: one.found.value for one in quantities}
    given = {part: round(by_name.get(f"weights.{part}", 0.0), 3) for part in PARTS}
    paid = {"art": profile.art} if profile.art != "correct" else {}
    times: dict[str, object] = {
        name: float(f"{by_name[name]:.3g}") for name in ("t_full", "t_zero") if name in by_name
    }
    return {**times, "weights": given, **paid}


def _interval(values: Floats) -> Interval:
    return Interval(*map(float, np.quantile(values, _BOUNDS)))
