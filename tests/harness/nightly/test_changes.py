from __future__ import annotations

import numpy as np

from harness.nightly.changes import change_points, levels


def test_a_step_is_found_where_it_is() -> None:
    dice = np.random.default_rng(1)
    values = [*dice.normal(60, 1, 40), *dice.normal(63, 1, 30), *dice.normal(58, 1, 30)]
    found = change_points(values)
    assert len(found) == 2
    assert abs(found[0] - 40) <= 2
    assert abs(found[1] - 70) <= 2
    assert [round(level) for level in levels(values, found)] == [60, 63, 58]


def test_noise_has_few_changes() -> None:
    dice = np.random.default_rng(2)
    assert sum(len(change_points(dice.normal(0, 1, 60).tolist())) for _ in range(40)) <= 3


def test_one_night_far_off_is_no_change() -> None:
    values = np.random.default_rng(3).normal(60, 1, 40)
    values[20] = 5.0
    assert change_points(values.tolist()) == []


def test_equal_nights_are_no_trend() -> None:
    """In order of time, equal values would be ranked upwards."""
    for odd in (7, 20, 39):
        values = [98.9] * 40
        values[odd] = 98.6
        assert change_points(values) == []
    assert change_points([98.9, 98.6] * 20) == []


def test_a_step_among_equal_nights_is_found() -> None:
    assert change_points([98.9] * 20 + [95.0] * 20) == [20]


def test_too_few_or_equal_nights_have_none() -> None:
    assert change_points([1.0, 5.0, 9.0]) == []
    assert change_points([1.0] * 30) == []
