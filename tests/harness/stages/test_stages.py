"""What every stage keeps to, and that one more costs a file and a line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.experiment.engines import Answering
from harness.experiment.experiment import Experiment
from harness.experiment.plan import plan
from harness.experiment.recipe import prepare
from harness.pipeline import run
from harness.spec import Spec, load_specs
from harness.stages import order
from harness.stages.stage import Inputs, Stage
from harness.store.files import read_json, read_jsonl, write_json

NAMES = [stage.name for stage in order.STAGES]


def floor(folder: Path) -> list[Spec]:
    path = folder / "spec.yaml"
    path.write_text(
        "name: floor\nsuite: {name: timetable, test_limit: 4}\nmodel: {engine: floor}\n"
        "finetune: null\n"
        f"runtime: {{runs: {folder / 'runs'}}}\n",
        encoding="utf-8",
    )
    return load_specs(path)


def test_stages_read_only_what_those_above_them_write(tmp_path: Path) -> None:
    (recipe,) = prepare(floor(tmp_path))
    experiment = recipe.first
    for stage in experiment.stages:
        read = set(experiment.inputs(stage)) & set(NAMES) - {stage}
        assert read <= set(NAMES[: NAMES.index(stage)]), stage


def test_no_two_stages_show_one_file(tmp_path: Path) -> None:
    (recipe,) = prepare(floor(tmp_path))
    shown = [name for stage in order.STAGES for name in stage.shown(recipe.first).values()]
    # Answers to what is watched are the training's alone.
    assert len(set(shown)) == len(shown)


def test_a_stage_that_is_not_there_is_named() -> None:
    told = r"no stage 'infr' \(did you mean 'infer'\?\): there are questions, distill, "
    with pytest.raises(UsageError, match=told):
        order.find_stage("infr")


def _count_reads(experiment: Experiment) -> Inputs:
    return {"infer": experiment.key("infer")}


def _count(experiment: Experiment, _: Answering, work: Path) -> None:
    answers = read_jsonl(experiment.folder("infer") / "predictions.jsonl")
    write_json(work / "count.json", {"answers": len(list(answers))})


def _count_shown(_: Experiment) -> Mapping[str, str]:
    return {"count.json": "count.json", "nothing.json": "nothing.json"}


COUNT = Stage(name="count", version=1, reads=_count_reads, build=_count, shown=_count_shown)


def test_a_new_stage_costs_a_file_and_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (before,) = run(floor(tmp_path))
    assert not (before / "count.json").exists()
    monkeypatch.setattr(order, "STAGES", (*order.STAGES[:5], COUNT, *order.STAGES[5:]))
    states = {step["stage"]: step["state"] for step in plan(floor(tmp_path))}
    assert states.pop("count") == "will run"
    assert set(states.values()) == {"cached"}
    (folder,) = run(floor(tmp_path))
    answers = len(list(read_jsonl(folder / "predictions.jsonl")))
    assert read_json(folder / "count.json") == {"answers": answers}
    assert not (folder / "nothing.json").exists()
    assert {step["state"] for step in plan(floor(tmp_path))} == {"cached"}
