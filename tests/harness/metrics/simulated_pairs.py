"""Pairs of runs whose difference, and what it is made of, is known.

Recipes that are trained again scatter by a normal variable on their accuracy. Their answers are
drawn as in `simulated`; of what is left of an answer's chance when row and wording are taken, a
share is the question's own and the same for all runs, for what is hard for one model is hard for
another.

For the causes a run has a manner: how often each family is right, seconds to the first token and
for each further one, tokens, and how terse it is. One thing is changed from one run to the next,
and everything else is drawn anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import NormalDist

import numpy as np

from harness.core import Profile
from harness.metrics.attribution import Behaviour, response_values
from harness.metrics.causes import Cause, causes
from harness.metrics.clusters import Clusters, Floats
from harness.metrics.contrast import Contrast, contrast
from harness.metrics.measured import PARTS, Measured
from harness.metrics.repeats import mean_over_seeds
from harness.metrics.training_noise import Scatter, Trained
from tests.harness.metrics.simulated import PROFILE, SHAPES, Shape, true_scores

# What a point of accuracy is worth in points of the total of these runs.
WORTH = true_scores(1.0)["total"] / 100
_SPEED, _TERSE = np.array([1.0, 0.8, 0.4]), np.array([1.0, 0.9, 0.6])
_CHANCES = (0.5, 0.3, 0.2)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two recipes.

    Args:
        shape: rows and wordings.
        apart: points of the total by which the second is truly better.
        sd: points of AS by which trainings of one recipe scatter.
        seeds: how often each is trained.
        own: the share of the effects of rows and wordings that is each recipe's own.
        alike: the share of the rest that is the question's own and the same for both.
        accuracy: of both on average.
    """

    shape: Shape
    apart: float = 0.0
    sd: float = 3.0
    seeds: int = 3
    own: float = 0.3
    alike: float = 0.5
    accuracy: float = 0.7


class Pairs:
    """Draws pairs of recipes over the questions of one shape."""

    def __init__(self, pair: Pair, seed: int) -> None:
        self.pair = pair
        self._dice = np.random.default_rng(seed)
        shape = pair.shape
        cells = np.arange(shape.rows * shape.wordings)
        if shape.asked is not None:
            cells = np.sort(self._dice.choice(cells, shape.asked, replace=False))
        self._row, self._wording = np.divmod(cells, shape.wordings)
        self.clusters = Clusters(
            tuple(f"row-{i}" for i in self._row), tuple(f"wording-{i}" for i in self._wording)
        )

    def draw(self) -> tuple[Measured, Measured]:
        """Two recipes over one draw of rows, wordings and questions."""
        shared, hard = self._effects(), self._dice.standard_normal(len(self._row))
        half = self.pair.apart / WORTH / 200
        one, other = (self._recipe(sign * half, shared, hard) for sign in (-1, 1))
        return one, other

    def known(self, seeds: int) -> Scatter:
        """What a recipe beside them, trained with so many seeds, shows of the scatter."""
        scores = self._dice.normal(0, self.pair.sd / 100, seeds)
        return Scatter(float(np.std(scores, ddof=1)), seeds - 1)

    def _recipe(self, shift: float, shared: Floats, hard: Floats) -> Measured:
        own = self.pair.own
        effects = np.sqrt(1 - own) * shared + np.sqrt(own) * self._effects()
        runs = [
            self._training(self.pair.accuracy + shift + scatter, effects, hard)
            for scatter in self._dice.normal(0, self.pair.sd / 100, self.pair.seeds)
        ]
        return mean_over_seeds(runs) if len(runs) > 1 else runs[0]

    def _training(self, accuracy: float, effects: Floats, hard: Floats) -> Measured:
        shape, alike = self.pair.shape, self.pair.alike
        spare = np.sqrt(1 - shape.of_rows - shape.of_wordings)
        noise = np.sqrt(1 - alike) * self._dice.standard_normal(len(hard))
        latent = effects + spare * (np.sqrt(alike) * hard + noise)
        c = (latent < NormalDist().inv_cdf(min(max(accuracy, 0.001), 0.999))).astype(np.float64)
        speed, terse = (self._dice.choice(of, len(c), p=_CHANCES) for of in (_SPEED, _TERSE))
        nothing = np.zeros(len(c), dtype=np.bool_)
        return Measured(np.stack([c, c * speed, c * terse], axis=1), nothing, nothing)

    def _effects(self) -> Floats:
        shape = self.pair.shape
        rows, wordings = map(self._dice.standard_normal, (shape.rows, shape.wordings))
        of_rows = np.sqrt(shape.of_rows) * rows[self._row]
        return np.asarray(of_rows + np.sqrt(shape.of_wordings) * wordings[self._wording])


@dataclass(frozen=True, slots=True)
class Rates:
    """In per cent of the tries: intervals that hold the truth, and pairs told apart."""

    held: float
    apart: float
    width: float


def rates(pair: Pair, tries: int, seed: int, *, known: int = 0) -> Rates:
    """How often the total of pairs is told apart, and its interval holds the true difference.

    Args:
        pair: what is drawn.
        tries: how often.
        seed: of all draws.
        known: with how many seeds a recipe beside them was trained; 0 where there is none.
    """
    pairs = Pairs(pair, seed)
    held = apart = 0
    width = 0.0
    for _ in range(tries):
        sides = [Trained(run) for run in pairs.draw()]
        found = total(sides, pairs.clusters, pairs.known(known) if known else None)
        if found.whole is not None:
            held += found.whole.low <= pair.apart <= found.whole.high
            apart += max(found.whole.p, found.questions.p) < 0.05
            width += (found.whole.high - found.whole.low) / 2 / tries
    return Rates(100 * held / tries, 100 * apart / tries, width)


def total(sides: Sequence[Trained], clusters: Clusters, known: Scatter | None) -> Contrast:
    """The totals compared."""
    found = contrast(sides, clusters, PROFILE, known)["total"]
    assert found is not None
    return found


# --- causes --------------------------------------------------------------------------------------

FAMILIES = ("lookup", "filter", "across", "time", "range", "missing", "convert")
BAND = Profile("simulated/2", {"AS": 0.4, "ART": 0.3, "AE": 0.3}, t_full=0.5, t_zero=8.0)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a run answers: accuracy by family, seconds, tokens, and the share that AE leaves."""

    accuracy: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(FAMILIES, 0.75))
    first: float = 0.4
    per_token: float = 0.03
    tokens: float = 30.0
    terse: float = 0.7


#: How each cause is planted: what it makes of a manner, by how strong it is (0 to 1).
def planted(cause: str, family: str, strength: float, manner: Manner) -> Manner:
    """The manner with one thing changed."""
    if cause == "accuracy":
        lost = {**manner.accuracy, family: manner.accuracy[family] * (1 - 0.3 - 0.7 * strength)}
        return replace(manner, accuracy=lost)
    factor = 1 + 1.0 + 3.0 * strength
    if cause == "concise":
        return replace(manner, terse=manner.terse / (1.15 + 1.2 * strength))
    if cause == "first_token":
        return replace(manner, first=manner.first * factor)
    if cause == "per_token":
        return replace(manner, per_token=manner.per_token * factor)
    return replace(manner, tokens=manner.tokens * factor)


class Causes:
    """Draws pairs of runs with one planted cause over the questions of the quickstart's shape."""

    def __init__(self, seed: int, shape: Shape = SHAPES["24x22, 366 asked"]) -> None:
        self._dice = np.random.default_rng(seed)
        cells = np.arange(shape.rows * shape.wordings)
        if shape.asked is not None:
            cells = np.sort(self._dice.choice(cells, shape.asked, replace=False))
        row, wording = np.divmod(cells, shape.wordings)
        self.clusters = Clusters(tuple(map(str, row)), tuple(map(str, wording)))
        self.families = [FAMILIES[at % len(FAMILIES)] for at in range(len(cells))]
        self._hard = self._dice.random(len(cells))

    def draw(self, cause: str) -> tuple[str, float, list[Cause]]:
        """A pair in which one cause, of random strength and family, made the second run worse.

        Returns:
            The family that it was planted in, how far the totals differ, and what was found.
        """
        family = str(self._dice.choice(FAMILIES))
        before = Manner()
        after = planted(cause, family, float(self._dice.random()), before)
        pair = [before, after]
        if self._dice.random() < 0.5:
            pair.reverse()  # the second is better by it
        apart, found = self.between(*pair)
        return family, apart, found

    def between(self, before: Manner, after: Manner) -> tuple[float, list[Cause]]:
        """How far the totals of two runs of these manners differ, and over which causes."""
        pair = (before, after)
        self._hard = self._dice.random(len(self.families))
        one, other = (self._behaviour(manner) for manner in pair)
        found = causes([one], [other], self.families, self.clusters, BAND)
        weights = np.array([BAND.weights[part] for part in PARTS])
        apart = (other.values.mean(axis=0) - one.values.mean(axis=0)) @ weights
        return float(100 * apart), found

    def _behaviour(self, manner: Manner) -> Behaviour:
        n = len(self.families)
        # Half of an answer's luck is the question's, the rest the run's own.
        luck = NormalDist()
        hard = np.array([luck.inv_cdf(min(max(h, 1e-6), 1 - 1e-6)) for h in self._hard])
        latent = np.sqrt(0.5) * hard + np.sqrt(0.5) * self._dice.standard_normal(n)
        limit = np.array([luck.inv_cdf(max(manner.accuracy[f], 1e-6)) for f in self.families])
        c = (latent < limit).astype(np.float64)
        tokens = np.maximum(np.round(manner.tokens * self._spread(n, 0.25)), 1)
        first, rate = manner.first * self._spread(n, 0.15), manner.per_token * self._spread(n, 0.08)
        e2e = first + (tokens - 1) * rate
        terse = np.minimum(manner.terse * self._spread(n, 0.2), 1.0)
        yes, no = np.ones(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
        values = np.stack([c, c * response_values(e2e, BAND), c * terse], axis=1).round(6)
        return Behaviour(values, yes, no, yes, e2e, first, tokens)

    def _spread(self, n: int, sd: float) -> Floats:
        return np.asarray(np.exp(self._dice.normal(0, sd, n)))


def causes_held(tries: int, seed: int) -> dict[str, float]:
    """How often the interval of each cause holds its mean over all tries, in per cent.

    Everything changes at once, accuracy in one family.
    """
    before = Manner()
    after = replace(
        planted("accuracy", FAMILIES[0], 0.0, before), first=0.6, per_token=0.04, tokens=36,
        terse=0.6,
    )  # fmt: skip
    drawn = Causes(seed)
    found = [drawn.between(before, after)[1] for _ in range(tries)]
    held = {}
    for same in zip(*found, strict=True):
        truth = float(np.mean([cause.points.value for cause in same]))
        inside = [cause.points.low <= truth <= cause.points.high for cause in same]
        held[same[0].family or same[0].name] = 100 * float(np.mean(inside))
    return held


PLANTED = ("accuracy", "first_token", "per_token", "tokens", "concise")


@dataclass(frozen=True, slots=True)
class Named:
    """Of so many pairs how often the first cause was the planted one, and the worst sum."""

    pairs: int
    right: int
    furthest: float


def named(pairs: int, seed: int, cause: str) -> Named:
    """Whether the greatest of the causes found is the planted one, family and all."""
    drawn = Causes(seed)
    right = 0
    furthest = 0.0
    for _ in range(pairs):
        family, whole, found = drawn.draw(cause)
        first = max(found, key=lambda one: abs(one.points.value))
        right += first.name == cause and (cause != "accuracy" or first.family == family)
        furthest = max(furthest, abs(whole - sum(one.points.value for one in found)))
    return Named(pairs, right, furthest)
