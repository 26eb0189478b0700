"""Which formulas agree with the official scores, by sequential Monte Carlo.

Draws of the prior are led to the posterior in steps: the likelihood is let in by powers that rise
to 1, each as far as half the draws survive; the draws are then resampled and moved by random walks
that leave the tempered posterior as it is (N. Chopin, "A sequential particle filter method for
static models", Biometrika 89, 2002, 539-551; P. Del Moral, A. Doucet, A. Jasra, "Sequential Monte
Carlo samplers", JRSS B 68, 2006, 411-436).

An official score is a rounded one, so its likelihood is that of its whole interval.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from harness.calibrate.earned import Earned
from harness.calibrate.formula import NOISE, OFFSET, SIZE, Prior, parts, weights
from harness.metrics.clusters import Floats, Ints

DRAWS = 2000
_SURVIVE = 0.5
_MOVES = 8
_LAST_MOVES = 24
_STEP = 2.38  # over the root of the dimensions (G. Roberts, J. Rosenthal, Stat. Science 16, 2001)
_WANTED = 0.25  # share of moves that are taken


@dataclass(frozen=True, slots=True)
class Seen:
    """Official scores, one a row; a run may have several.

    Args:
        run: shape (k,), which run was scored.
        part: shape (k,), 0 to 2 for AS, ART, AE, 3 for the total.
        score: shape (k,), in points.
        half: shape (k,), half of what it is rounded to.
        spread: shape (k,), standard deviation of the local number beside it, in points: that of
            a run's score from question to question, which no official score repeats.
    """

    run: Ints
    part: Ints
    score: Floats
    half: Floats
    spread: Floats

    def without(self, run: int) -> Seen:
        """All scores but those of one run."""
        kept = self.run != run
        return Seen(
            self.run[kept], self.part[kept], self.score[kept], self.half[kept], self.spread[kept]
        )


def posterior(
    runs: Sequence[Earned], seen: Seen, prior: Prior, dice: np.random.Generator, draws: int = DRAWS
) -> Floats:
    """Draw formulas that agree with the official scores; shape (draws, SIZE)."""

    def likelihood(formulas: Floats) -> Floats:
        return log_likelihood(runs, seen, formulas, prior)

    return _sample(prior, likelihood, dice, draws)


def log_likelihood(runs: Sequence[Earned], seen: Seen, formulas: Floats, prior: Prior) -> Floats:
    """Log-likelihood of official scores under each formula; shape (count,)."""
    expected = means(runs, seen, formulas, prior)
    spread = np.hypot(np.exp(formulas[:, NOISE])[:, None], seen.spread)
    return np.asarray(log_within(seen.score - expected, seen.half, spread).sum(axis=1))


def means(runs: Sequence[Earned], seen: Seen, formulas: Floats, prior: Prior) -> Floats:
    """What each official score would be before noise; shape (count, k).

    Each part has the offset as well: harder questions are harder in all of them.
    """
    given = weights(formulas, prior.counted)
    found = {}
    for at in set(seen.run.tolist()):
        own = parts(runs[at], formulas)
        found[at] = np.column_stack([own, (given * own).sum(axis=1)])
    columns = [found[run][:, part] for run, part in zip(seen.run, seen.part, strict=True)]
    return np.stack(columns, axis=1) + formulas[:, OFFSET][:, None]


def log_within(distance: Floats, half: Floats, spread: Floats) -> Floats:
    """Log of the chance that a normal falls within `half` of a place so far from its mean."""
    from scipy.special import log_ndtr  # a rerun that only looks into the store needs none of it

    near, far = (half - np.abs(distance)) / spread, -(half + np.abs(distance)) / spread
    upper, lower = log_ndtr(near), log_ndtr(far)
    return np.asarray(upper + np.log1p(-np.exp(np.minimum(lower - upper, -1e-12))))


def _sample(
    prior: Prior, likelihood: Callable[[Floats], Floats], dice: np.random.Generator, count: int
) -> Floats:
    draws = prior.draw(count, dice)
    draws = draws[np.isfinite(prior.log_density(draws))]
    draws = draws[dice.integers(len(draws), size=count)]
    fits, power, scale = likelihood(draws), 0.0, 1.0
    while power < 1:
        further = _next(fits, power)
        chances = np.exp((further - power) * (fits - fits.max()))
        kept = _resampled(chances / chances.sum(), dice)
        draws, fits, power = draws[kept], fits[kept], further
        for _ in range(_MOVES if power < 1 else _LAST_MOVES):
            draws, fits, taken = _moved(draws, fits, prior, likelihood, power, scale, dice)
            scale *= float(np.exp(taken - _WANTED))
    return draws


def _next(fits: Floats, power: float) -> float:
    """The next power: as far as the effective share of draws stays at what must survive."""
    if _effective(fits, 1 - power) >= _SURVIVE:
        return 1.0
    low, high = 0.0, 1 - power
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if _effective(fits, middle) >= _SURVIVE else (low, middle)
    return power + max(low, 1e-9)


def _effective(fits: Floats, step: float) -> float:
    chances = np.exp(step * (fits - fits.max()))
    return float(chances.sum() ** 2 / np.square(chances).sum() / len(fits))


def _resampled(chances: Floats, dice: np.random.Generator) -> Ints:
    """Systematic resampling."""
    count = len(chances)
    places = (np.arange(count) + dice.random()) / count
    found: Ints = np.minimum(np.searchsorted(np.cumsum(chances), places), count - 1)
    return found


def _moved(
    draws: Floats, fits: Floats, prior: Prior, likelihood: Callable[[Floats], Floats],
    power: float, scale: float, dice: np.random.Generator,
) -> tuple[Floats, Floats, float]:  # fmt: skip
    """One step of a random walk of all draws; the draws, how they fit, the share that moved."""
    root = np.linalg.cholesky(np.cov(draws.T) + 1e-9 * np.eye(SIZE))
    steps = dice.standard_normal(draws.shape) @ root.T
    tried = draws + scale * _STEP / np.sqrt(SIZE) * steps
    priors = prior.log_density(tried)
    found = np.where(np.isfinite(priors), likelihood(tried), -np.inf)
    gain = priors - prior.log_density(draws) + power * (found - fits)
    taken = np.log(dice.random(len(draws))) < gain
    draws = np.where(taken[:, None], tried, draws)
    return draws, np.where(taken, found, fits), float(taken.mean())
