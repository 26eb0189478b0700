"""How much the accuracy of a run depends on the words in which it is asked."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from typing import Any

from harness.core import Sample, Score


def phrasing_spread(samples: Iterable[Sample], scores: Iterable[Score]) -> dict[str, Any] | None:
    """The spread of AS over phrasings, in points.

    Args:
        samples: the questions; those of one template are asked in one phrasing.
        scores: of the run; only the metric `correct` is read, and questions without a value of it
            are left out.

    Returns:
        `n` phrasings, `low` and `high` AS of one, and `sd`, the sample standard deviation over
        them; `None` where there are fewer than two.
    """
    correct = {score.sample_id: score.value for score in scores if score.metric == "correct"}
    groups: dict[str, list[float]] = {}
    for sample in samples:
        if (value := correct.get(sample.id)) is not None:
            groups.setdefault(sample.template, []).append(value)
    means = [100 * statistics.fmean(values) for values in groups.values()]
    if len(means) < 2:
        return None
    ends = {"low": min(means), "high": max(means), "sd": statistics.stdev(means)}
    return {"n": len(means), **{name: round(value, 2) for name, value in ends.items()}}
