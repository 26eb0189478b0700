"""Whether intervals and ranks keep what they promise: a thin cut of `validity_bench.py`.

The seeds are fixed, and the bounds are those of the whole bench (92 to 98%, at most 6%) with three
standard errors of so few tries.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from harness.metrics.clusters import Clusters
from harness.metrics.intervals import Interval
from harness.metrics.measured import Measured
from harness.metrics.score import score
from tests.harness.metrics.simulated import PROFILE, SHAPES, coverage, false_separations

TRIES = 150
SEED = 5


def off(share: float) -> float:
    """Three standard errors of a share of the tries, in per cent."""
    return 300 * math.sqrt(share * (1 - share) / TRIES)


@pytest.mark.parametrize("accuracy", [0.1, 0.5, 0.9])
@pytest.mark.parametrize(
    "shape", ["20x3", "219x2", "24x7", "60x6 strong", "24x22, 366 asked", "64x22"]
)
def test_intervals_hold_the_true_score(shape: str, accuracy: float) -> None:
    found = coverage(SHAPES[shape], accuracy, TRIES, f1=accuracy == 0.9, seed=SEED)
    for name, share in found.items():
        assert 92 - off(0.92) <= share <= 98 + off(0.98), name


@pytest.mark.parametrize(("shape", "own"), [("219x3", 1.0), ("24x22, 366 asked", 0.3)])
def test_equals_are_seldom_told_apart(shape: str, own: float) -> None:
    found = false_separations(SHAPES[shape], 0.5, TRIES, entries=3, own=own, seed=SEED)
    assert found <= 6 + off(0.06)


def test_two_wordings_tell_nothing_apart() -> None:
    shape = replace(SHAPES["219x2"], rows=60)
    assert false_separations(shape, 0.5, 20, entries=2, own=1.0, seed=SEED) == 0


def of(right: int, wrong: int, wordings: int = 22) -> Interval:
    """AS of so many right and wrong answers over rows in some wordings.

    The fewer of both are spread over rows and wordings: where a whole row is wrong at once the
    interval is wider, as it should be, than with one more wrong elsewhere.
    """
    n, few = right + wrong, min(right, wrong)
    c = np.full(n, float(right >= wrong))
    c[[(i * (wordings + 1)) % n for i in range(few)]] = float(right < wrong)
    clusters = Clusters(
        tuple(f"r{i // wordings}" for i in range(n)), tuple(f"w{i % wordings}" for i in range(n))
    )
    nothing = np.zeros(n, dtype=np.bool_)
    part = score(Measured(np.stack([c, c, c], axis=1), nothing, nothing), clusters, PROFILE)
    found = part.parts["AS"]
    assert found is not None
    return found


@pytest.mark.parametrize(("rows", "wordings"), [(24, 22), (20, 3), (219, 3), (60, 6), (219, 22)])
def test_the_lower_end_rises_with_the_number_right(rows: int, wordings: int) -> None:
    n = rows * wordings
    lows = [of(n - wrong, wrong, wordings).low for wrong in range(12)]
    assert lows == sorted(lows, reverse=True)
    highs = [of(right, n - right, wordings).high for right in range(12)]
    assert highs == sorted(highs)


def test_all_right_is_no_certainty() -> None:
    """Of 528 all right was [86.2, 100] once, and one wrong [98.9, 100]; of 40 all [100, 100]."""
    assert of(528, 0).high == 100
    assert 97 < of(527, 1).low < of(528, 0).low < 100
    assert of(40, 0, wordings=2).low < 97
    assert of(0, 40, wordings=2).high > 3
