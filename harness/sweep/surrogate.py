"""What each recipe would score if it were trained whole, as all trials together tell.

One score of one training is mostly luck where recipes are near each other, and the trial with the
highest is flattered by that. A Gaussian process over the searched fields and the share of the
epochs (Rasmussen and Williams, "Gaussian Processes for Machine Learning", 2006, chapter 5; shares
as a field after Swersky et al., "Multi-Task Bayesian Optimization", 2013) learns how much of a
score is luck, and says of each recipe what its neighbours say too, also of those that were stopped.
`tests/bench/sweep_bench.py` measures what that is worth.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.sweep.ledger import Kept
from harness.sweep.space import Axis, Space

# Points below the best of its round from which on a failure is as good as any other: how deep it
# fell says nothing of where the best lies.
_FAR = 45.0
# Scores to learn from, of the best trials: time grows with their cube.
_MOST = 400


def expected(trials: Sequence[Kept], space: Space, shares: Sequence[float]) -> dict[int, float]:
    """The expected score of each trial's recipe, trained for all its epochs, in points.

    Args:
        trials: with a recipe and at least one score each.
        space: the searched fields.
        shares: of the epochs, by round.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

    known = _known(trials)
    scores = np.array([value for *_, value in known])
    best: dict[int, float] = {}  # by round, as scores may rise by more than that between rounds
    for _, place, value in known:
        best[place] = max(best.get(place, value), value)
    floors = np.array([best[place] - _FAR for _, place, _ in known])
    at = _points(space, [(one, shares[place]) for one, place, _ in known], shares)
    kernel = ConstantKernel(1.0, (0.05, 50.0)) * Matern(
        length_scale=[0.7] * at.shape[1], length_scale_bounds=(0.15, 20.0), nu=2.5
    ) + WhiteKernel(0.1, (1e-3, 2.0))
    process = GaussianProcessRegressor(
        kernel, normalize_y=True, n_restarts_optimizer=0, random_state=0
    )
    with warnings.catch_warnings():
        # A field that tells nothing takes the longest scale that it may have.
        warnings.simplefilter("ignore", ConvergenceWarning)
        process.fit(at, np.maximum(scores, floors))
    whole = process.predict(_points(space, [(one, shares[-1]) for one in trials], shares))
    return {one.number: float(value) for one, value in zip(trials, whole, strict=True)}


def _known(trials: Sequence[Kept]) -> list[tuple[Kept, int, float]]:
    """Every score of the best trials: of which, in which round, and how high."""
    best = sorted(trials, key=lambda one: (-(one.last.value or 0.0), one.number))
    found = [
        (one, place, found.value)
        for one in best
        for place, found in enumerate(one.rounds)
        if found.value is not None
    ]
    return found[:_MOST]


def _points(
    space: Space, asked: Sequence[tuple[Kept, float]], shares: Sequence[float]
) -> NDArray[np.float64]:
    """Recipes and shares as points of a cube."""
    depth = -math.log(min(shares)) or 1.0
    return np.array(
        [
            [*_coordinates(space, one.labels or {}), 1.0 + math.log(share) / depth]
            for one, share in asked
        ]
    )


def _coordinates(space: Space, labels: Mapping[str, Any]) -> Iterator[float]:
    for axis in space.axes:
        yield from _of_axis(axis, labels.get(axis.key), missing=axis.key not in labels)


def _of_axis(axis: Axis, label: Any, *, missing: bool) -> Iterator[float]:
    """Where a value lies between the ends of its range; of choices that are no numbers, which.

    A field that others leave out lies in the middle, and one coordinate more says so.
    """
    if axis.range.when:
        yield float(missing)
    ends = _ends(axis)
    if ends is None:
        yield from (float(not missing and label == one) for one in axis.labels)
        return
    low, high, is_log = ends
    if missing or low == high:
        yield 0.5
        return
    scale = math.log if is_log else float
    yield (scale(label) - scale(low)) / (scale(high) - scale(low))


def _ends(axis: Axis) -> tuple[float, float, bool] | None:
    """The lowest and highest number, and whether ratios matter; `None` of other choices."""
    if axis.range.choices is None:
        low, high = axis.ends
        return float(low), float(high), axis.range.log
    if any(isinstance(one, bool) or not isinstance(one, int | float) for one in axis.labels):
        return None
    # Ranks and batch sizes are chosen in steps of two: by their ratio.
    return float(min(axis.labels)), float(max(axis.labels)), min(axis.labels) > 0
