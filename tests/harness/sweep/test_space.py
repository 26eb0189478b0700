"""Ranges as recipes: what is drawn lies in them, and what does not matter is left out."""

from __future__ import annotations

from typing import Any

import optuna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.config.search import Range, read_bound
from harness.sweep.space import Space
from harness.sweep.suggest import Suggester, calm
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
