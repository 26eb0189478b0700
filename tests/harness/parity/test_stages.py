"""The two stages on real engines: adapters that were drawn, in the place of trained ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from harness.errors import RunError
from harness.experiment.engines import Answering
from harness.experiment.experiment import Experiment
from harness.experiment.recipe import prepare
from harness.export.export import export
from harness.models import LocalModel
from harness.models.merge import merge
from harness.parity.tokens import bounded
from harness.pipeline import run
from harness.spec import load_specs
from harness.stages import order
from harness.stages.served import SERVED
from harness.store.files import read_json, write_json, write_jsonl
from tests.harness.models.families import FAMILIES, make_family
from tests.harness.parity.made import TINY, Adapter, make
from tests.podium import podium, write_spec

pytestmark = pytest.mark.real

FINETUNE = {"rank": 8, "alpha": 16, "epochs": 1}
SPEC: dict[str, Any] = {
    "name": "p",
    "suite": {"name": "timetable", "table": "builtin:board-24.xlsx", "families": ["dwell"]},
    "model": {"base": "builtin:tiny-qwen2", "engine": "hf", "dtype": "float32"},
    "generate": {"max_tokens": 6},
    "parity": {"questions": 6},
    "latency": None,
}


def experiment(folder: Path, finetune: Mapping[str, Any] = FINETUNE, **more: Any) -> Experiment:
    """One entry, as a run would see it."""
    folder.mkdir(exist_ok=True)
    path = write_spec(folder, {**SPEC, **more, "finetune": dict(finetune)})
    runs = f"runtime.runs={json.dumps(str(folder / 'runs'))}"
    (recipe,) = prepare(load_specs(path, (runs,)))
    return recipe.first


def train(found: Experiment, adapter: Adapter) -> None:
    """Leave what a training would, with an adapter that was drawn."""

    def build(work: Path) -> None:
        make(adapter, work / "adapter")
        write_json(work / "loss.json", {"steps": [1], "loss": [1.0]})
        write_json(work / "training.json", {"seconds": 1.0, "samples": 1, "last_loss": 1.0})

    found.store.make("finetune", found.inputs("finetune"), build)


def train_whole(found: Experiment) -> None:
    """Leave what a training of all weights would: an adapter that was drawn, folded in."""

    def build(work: Path) -> None:
        make(Adapter(seed=1), work / "drawn")
        merge(TINY, work / "drawn", work / "model")
        write_json(work / "loss.json", {"steps": [1], "loss": [1.0]})
        write_json(work / "training.json", {"seconds": 1.0, "samples": 1, "last_loss": 1.0})

    found.store.make("finetune", found.inputs("finetune"), build)


def checked(found: Experiment) -> dict[str, Any]:
    """The verdict of a run up to the stage."""
    run([found.spec], until="parity")
    told: dict[str, Any] = read_json(found.folder("parity") / "parity.json")
    return told


def paths(told: Mapping[str, Any]) -> list[str]:
    return [path["path"] for path in told["paths"]]


def test_transformers_alone_passes_and_a_rerun_does_nothing(tmp_path: Path) -> None:
    found = experiment(tmp_path)
    train(found, Adapter(seed=1))
    told = checked(found)
    assert told["verdict"] == "pass", told["said"]
    assert paths(told) == ["adapter on hf", "merged weights on hf"]
    assert told["questions"] == 6
    written = (found.folder("parity") / "parity.json").stat().st_mtime_ns
    run([found.spec], until="parity")
    assert (found.folder("parity") / "parity.json").stat().st_mtime_ns == written


@pytest.mark.parametrize("family", FAMILIES)
def test_families_of_entrants_are_trained_merged_and_served_alike(
    family: str, tmp_path: Path
) -> None:
    base = make_family(family, tmp_path / "family")
    found = experiment(
        tmp_path / "run",
        {"rank": 16, "alpha": 32, "lr": 3e-3, "epochs": 2, "max_length": 256, "watch": 0},
        model={"base": str(base), "engine": "vllm", "dtype": "float32", "max_length": 300},
        distill={"teacher": "template", "phrasings": 3},
        generate={"max_tokens": 24},
        parity={"questions": 12},
    )
    told = checked(found)
    assert told["verdict"] == "pass", told["said"]
    assert paths(told) == ["adapter on vllm", "merged weights on vllm"]
    assert told["effect"] > 10 * told["noise"]


def test_a_run_that_learns_all_of_the_tiny_base_ends_on_the_board(tmp_path: Path) -> None:
    recipe = {"method": "full", "lr": 1e-3, "epochs": 1, "batch_size": 8, "watch": 0}
    made = {"distill": {"samples": 64}, "suite": {**SPEC["suite"], "test_limit": 8}}
    found = experiment(tmp_path, recipe, **made)
    (folder,) = run([found.spec])
    summary = read_json(folder / "summary.json")
    assert summary["served_as_trained"]["verdict"] == "pass", summary["served_as_trained"]
    assert summary["finetune"]["method"] == "full"
    assert (folder / "stages" / "finetune" / "model" / "model.safetensors").is_file()
    assert export(folder, "merged", tmp_path / "merged")


def test_whole_weights_are_held_against_themselves_on_the_engine(tmp_path: Path) -> None:
    found = experiment(tmp_path, {"method": "full", "epochs": 1})
    train_whole(found)
    told = checked(found)
    assert told["verdict"] == "pass", told["said"]
    assert paths(told) == ["weights on hf"]
    assert told["effect"] > 0.1


def test_whole_weights_that_are_not_served_fail(tmp_path: Path) -> None:
    found = experiment(tmp_path, {"method": "full", "epochs": 1})
    train_whole(found)
    run([found.spec], until="infer")

    def serve_the_base(work: Path) -> None:
        with Answering([found]) as answering:
            order.find_stage("served").build(found, answering, work)
            told = read_json(work / SERVED)
            with answering.here(found, tuned=False) as engine:
                model = cast("LocalModel", engine.model())
                write_json(
                    work / SERVED, {**told, "adapter": bounded(model.logprobs(told["rows"]))}
                )

    found.store.make("served", found.inputs("served"), serve_the_base)
    told = checked(found)
    assert told["verdict"] == "fail"
    assert "answers as the untuned base" in told["said"]


def test_an_engine_that_ignores_the_adapter_fails_the_run(tmp_path: Path) -> None:
    found = experiment(tmp_path)
    train(found, Adapter(seed=1))
    run([found.spec], until="served")
    told = read_json(found.folder("served") / SERVED)

    def ignoring(work: Path) -> None:
        write_json(work / SERVED, {**told, "adapter": told["base"]})

    other = experiment(tmp_path / "again")
    for stage in ("questions", "distill", "dataset", "infer"):
        source = found.folder(stage)

        def copied(work: Path, source: Path = source) -> None:
            for path in source.iterdir():
                if path.name != "meta.json":
                    (work / path.name).write_bytes(path.read_bytes())

        other.store.make(stage, other.inputs(stage), copied)
    train(other, Adapter(seed=1))
    other.store.make("served", other.inputs("served"), ignoring)
    done = podium("run", "spec.yaml", cwd=tmp_path / "again")
    assert done.returncode == 1
    assert "p: adapter on hf: it answers as the untuned base" in done.stderr
    assert "Not served as trained" in done.stdout
    summary = read_json(tmp_path / "again" / "runs" / "p" / "summary.json")
    assert summary["served_as_trained"]["verdict"] == "fail"


def test_vllm_with_an_adapter_of_dora_answers_on_merged_weights(tmp_path: Path) -> None:
    found = experiment(tmp_path, model={**SPEC["model"], "engine": "vllm"})
    train(found, Adapter(seed=1, dora=True))
    told = checked(found)
    assert told["verdict"] == "pass", told["said"]
    assert paths(told) == ["merged weights on vllm"]


def test_a_base_in_four_bits_is_one_path_more_judged_by_its_answers(tmp_path: Path) -> None:
    found = experiment(tmp_path, {**FINETUNE, "method": "qlora"})
    train(found, Adapter(seed=1))
    told = checked(found)
    assert told["verdict"] == "pass", told["said"]
    assert paths(told)[-1] == "adapter on the base in few bits, as trained"
    assert told["paths"][-1]["tokens"] is None
    assert told["paths"][-1]["answers"]["n"] == 6


def test_answers_that_no_template_renders_are_one_sentence(tmp_path: Path) -> None:
    found = experiment(tmp_path)
    train(found, Adapter(seed=1))
    run([found.spec], until="dataset")

    def nothing(work: Path) -> None:
        write_jsonl(work / "predictions.jsonl", [])

    found.store.make("infer", found.inputs("infer"), nothing)
    with pytest.raises(RunError, match="no conversation to compare"):
        run([found.spec], until="served")


def test_what_is_not_tuned_or_not_asked_has_no_parity(tmp_path: Path) -> None:
    asked = experiment(tmp_path)
    assert {"served", "parity"} <= set(asked.stages)
    off = experiment(tmp_path, parity=None)
    assert not {"served", "parity"} & set(off.stages)
    (recipe,) = prepare(load_specs(write_spec(tmp_path, SPEC)))
    assert not {"served", "parity"} & set(recipe.first.stages)
