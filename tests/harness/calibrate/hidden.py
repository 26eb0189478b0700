"""Official scores of formulas that nobody sees, to hold the calibration against.

The formulas are drawn from wider distributions than `harness.calibrate.formula` believes in, the
official questions are others than the local ones, and every official score is noisy and rounded.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from harness.calibrate.earned import Earned, Ramp
from harness.calibrate.formula import (
    LENGTH,
    NOISE,
    OFFSET,
    SIZE,
    SPAN,
    T_FULL,
    Prior,
    prior_of,
    profile_formula,
    totals,
    weights,
)
from harness.calibrate.order import rank_correlation
from harness.calibrate.posterior import Seen, posterior
from harness.core import Profile
from harness.metrics.clusters import Floats

PROFILE = Profile("simulated/2", {"AS": 0.4, "ART": 0.3, "AE": 0.3}, t_full=0.5, t_zero=8.0)
WIDER = 1.15  # standard deviations of hidden formulas, in those of the prior
# Of a total from question to question, local and official, in points.
SPREAD = 100 * 0.37 * math.sqrt(1 / 400 + 1 / 1000)
NAMES = ("AS", "ART", "AE", "t_full", "t_zero", "length")


@dataclass(frozen=True, slots=True)
class Drawn:
    """One hidden formula, and runs at hand whose official scores it gives."""

    truth: Floats
    local: list[Earned]
    official: Floats
    half: float = 0.5


def draw(dice: np.random.Generator, runs: int, questions: int = 400) -> Drawn:
    """Draw a formula and runs of all kinds: more and less right, fast, long."""
    prior = prior_of(PROFILE)
    truth = np.full((1, SIZE), -np.inf)
    while not np.isfinite(prior.log_density(truth)):
        truth = prior.centre + WIDER * prior.sd * dice.standard_normal((1, SIZE))
    kinds = [_kind(dice) for _ in range(runs)]
    local = [_run(kind, f"run-{at}", questions, dice) for at, kind in enumerate(kinds)]
    theirs = [_run(kind, "official", 1000, dice) for kind in kinds]
    exact = totals(theirs, truth, prior.counted)[0] + truth[0, OFFSET]
    noisy = exact + np.exp(truth[0, NOISE]) * dice.standard_normal(runs)
    return Drawn(truth, local, np.clip(np.round(noisy), 0, 100))


@dataclass(frozen=True, slots=True)
class _Kind:
    right: float
    log_time: float
    log_ratio: float


def _kind(dice: np.random.Generator) -> _Kind:
    right = dice.uniform(0.45, 0.95)
    return _Kind(right, dice.uniform(math.log(0.25), math.log(5.0)), dice.uniform(-1.2, 0.4))


def _run(kind: _Kind, name: str, count: int, dice: np.random.Generator) -> Earned:
    c = (dice.random(count) < kind.right).astype(np.float64)
    long = 0.4 * dice.standard_normal(count)
    times = kind.log_time + 0.5 * long + 0.35 * dice.standard_normal(count)
    return Earned(
        name, float(c.mean()), Ramp(times, c, count), Ramp(np.exp(kind.log_ratio - long), c, count)
    )


def seen_of(drawn: Drawn, count: int) -> Seen:
    """The official scores of the first so many runs."""
    spread = SPREAD
    return Seen(
        np.arange(count), np.full(count, 3), drawn.official[:count],
        np.full(count, drawn.half), np.full(count, spread),
    )  # fmt: skip


def quantities(formulas: Floats, prior: Prior) -> Floats:
    """What a spec says, and the length; shape (count, 6)."""
    full = formulas[:, T_FULL]
    more = np.stack([full, full + formulas[:, SPAN], formulas[:, LENGTH]], axis=1)
    return np.concatenate([weights(formulas, prior.counted), np.exp(more)], axis=1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Rank correlations on held-out runs before and after, and which intervals held the truth."""

    before: float
    after: float
    pasted: float
    held: Floats
    predicted: float


def attempt(seed: int, submissions: int = 8, held_out: int = 20, draws: int = 1000) -> Outcome:
    """One hidden formula: calibrate on some submissions, look at the others."""
    dice = np.random.default_rng(seed)
    drawn = draw(dice, submissions + held_out)
    prior = prior_of(PROFILE)
    found = posterior(drawn.local, seen_of(drawn, submissions), prior, dice, draws)
    others, official = drawn.local[submissions:], drawn.official[submissions:]
    before = totals(others, profile_formula(prior), prior.counted)[0]
    every = totals(others, found, prior.counted)
    low, high = np.quantile(quantities(found, prior), [0.025, 0.975], axis=0)
    truth = quantities(drawn.truth, prior)[0]
    spread = np.hypot(np.exp(found[:, NOISE])[:, None], SPREAD)
    noise = spread * dice.standard_normal(every.shape)
    ahead = np.round(every + found[:, OFFSET][:, None] + noise)
    ends = np.quantile(ahead, [0.025, 0.975], axis=0)
    inside = (ends[0] <= official) & (official <= ends[1])
    return Outcome(
        rank_correlation(before, official),
        rank_correlation(every.mean(axis=0), official),
        rank_correlation(totals(others, plug_in(found, prior), prior.counted)[0], official),
        ((low <= truth) & (truth <= high)).astype(np.float64),
        float(inside.mean()),
    )


def plug_in(found: Floats, prior: Prior) -> Floats:
    """What is pasted into a spec, as a formula."""
    made: Floats = np.median(found, axis=0, keepdims=True)
    made[:, :3] = np.log(weights(found, prior.counted).mean(axis=0))
    made[:, LENGTH] = 0.0
    return made
