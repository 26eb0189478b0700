"""What questions can show is what they do show."""

from __future__ import annotations

import numpy as np
import pytest

from harness.metrics.clusters import Clusters
from harness.metrics.joint import compare
from harness.metrics.power import ACCURACY, OWN, power
from tests.harness.metrics.simulated import PROFILE, SHAPES, Board, Shape


def test_more_rows_and_more_wordings_show_more() -> None:
    shapes = ("24x7", "24x22, 366 asked", "64x22", "219x22")
    shown = [power(Board(SHAPES[name], seed=1).clusters).points for name in shapes]
    known = [points for points in shown if points is not None]
    assert len(known) == len(shapes)
    assert known == sorted(known, reverse=True)


def test_one_or_two_wordings_can_show_nothing() -> None:
    found = power(Board(SHAPES["219x2"], seed=1).clusters)
    assert (found.points, set(found.needed.values())) == (None, {None})


def test_without_labels_a_difference_takes_as_many_questions_as_by_the_formula() -> None:
    """2.8 standard errors of the difference of two shares, each right in 70% and independent."""
    found = power(Clusters(("",) * 400, ("",) * 400))
    assert found.points == pytest.approx(100 * 2.8 * np.sqrt(0.42 / 400), rel=0.12)


@pytest.mark.parametrize("shape", [Shape(64, 22), Shape(24, 22, asked=366), Shape(219, 8)])
def test_what_is_said_to_show_shows_in_about_four_of_five_tries(shape: Shape) -> None:
    board = Board(shape, seed=2)
    points = power(board.clusters).points
    assert points is not None
    seen, tries = 0, 150
    for _ in range(tries):
        better, worse = board.pair(ACCURACY, points / 100, own=OWN)
        found = compare(worse, better, board.clusters, PROFILE)["AS"]
        assert found is not None
        seen += found.p < 0.05 and found.value > 0
    assert 0.65 <= seen / tries <= 0.95


def test_the_questions_that_it_takes_show_it() -> None:
    found = power(Board(Shape(64, 22), seed=1).clusters)
    needed = found.needed[10]
    assert needed is not None
    there = power(Board(Shape(round(needed / 22), 22), seed=1).clusters).points
    assert there == pytest.approx(10, rel=0.2)
