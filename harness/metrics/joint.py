"""Several runs on the same questions: how their totals vary together, and two of them compared."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from harness.core import Profile
from harness.metrics.clusters import Clusters, Floats, components
from harness.metrics.influence import Influence, add_variances, vector, weights_of
from harness.metrics.intervals import Difference, difference
from harness.metrics.measured import PARTS, Measured


@dataclass(frozen=True, slots=True)
class Joint:
    """How totals over the same questions vary together, in points.

    Args:
        covariance: shape (k, k); of the questions, and of the trainings where there are several.
        variance: shape (k, k), of the difference of each pair; never 0 beside the diagonal.
        df: shape (k, k), degrees of freedom of `variance`.
        fixed: whether all this holds for these wordings only.
    """

    covariance: Floats
    variance: Floats
    df: Floats
    fixed: bool


def joint_totals(
    runs: Sequence[Measured], clusters: Clusters, profile: Profile
) -> tuple[Floats, Joint]:
    """Score several runs on the same questions together, for ranking.

    Only the parts that every run has enter.

    Returns:
        Totals of shape (k,), 0 to 100, and how they vary together.
    """
    each = [Influence(run) for run in runs]
    over = weights_of(each, profile)
    chosen = vector(over)
    asked = np.any([run.asked(chosen) for run in each], axis=0)
    table = np.stack([run.of(chosen)[asked] for run in each], axis=1)
    parts = components(table, clusters.factors(asked))
    variance, df = parts.of_pairs()
    seeds = np.array([run.seeds(chosen) for run in each])
    trained = np.array([max(len(run.measured.seeds) - 1, 1) for run in each], dtype=np.float64)
    unseen = np.array([run.step(chosen) for run in each]) ** 2
    extra = [
        (np.add.outer(unseen, unseen), float(asked.sum())),
        (np.broadcast_to(seeds[:, None], variance.shape), trained[:, None]),
        (np.broadcast_to(seeds[None, :], variance.shape), trained[None, :]),
    ]
    variance, df = add_variances(variance, df, extra)
    covariance = parts.covariance + np.diag(seeds + unseen)
    totals = np.array([float(run.means[chosen > 0] @ chosen[chosen > 0]) for run in each])
    points = 100.0**2
    return 100 * totals, Joint(points * covariance, points * variance, df, clusters.fixed)


def compare(
    first: Measured, second: Measured, clusters: Clusters, profile: Profile
) -> dict[str, Difference | None]:
    """Compare two runs on the same questions: second minus first, in points.

    A question that either run leaves unscored is left out of both, so the pairs stay pairs.

    Returns:
        `AS`, `ART`, `AE` and `total`; `None` where either run lacks the data.
    """
    missing = np.isnan(first.values) | np.isnan(second.values)
    pair = [replace(run, values=np.where(missing, math.nan, run.values)) for run in (first, second)]
    whole = weights_of([Influence(run) for run in pair], profile)
    wanted = {**{part: {part: 1.0} for part in PARTS}, "total": whole}
    return {
        name: _difference(pair, clusters, replace(profile, weights=weights))
        for name, weights in wanted.items()
    }


def _difference(
    pair: Sequence[Measured], clusters: Clusters, profile: Profile
) -> Difference | None:
    if not weights_of([Influence(run) for run in pair], profile):
        return None
    totals, joint = joint_totals(pair, clusters, profile)
    return difference(
        float(totals[1] - totals[0]), float(joint.variance[0, 1]), float(joint.df[0, 1])
    )
