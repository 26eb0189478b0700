"""What one change would bring, held against runs in which it was made."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from harness.core import Profile
from harness.metrics.attribution import Behaviour, response_values
from harness.metrics.levers import Lever, levers

PROFILE = Profile("p/1", {"AS": 0.4, "ART": 0.3, "AE": 0.3}, 0.5, 8.0)
FAMILIES = ["a", "a", "a", "a", "b", "b", "b", "b"]


def behaviour(
    c: list[float], first: float = 0.8, rate: float = 0.05, tokens: float = 40, k: float = 0.5
) -> Behaviour:
    n = len(c)
    right = np.array(c)
    e2e = np.full(n, first + (tokens - 1) * rate)
    yes, no = np.ones(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
    values = np.stack([right, right * response_values(e2e, PROFILE), right * k], axis=1)
    return Behaviour(values, yes, no, yes, e2e, np.full(n, first), np.full(n, tokens))


def total(run: Behaviour) -> float:
    return float(100 * run.values.mean(axis=0) @ np.array([0.4, 0.3, 0.3]))


RIGHT = [1.0, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0]
RUN = behaviour(RIGHT)


def found(run: Behaviour = RUN) -> dict[str, Lever]:
    return {
        f"{lever.name} {lever.family}".strip(): lever
        for lever in levers([run], [run.tokens], FAMILIES, PROFILE)
    }


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("first_token", behaviour(RIGHT, first=0.4)),
        ("per_token", behaviour(RIGHT, rate=0.025)),
        ("terse", behaviour(RIGHT, k=1.0)),
        ("fewer_tokens", behaviour(RIGHT, tokens=20, k=1.0)),
        ("family_right b", behaviour([1, 1, 1, 0, 1, 1, 1, 1])),
        ("family_best b", behaviour([1, 1, 1, 0, 1, 1, 1, 0])),
    ],
)
def test_a_change_brings_what_it_brings(name: str, changed: Behaviour) -> None:
    assert found()[name].points == pytest.approx(total(changed) - total(RUN))


def test_a_change_says_how_much_and_of_what() -> None:
    assert found()["fewer_tokens"].amount == 20
    assert found()["family_best b"].best == "a"
    assert "family_best a" not in found()


def test_the_greatest_comes_first_and_nothing_that_brings_nothing() -> None:
    told = [lever.points for lever in levers([RUN], [RUN.tokens], FAMILIES, PROFILE)]
    assert told == sorted(told, reverse=True)
    perfect = behaviour([1.0] * 8, first=0.1, rate=0.001, tokens=2, k=1.0)
    assert levers([perfect], [perfect.tokens], FAMILIES, PROFILE) == []


def test_what_was_not_measured_is_not_changed() -> None:
    unknown = np.full(8, math.nan)
    values = RUN.values.copy()
    values[:, 1:] = math.nan
    bare = replace(RUN, values=values, e2e=unknown, first=unknown, tokens=unknown)
    weighed = replace(PROFILE, weights={"AS": 1.0})
    names = {lever.name for lever in levers([bare], [unknown], FAMILIES, weighed)}
    assert names == {"family_right", "family_best"}
