"""Two runs on the same questions: second minus first, over other questions and other trainings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from harness.core import Profile
from harness.metrics.clusters import Clusters
from harness.metrics.influence import Influence, vector, weights_of
from harness.metrics.intervals import Difference, detectable, difference
from harness.metrics.joint import joint_totals
from harness.metrics.measured import PARTS, Measured
from harness.metrics.training_noise import Scatter, Trained, of_difference, together

_POINTS = 100.0**2  # a variance in points


@dataclass(frozen=True, slots=True)
class Contrast:
    """A difference, in points.

    Args:
        questions: what other questions of the kind would leave of it, with these very trainings.
        whole: what other questions and other trainings would; `None` where nobody knows how far
            trainings scatter.
    """

    questions: Difference
    whole: Difference | None


def contrast(
    sides: Sequence[Trained],
    clusters: Clusters,
    profile: Profile,
    known: Scatter | None = None,
    comparisons: int = 1,
) -> dict[str, Contrast | None]:
    """Compare two runs on the same questions: second minus first, in points.

    A question that either run leaves unscored in a part is left out of that part in both.

    Args:
        sides: the first and the second, over the same questions in the same order.
        clusters: row and wording of each question.
        profile: its weights make the total.
        known: how far other recipes of this suite and base scatter.
        comparisons: how many are made at once, for the difference that would show.

    Returns:
        `AS`, `ART`, `AE` and `total`; `None` where either run lacks the data.
    """
    pair = paired(*(side.run for side in sides))
    whole = weights_of([Influence(run) for run in pair], profile)
    sides = [replace(side, run=run) for side, run in zip(sides, pair, strict=True)]
    wanted = {**{part: {part: 1.0} for part in PARTS}, "total": whole}
    return {
        name: _contrast(sides, clusters, replace(profile, weights=weights), known, comparisons)
        for name, weights in wanted.items()
    }


def paired(first: Measured, second: Measured) -> tuple[Measured, Measured]:
    """Both runs without what either lacks, so that the pairs stay pairs."""
    missing = np.isnan(first.values) | np.isnan(second.values)
    one, other = (
        replace(run, values=np.where(missing, math.nan, run.values)) for run in (first, second)
    )
    return one, other


def _contrast(
    sides: Sequence[Trained],
    clusters: Clusters,
    profile: Profile,
    known: Scatter | None,
    comparisons: int,
) -> Contrast | None:
    once = [replace(side.run, seeds=np.zeros((0, len(PARTS)))) for side in sides]
    over = weights_of([Influence(run) for run in once], profile)
    if not over:
        return None
    totals, joint = joint_totals(once, clusters, profile)

    def told(variance: float, df: float) -> Difference:
        found = difference(float(totals[1] - totals[0]), variance, df)
        return replace(found, detectable=detectable(math.sqrt(variance), df, comparisons))

    asked = float(joint.variance[0, 1]), float(joint.df[0, 1])
    trained = of_difference(sides, vector(over), known)
    if trained is None:
        return Contrast(told(*asked), None)
    return Contrast(told(*asked), told(*together(asked, (_POINTS * trained[0], trained[1]))))
