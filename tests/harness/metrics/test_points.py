"""One share is one number, wherever it is printed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from harness.metrics.choice import percent
from harness.metrics.measured import Measured
from harness.metrics.points import points
from harness.metrics.replies import share
from harness.metrics.score import family_accuracy, macro_accuracy

HALF_WAY = [(93, 160), (101, 160), (1, 16), (3, 16), (7, 160), (23, 160), (157, 160), (29, 32),
            (1, 800), (9, 800), (13, 32), (5, 8), (2, 3), (0, 7), (7, 7)]  # fmt: skip


def measured(right: int, n: int) -> Measured:
    values = np.full((n, 3), math.nan)
    values[:, 0] = [1.0] * right + [0.0] * (n - right)
    return Measured(values, np.zeros(n, bool), np.zeros(n, bool))


@pytest.mark.parametrize(("right", "n"), HALF_WAY)
def test_a_family_prints_as_a_measure_does(right: int, n: int) -> None:
    families = family_accuracy(measured(right, n), ["a"] * n)
    accuracy, macro = families["a"]["AS"], macro_accuracy(families)
    assert accuracy is not None
    assert macro is not None
    marked = share("x", [1.0] * right + [0.0] * (n - right)).value
    assert marked is not None
    numbers = {f"{value:.2f}" for value in (accuracy, macro, marked, points(right, n))}
    assert numbers == {f"{percent(right, n):.2f}"}


def test_half_ways_as_opencompass_prints_them() -> None:
    assert [f"{points(right, 160):.2f}" for right in (93, 101, 7)] == ["58.13", "63.12", "4.38"]
