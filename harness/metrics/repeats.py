"""A recipe trained with several seeds: one score for all of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from harness.metrics.bootstrap import RESAMPLES
from harness.metrics.score import Clusters, Measured, Scores, score

if TYPE_CHECKING:
    from harness.core import Profile


def pooled(
    runs: Sequence[Measured],
    clusters: Clusters,
    profile: Profile,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Scores:
    """Score an entry that was trained with several seeds, by the mean over them.

    Args:
        runs: one a seed, over the same questions in the same order.
        clusters: row and template of each question.
        profile: the weights.
        resamples: how many.
        seed: of the resampling.

    Returns:
        Parts and total of the mean over seeds. `unscored` and `unparsed` are those of a seed on
        average, rounded up, so that none is lost.
    """
    found = score(mean_over_seeds(runs), clusters, profile, resamples=resamples, seed=seed)
    return replace(
        found,
        unscored=average_count(int(run.unscored.sum()) for run in runs),
        unparsed=average_count(int(run.unparsed.sum()) for run in runs),
    )


def mean_over_seeds(runs: Sequence[Measured]) -> Measured:
    """The mean of each question's values over the seeds that have one.

    A question is unscored or unparsed where it is so with every seed.
    """
    table = np.stack([run.values for run in runs])
    counts = (~np.isnan(table)).sum(axis=0)
    with np.errstate(invalid="ignore"):
        values = np.nansum(table, axis=0) / counts
    return Measured(
        values,
        np.all([run.unscored for run in runs], axis=0),
        np.all([run.unparsed for run in runs], axis=0),
    )


def average_count(counts: Iterable[int]) -> int:
    """The mean of counts, rounded up: what any seed has is not rounded away."""
    found = list(counts)
    return math.ceil(sum(found) / len(found)) if found else 0
