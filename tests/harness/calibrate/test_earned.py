from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from harness.calibrate.earned import Ramp
from harness.core import Profile
from harness.metrics.score import response_value

SECONDS = st.floats(0.01, 100)
WORTH = st.floats(0, 1)


@given(st.lists(st.tuples(SECONDS, WORTH), min_size=1, max_size=30), SECONDS, st.floats(1.2, 50))
def test_art_under_a_band_is_what_the_score_says(
    answers: list[tuple[float, float]], full: float, factor: float
) -> None:
    profile = Profile("p", {"ART": 1.0}, t_full=full, t_zero=full * factor)
    times, worth = map(np.array, zip(*answers, strict=True))
    expected = math.fsum(c * response_value(t, profile) for t, c in answers) / len(answers)
    ends = np.log([full]), np.log([full * factor])
    found = Ramp(np.log(times), worth, len(answers)).above(*ends)
    assert math.isclose(float(found[0]), expected, abs_tol=1e-9)


@given(st.lists(st.tuples(st.floats(0.01, 5), WORTH), min_size=1, max_size=30), st.floats(0.1, 10))
def test_ae_under_a_band_is_what_the_score_says(
    answers: list[tuple[float, float]], length: float
) -> None:
    ratios, worth = map(np.array, zip(*answers, strict=True))
    expected = math.fsum(c * min(1, length * q) for q, c in answers) / len(answers)
    found = Ramp(ratios, worth, len(answers)).below(np.array([length]))
    assert math.isclose(float(found[0]), expected, abs_tol=1e-9)


def test_answers_that_earn_nothing_are_among_those_that_the_mean_goes_over() -> None:
    ramp = Ramp(np.array([1.0]), np.array([1.0]), 4)
    assert ramp.below(np.array([2.0]))[0] == 0.25
