"""Ranges as recipes: what is drawn lies in them, and what does not matter is left out."""

from __future__ import annotations

import warnings
from decimal import Decimal
from typing import Any

import numpy as np
import optuna
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from harness.config.search import Range, SweepSection, read_bound
from harness.errors import InputError
from harness.sweep.space import Space
from harness.sweep.suggest import Past, Suggester, calm
from tests.harness.sweep.sweeping import RANGES, request


def space(ranges: dict[str, Any]) -> Space:
    return Space({key: Range.model_validate(one) for key, one in ranges.items()})


@given(st.integers(0, 10_000))
def test_a_recipe_has_what_matters_in_it(seed: int) -> None:
    found = space({**RANGES, "x": {"low": 0, "high": 10, "step": 5}})
    with calm():
        study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=seed))
        labels = found.suggest(study.ask())
    assert 1e-4 <= labels["finetune.lr"] <= 1e-2
    assert labels["x"] in (0, 5, 10)
    assert ("finetune.dropout" in labels) == (labels["finetune.rank"] != 8)
    assert found.own(found.of(labels)) == labels


def test_lists_are_choices_too() -> None:
    found = space({"finetune.targets": {"choices": [["q_proj", "v_proj"], "all-linear"]}})
    assert found.axes[0].labels == ('["q_proj", "v_proj"]', "all-linear")
    assert found.of({"finetune.targets": '["q_proj", "v_proj"]'}) == {
        "finetune.targets": ["q_proj", "v_proj"]
    }


def test_a_grid_holds_each_recipe_once() -> None:
    ranges = {
        "rank": {"choices": [8, 16]},
        "dropout": {"low": 0.0, "high": 0.1, "step": 0.1, "when": {"rank": [16]}},
    }
    assert space(ranges).grid() == [
        {"rank": 8}, {"rank": 16, "dropout": 0.0}, {"rank": 16, "dropout": 0.1},
    ]  # fmt: skip


# Decimals as people write them, with the places that they write.
DECIMALS = st.decimals(-1000, 1000, places=3)
STEPS = st.decimals("0.001", 50, places=3)


@given(DECIMALS, STEPS, st.integers(0, 60), STEPS)
def test_steps_are_counted_as_they_are_written(
    low: Decimal, step: Decimal, count: int, beyond: Decimal
) -> None:
    high = low + count * step + min(beyond, step - Decimal("0.001"))
    assume(low < high)
    one = Range(low=float(low), high=float(high), step=float(step))
    (axis,) = Space({"x": one}).axes
    points = axis.points()
    assert points == tuple(float(low + at * step) for at in range(count + 1))
    assert axis.ends == (points[0], points[-1])
    with calm(), warnings.catch_warnings():
        warnings.simplefilter("error")
        kind = axis.distribution
        study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=count))
        study.add_trials(
            optuna.trial.create_trial(value=0, params={"x": point}, distributions={"x": kind})
            for point in points
        )
        assert axis.suggest(study.ask()) in points
    for point in points:
        assert axis.own(point) == (point,)
        assert axis.nearest(float(np.nextafter(point, np.inf))) == point


@pytest.mark.parametrize(
    ("low", "high", "step", "points"),
    [
        (0.0, 0.3, 0.1, (0.0, 0.1, 0.2, 0.3)),
        (0, 0.35, 0.1, (0.0, 0.1, 0.2, 0.3)),
        (1, 6, None, (1, 2, 3, 4, 5, 6)),
        (2, 9, 3, (2, 5, 8)),
        (1.0, 3.0, 1, (1.0, 2.0, 3.0)),
        (-0.2, 0.1, 0.1, (-0.2, -0.1, 0.0, 0.1)),
        (0.0, 1.0, 2.0, (0.0,)),
    ],
)
def test_a_grid_ends_where_it_says(low: Any, high: Any, step: Any, points: Any) -> None:
    (axis,) = space({"x": {"low": low, "high": high, "step": step}}).axes
    assert [repr(point) for point in axis.points()] == [repr(point) for point in points]


@pytest.mark.parametrize(
    ("low", "high", "step", "said"),
    [
        (1e5, 1e5 + 1, 1e-3, "is too small beside"),
        (0.1234567890123456, 99.9, 1.0, "too many digits"),
        (0.0, 1.0, 9.9e-5, "more than 10,000 steps"),
    ],
)
def test_steps_that_cannot_be_told_apart_are_refused(
    low: float, high: float, step: float, said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        Range(low=low, high=high, step=step)


def test_a_grid_that_nobody_waits_for_is_not_laid_out() -> None:
    with pytest.raises(InputError, match="x: 10,000,000,001 values: write a larger step"):
        space({"x": {"low": 0, "high": 10**10}}).grid()


def test_what_an_older_study_added_up_is_read_as_the_nearest_step() -> None:
    added = 0.1 + 0.2
    found = space({"x": {"low": 0.0, "high": 0.3, "step": 0.1}})
    assert found.of({"x": added}) == {"x": 0.3}
    settings = SweepSection(sampler="grid")
    past = [Past({"x": added}, [50.0], whole=True, violations={})]
    assert Suggester(found, settings, None, past).suggest(3) == {"x": 0.3}


@pytest.mark.parametrize("sampler", ["tpe", "random"])
def test_a_trial_s_recipe_hangs_on_its_number_and_the_past_alone(sampler: str) -> None:
    asked = request(sampler=sampler, batch=3)
    whole = Suggester(asked.space, asked.settings, None, [])
    first = [whole.suggest(number) for number in range(3)]
    resumed = Suggester(asked.space, asked.settings, None, [])
    resumed.note(first[0] or {})
    assert [resumed.suggest(number) for number in (1, 2)] == first[1:]
    assert len({str(one) for one in first}) == 3


@pytest.mark.parametrize(
    ("text", "value", "keeps"), [(">= 80", 81, True), (">=80.5", 80, False), ("<= 16", 16, True)]
)
def test_bounds(text: str, value: float, keeps: bool) -> None:
    sign, limit = read_bound(text)
    assert (sign * (value - limit) <= 0) is keeps


@pytest.mark.parametrize("text", ["80", "= 80", ">= 8.0.0", "> 80", ">= "])
def test_no_bounds(text: str) -> None:
    with pytest.raises(ValueError, match="must read"):
        read_bound(text)
