"""Official formulas that could be: weights, the band of response times, the band of lengths.

    official = 100 · (w_AS · AS + w_ART · ART + w_AE · AE) + offset + noise, rounded

ART and AE as in `harness.metrics.score`, but that full marks for length go up to `length` times the
reference's: AE = mean(c · min(1, length · L_reference / L)). The offset is how much harder the
official questions are than the ones at hand. The priors are centred on the profile and weak:

    log w            normal, sd 0.6 each, then made to add up to 1
    log t_full       normal, sd 0.8     (95% within a factor of 4.8)
    log t_zero/t_full  normal, sd 0.6   (a factor of 3.2), at least a factor of 1.2
    log length       normal, sd 0.4     (a factor of 2.2), around 1
    offset           normal, sd 2 points
    log noise        normal, sd 0.5     around 0.8 points: equal files were seen 1 point apart
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.calibrate.earned import Earned
from harness.core import Profile
from harness.metrics.clusters import Floats
from harness.metrics.measured import PARTS

_WEIGHT_SD = 0.6
_FULL_SD = 0.8
_SPAN_SD = 0.6
_LEAST_SPAN = math.log(1.2)
_LENGTH_SD = 0.4
_OFFSET_SD = 2.0
_NOISE, _NOISE_SD = 0.8, 0.5
#: Columns of a table of formulas, behind one log weight a part.
T_FULL, SPAN, LENGTH, OFFSET, NOISE = range(len(PARTS), len(PARTS) + 5)
SIZE = len(PARTS) + 5


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed before any official score: independent normals, one a column.

    A part without weight in the profile has none here.
    """

    centre: Floats
    sd: Floats
    counted: tuple[bool, ...]
    pays_all: bool

    def draw(self, count: int, dice: np.random.Generator) -> Floats:
        """Formulas, shape (count, SIZE)."""
        return np.asarray(self.centre + self.sd * dice.standard_normal((count, SIZE)))

    def log_density(self, formulas: Floats) -> Floats:
        """Up to a constant; shape (count,)."""
        distance = ((formulas - self.centre) / self.sd) ** 2
        return np.where(formulas[:, SPAN] >= _LEAST_SPAN, -0.5 * distance.sum(axis=1), -np.inf)


def prior_of(profile: Profile) -> Prior:
    """The prior around a profile."""
    weights = [profile.weights.get(part, 0.0) for part in PARTS]
    span = math.log(profile.t_zero / profile.t_full)
    logs = [math.log(weight) if weight > 0 else 0.0 for weight in weights]
    centre = [*logs, math.log(profile.t_full), span, 0.0, 0.0, math.log(_NOISE)]
    sd = [*[_WEIGHT_SD] * len(PARTS), _FULL_SD, _SPAN_SD, _LENGTH_SD, _OFFSET_SD, _NOISE_SD]
    counted = tuple(weight > 0 for weight in weights)
    return Prior(np.array(centre), np.array(sd), counted, profile.art == "all")


def profile_formula(prior: Prior) -> Floats:
    """The profile itself as a formula, shape (1, SIZE)."""
    return prior.centre[None, :]


def weights(formulas: Floats, counted: Sequence[bool]) -> Floats:
    """Weights of the parts, which add up to 1; shape (count, 3)."""
    raw = np.where(counted, np.exp(formulas[:, : len(PARTS)]), 0.0)
    return np.asarray(raw / raw.sum(axis=1, keepdims=True))


def parts(run: Earned, formulas: Floats) -> Floats:
    """AS, ART and AE of a run under each formula, in points; shape (count, 3)."""
    found = np.zeros((len(formulas), len(PARTS)))
    found[:, 0] = run.accuracy
    if run.times is not None:
        low = formulas[:, T_FULL]
        found[:, 1] = run.times.above(low, low + np.maximum(formulas[:, SPAN], _LEAST_SPAN))
    if run.lengths is not None:
        found[:, 2] = run.lengths.below(np.exp(formulas[:, LENGTH]))
    return 100 * found


def totals(runs: Sequence[Earned], formulas: Floats, counted: Sequence[bool]) -> Floats:
    """Totals of runs under each formula, in points, without the offset; shape (count, runs)."""
    given = weights(formulas, counted)
    return np.stack([(given * parts(run, formulas)).sum(axis=1) for run in runs], axis=1)
