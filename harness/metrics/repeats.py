"""A recipe trained with several seeds: one measurement for all of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harness.metrics.influence import Influence
from harness.metrics.measured import Measured


def mean_over_seeds(runs: Sequence[Measured]) -> Measured:
    """The mean of each question's values over the seeds that have one, with the means of each seed.

    A question is unscored or unparsed where it is so with every seed.

    Args:
        runs: one a seed, over the same questions in the same order.
    """
    table = np.stack([run.values for run in runs])
    counts = (~np.isnan(table)).sum(axis=0)
    with np.errstate(invalid="ignore"):
        values = np.nansum(table, axis=0) / counts
    return Measured(
        values,
        np.all([run.unscored for run in runs], axis=0),
        np.all([run.unparsed for run in runs], axis=0),
        np.stack([Influence(run).means for run in runs]),
    )
