"""What a file may say of a sweep, and the one line that says what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped] # ships no types
import pytest
import yaml

from harness.errors import SpecError
from harness.experiment.recipe import ONE_BOARD, prepare
from harness.spec import DERIVED, Spec, load_specs, schema
from harness.sweep.laying import lay
from harness.sweep.request import read_request
from tests.podium import write_spec

TUNED: dict[str, Any] = {
    "name": "tuned",
    "finetune": {"lr": 1.0e-3, "rank": 8, "epochs": 2},
    "search": {
        "finetune.dropout": {"low": 0.0, "high": 0.1, "when": {"finetune.rank": [16]}},
        "finetune.rank": [8, 16],
        "finetune.lr": {"low": 1.0e-4, "high": 1.0e-2, "log": True},
    },
    "sweep": {"trials": 4, "constraints": {"AS": ">= 80"}},
}


def read(folder: Path, *changes: str, entry: str | None = None, **spec: Any) -> Any:
    path = write_spec(folder, {**TUNED, **spec})
    return read_request(path, entry, changes, {})


def test_a_field_comes_after_those_that_it_hangs_on(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert [axis.key for axis in found.space.axes] == [
        "finetune.lr", "finetune.rank", "finetune.dropout",
    ]  # fmt: skip
    assert found.own == {"finetune.lr": 1e-3, "finetune.rank": 8}
    assert found.settings.trials == 4


def test_a_run_takes_the_spec_as_it_stands(tmp_path: Path) -> None:
    path = write_spec(tmp_path, TUNED)
    (spec,) = load_specs(path)
    plain = {key: value for key, value in TUNED.items() if key not in ("search", "sweep")}
    (other,) = load_specs(write_spec(tmp_path, plain, "plain.yaml"))
    assert spec == other


def test_values_are_laid_over_the_spec(tmp_path: Path) -> None:
    spec = lay(read(tmp_path).spec, {"finetune.lr": 0.01, "dataset.augment.typos": 0.5})
    assert spec.finetune is not None
    assert (spec.finetune.lr, spec.finetune.rank, spec.dataset.augment.typos) == (0.01, 8, 0.5)


def test_whatever_may_be_searched_leaves_one_leaderboard(tmp_path: Path) -> None:
    """Sections that no search may touch are those by which entries are kept apart."""
    for section in ONE_BOARD:
        with pytest.raises(SpecError, match=f"search.{section}: {section} says"):
            read(tmp_path, search={section: [{}]})
    fake = {"engine": "fake", "base": None}
    others = {
        "distill": {"samples": 50, "seed": 4}, "dataset": {"leak": None},
        "generate": {"max_tokens": 32, "temperature": 0.5}, "latency": None, "parity": None,
    }  # fmt: skip
    varied = {"name": "b", "model": {**fake, "skill": 0.5}, **others}
    entries = [{"name": "a", "model": fake}, varied]
    first, other = load_specs(write_spec(tmp_path, {"name": "both", "entries": entries}))
    assert {name for name in Spec.model_fields if getattr(first, name) == getattr(other, name)} == {
        *ONE_BOARD, *DERIVED, "finetune", "repeats", "runtime",
    }  # fmt: skip
    assert len(prepare([first, other])) == 2


@pytest.mark.parametrize(
    ("finetune", "search"),
    [
        ({"alpha": 32}, None),
        ({"epochs": 2}, None),
        ({"rank": 8}, {"finetune.rank": [8.0, 16.0]}),
        ({"dropout": 0.3}, {"finetune.dropout": {"low": 0.0, "high": 0.3, "step": 0.1}}),
        ({"targets": ["q_proj"]}, {"finetune.targets": ["all-linear", ["q_proj"]]}),
        ({"dora": True}, {"finetune.dora": [False, True]}),
        ({"bits": 4}, {"finetune.bits": [None, 4]}),
    ],
)
def test_the_spec_s_own_recipe_is_found_by_value(
    tmp_path: Path, finetune: dict[str, Any], search: Any
) -> None:
    found = read(tmp_path, finetune={**TUNED["finetune"], **finetune}, search=search)
    assert found.own is not None
    axes = {axis.key: axis for axis in found.space.axes}
    for key, label in found.own.items():
        assert any(label is one for one in axes[key].labels) or axes[key].range.choices is None
    assert lay(found.spec, found.space.of(found.own)) == found.spec
    for key, value in finetune.items():
        assert found.space.of(found.own)[f"finetune.{key}"] == value


def test_the_spec_s_own_recipe_is_the_choice_that_comes_to_the_same(tmp_path: Path) -> None:
    file = tmp_path / "chats.jsonl"
    replays = [None, {"file": str(file)}, {"file": str(file), "share": 0.5}]
    search = {"dataset.replay": replays, "distill.teacher": ["fake", "template"]}
    found = read(tmp_path, search=search, dataset={"replay": {"file": "chats.jsonl"}})
    assert found.own is None  # by this folder, which the choices do not know
    found = read(tmp_path, search=search, dataset={"replay": replays[1]})
    assert found.space.of(found.own) == {
        "dataset.replay": replays[1], "distill.teacher": "template"
    }  # fmt: skip


def test_true_is_no_number_of_a_choice(tmp_path: Path) -> None:
    search = {"finetune.gradient_checkpointing": ["auto", True]}
    tuned = {**TUNED["finetune"], "gradient_checkpointing": False}
    assert read(tmp_path, finetune=tuned, search=search).own is None


def test_without_ranges_the_usual_are_searched(tmp_path: Path) -> None:
    found = read(tmp_path, search=None)
    assert [axis.key for axis in found.space.axes] == [
        "finetune.lr", "finetune.rank", "finetune.alpha", "finetune.epochs",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("search", "said"),
    [
        ({"finetune.lrr": [1]}, "no such field (did you mean 'finetune.lr'?)"),
        ({"fintune.lr": [1]}, "no such field (did you mean 'finetune.lr'?)"),
        ({"finetune.lr": {"low": 2, "high": 1}}, "is empty: low 2 is not less than high 1"),
        ({"finetune.lr": {"low": 0, "high": 1, "log": True}}, "log needs a low above 0"),
        ({"finetune.lr": {"low": 1.0}}, "needs low and high, or choices"),
        ({"finetune.lr": {"low": "a", "high": 1}}, "search.finetune.lr.low: must be a"),
        ({"finetune.lr": {"low": -1.0, "high": 1.0}}, "finetune.lr.low: finetune.lr: must be more"),
        ({"finetune.rank": [8, "fish"]}, "finetune.rank.choices.1: finetune.rank: must be a whole"),
        ({"finetune.rank": [8, 8]}, "holds 8 twice"),
        ({"finetune.seed": [1, 2]}, "is luck, and not a recipe"),
        ({"score.weights.AS": [0.1, 0.9]}, "trials would not compare"),
        ({"suite.track": ["closed-book", "open-book"]}, "suite says what is asked, so trials"),
        ({"suite.wordings": ["test", "report"]}, "suite says what is asked, so trials would not"),
        ({"suite": [{"name": "timetable"}]}, "suite says what is asked, so trials would not"),
        ({"score.judge": [None, "fake"]}, "score says what a score means, so trials would not"),
        ({"latency.questions": [20, 40]}, "says how finalists are timed"),
        ({"finetune.dropout": {"low": 0.0, "high": 0.1, "step": 1e-9}}, "more than 10,000 steps"),
        ({"model.max_length": {"low": 1e9, "high": 1e9 + 1, "step": 0.001}}, "too small beside"),
        ({"finetune.lr": {"low": 0.1, "high": 1.0, "when": {"a": [1]}}}, "a is not searched"),
        (
            {
                "finetune.rank": [8],
                "finetune.lr": {"choices": [1.0], "when": {"finetune.rank": [9]}},
            },
            "finetune.rank is never 9",
        ),
        (
            {
                "finetune.rank": {"choices": [8], "when": {"finetune.lr": [0.1]}},
                "finetune.lr": {"choices": [0.1], "when": {"finetune.rank": [8]}},
            },
            "hangs on",
        ),
        ({"generate.max_tokens": {"low": 8, "high": 4096}}, "leaves no room"),
        ([], "must be a mapping of fields to ranges"),
    ],
)  # fmt: skip
def test_a_wrong_range_is_one_line(tmp_path: Path, search: Any, said: str) -> None:
    with pytest.raises(SpecError) as failed:
        read(tmp_path, search=search)
    assert said in str(failed.value)
    assert str(failed.value).startswith(str(tmp_path / "spec.yaml"))
    assert "\n" not in str(failed.value)


@pytest.mark.parametrize(
    ("sweep", "said"),
    [
        ({"trial": 3}, "sweep.trial: unknown key (did you mean 'trials'?)"),
        ({"shares": [0.5, 0.2, 1]}, "shares rise, and the last is 1"),
        ({"constraints": {"AS": "80"}}, "must read '>= 80' or '<= 16'"),
        ({"storage": "postgresql://me:secret@host/db"}, "holds a password"),
        ({"storage": "mysql://me@host/db"}, "must read postgresql://user@host/database"),
    ],
)
def test_a_wrong_setting_is_one_line(tmp_path: Path, sweep: Any, said: str) -> None:
    with pytest.raises(SpecError) as failed:
        read(tmp_path, sweep=sweep)
    assert said in str(failed.value)
    assert "secret" not in str(failed.value)


def test_changes_reach_search_and_sweep(tmp_path: Path) -> None:
    found = read(tmp_path, "sweep.trials=7", "search.finetune.rank=[32]", "finetune.alpha=4",
                 search={"finetune.lr": [0.1]})  # fmt: skip
    assert found.settings.trials == 7
    assert found.ranges["finetune.rank"].choices == (32,)
    assert found.spec.finetune.alpha == 4


def test_the_entry_that_is_tuned_is_meant(tmp_path: Path) -> None:
    tuned = {"name": "b", "finetune": TUNED["finetune"]}
    entries = [{"name": "a"}, tuned]
    assert read(tmp_path, finetune=None, entries=entries).name == "tuned-b-sweep"
    both = [*entries, {**tuned, "name": "c"}]
    with pytest.raises(SpecError, match="3 experiments: say which is swept"):
        read(tmp_path, finetune=None, entries=both)
    assert read(tmp_path, entry="c", finetune=None, entries=both).name == "tuned-c-sweep"
    with pytest.raises(SpecError, match="did you mean 'b'"):
        read(tmp_path, entry="bb", finetune=None, entries=both)


def test_the_schema_knows_both_blocks(tmp_path: Path) -> None:
    tree = yaml.safe_load(write_spec(tmp_path, TUNED).read_text())
    jsonschema.validate(tree, schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**tree, "sweep": {"trials": 0}}, schema())


def test_a_grid_needs_steps(tmp_path: Path) -> None:
    sweep = {"sampler": "grid"}
    with pytest.raises(SpecError, match=r"finetune\.lr: a grid needs choices, or a step"):
        read(tmp_path, sweep=sweep)
