"""Several runs on the same questions: how their totals vary together, and two of them compared."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from harness.core import Profile
from harness.metrics.clusters import Clusters, Floats, Sources
from harness.metrics.influence import Influence, add_variances, vector, weights_of
from harness.metrics.intervals import Difference, difference
from harness.metrics.measured import PARTS, Measured

_POINTS = 100.0**2  # a variance in points


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
    weights = vector(weights_of(each, profile))
    asked = np.any([run.asked(weights) for run in each], axis=0)
    table = np.stack([run.of(weights)[asked] for run in each], axis=1)
    sources = Sources(clusters.factors(asked))
    parts = sources.components(table)
    unseen = np.array([run.step(weights) for run in each]) ** 2
    seeds = np.array([run.seeds(weights) for run in each])
    seeds_df = np.array([run.seeds_df for run in each])
    variance, df = add_variances(
        *parts.of_pairs(),
        (unseen[:, None] + unseen, np.array(sources.most_df)),
        (seeds[:, None], seeds_df[:, None]),
        (seeds, seeds_df),
    )
    covariance = parts.covariance + np.diag(seeds + unseen)
    totals = np.array([run.value(weights) for run in each])
    return 100 * totals, Joint(_POINTS * covariance, _POINTS * variance, df, clusters.fixed)


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
