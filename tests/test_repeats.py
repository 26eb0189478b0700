"""A recipe trained with several seeds, as a user meets it; what a GPU would do is written here."""

from __future__ import annotations

import json
import statistics
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.core import Output, Sample
from harness.experiment.experiment import Experiment
from harness.experiment.recipe import prepare
from harness.pipeline import run
from harness.spec import load_specs
from harness.stages.latency import write_session
from harness.store.codec import output_to, read_samples
from harness.store.files import write_bytes, write_json, write_jsonl
from harness.timing.session import Timed
from tests.podium import ok, podium, refused, snapshot, states, write_spec

SPEC: dict[str, Any] = {
    "name": "r",
    "suite": {"name": "timetable", "table": "builtin:board-24.xlsx", "families": ["dwell"]},
    "model": {"engine": "hf"},
    "parity": None,  # what is trained here is written by hand
    "latency": {"questions": 10, "replicates": 4, "warmup": 2},
    "entries": [
        {"name": "floor", "model": {"base": None, "engine": "floor"}},
        {"name": "lora", "finetune": {"rank": 4}, "repeats": 3},
    ],
}
QUESTIONS = 22
# How many of the first questions each seed has right.
RIGHT = {0: 14, 1: 19, 2: 9, 3: 20}
ACCURACY = {seed: 100 * right / QUESTIONS for seed, right in RIGHT.items()}
RECIPE = Path("runs/r-lora")


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def train(experiment: Experiment) -> None:
    """Leave in the store what training, answering and timing would."""
    section = experiment.spec.finetune
    assert section is not None
    samples = list(read_samples(experiment.folder("questions") / "test.jsonl"))

    def tuned(work: Path) -> None:
        write_json(work / "loss.json", {"steps": [1, 2], "loss": [2.0, 1.0 + section.seed]})
        write_bytes(work / "loss.png", b"")
        write_json(work / "training.json", {"seconds": 10.0 + section.seed, "samples": 40})

    def answered(work: Path) -> None:
        rows = [answer(sample, at < RIGHT[section.seed]) for at, sample in enumerate(samples)]
        write_jsonl(work / "predictions.jsonl", rows)
        write_json(work / "engine.json", {"engine": "hf 5"})

    def timed(work: Path) -> None:
        rows = [
            {**answer(sample, right=True), "e2e_s": 1.0, "replicate": replicate}
            for replicate in range(4)
            for sample in samples[:10]
        ]
        key = experiment.key("infer")
        session = Timed({key: rows}, {key: {"engine": "hf 5"}})
        write_session(session, {"id": "made-up", "started": "2025-08-01T00:00:00+00:00"}, work)

    experiment.store.make("finetune", experiment.inputs("finetune"), tuned)
    experiment.store.make("infer", experiment.inputs("infer"), answered)
    if experiment.is_timed:
        experiment.store.make("latency", experiment.inputs("latency"), timed)


def answer(sample: Sample, right: bool) -> dict[str, Any]:
    text = sample.reference if right else "一百二十三号"
    return output_to(Output(sample.id, text, "stop", 20, len(text)))


def go(folder: Path, spec: dict[str, Any]) -> str:
    """Train what is missing, without a model, and run the rest as a user does."""
    path = write_spec(folder, spec)
    specs = load_specs(path, [f"runtime.runs={folder / 'runs'}"])
    run(specs, "dataset")
    for recipe in prepare(specs):
        for member in recipe.members:
            if member.spec.finetune is not None:
                train(member)
    return ok("run", "spec.yaml", cwd=folder)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the recipe has run; nobody changes it."""
    folder = tmp_path_factory.mktemp("finished")
    go(folder, SPEC)
    return folder


def with_repeats(repeats: int, **finetune: Any) -> dict[str, Any]:
    entry = {"name": "lora", "finetune": {"rank": 4, **finetune}, "repeats": repeats}
    return {**SPEC, "entries": [SPEC["entries"][0], entry]}


def made(folder: Path, stage: str) -> set[str]:
    return {path.name for path in (folder / "runs" / "stages").glob(f"{stage}-*")}


def test_the_summary_holds_all_seeds(finished: Path) -> None:
    summary = read(finished / RECIPE / "summary.json")
    repeats = summary["repeats"]
    assert (repeats["n"], repeats["seeds"]) == (3, [0, 1, 2])
    accuracies = [ACCURACY[seed] for seed in range(3)]
    assert repeats["AS"] == pytest.approx(accuracies, abs=0.01)
    assert repeats["sd"]["AS"] == pytest.approx(statistics.stdev(accuracies), abs=0.01)
    assert summary["parts"]["AS"]["value"] == pytest.approx(100 * 14 / QUESTIONS, abs=0.01)
    assert summary["total"]["value"] == pytest.approx(statistics.fmean(repeats["total"]), abs=0.01)
    assert summary["parts"]["AS"]["low"] < summary["parts"]["AS"]["value"]
    assert summary["name"] == "r-lora"
    assert summary["finetune"]["seed"] == 0
    assert read(finished / "runs/r-floor/summary.json")["repeats"] is None


def test_every_seed_has_a_whole_run_folder(finished: Path) -> None:
    folders = sorted((finished / RECIPE / "seeds").iterdir())
    assert [folder.name for folder in folders] == ["0", "1", "2"]
    names = {path.name for path in (finished / RECIPE).iterdir()} - {"seeds"}
    for seed, folder in enumerate(folders):
        assert {path.name for path in folder.iterdir()} == names
        summary = read(folder / "summary.json")
        assert summary["name"] == f"r-lora seed {seed}"
        assert (summary["repeats"], summary["finetune"]["seed"]) == (None, seed)
        assert summary["parts"]["AS"]["value"] == pytest.approx(ACCURACY[seed], abs=0.01)
        assert summary["parity"] == (1.0 if seed == 0 else None)


def test_scores_are_means_and_predictions_the_first_seeds(finished: Path) -> None:
    folder = finished / RECIPE
    correct = [row for row in lines(folder / "scores.jsonl") if row["metric"] == "correct"]
    expected = [sum(at < RIGHT[seed] for seed in range(3)) / 3 for at in range(QUESTIONS)]
    assert [row["value"] for row in correct] == pytest.approx(expected, abs=1e-6)
    assert correct[0]["note"] == "correct"
    assert correct[12]["note"] == "2 of 3 seeds right"
    assert correct[17]["note"] == "1 of 3 seeds right"
    for name in ("predictions.jsonl", "timings.jsonl", "loss.json"):
        assert (folder / name).samefile(folder / "seeds" / "0" / name)


def test_the_first_seed_is_timed_for_all(finished: Path) -> None:
    (pool,) = (read(path)["inputs"] for path in (finished / "runs/stages").glob("pool-*/meta.json"))
    assert len(set(pool["scores"])) == 3
    folders = [finished / RECIPE / "seeds" / str(seed) for seed in range(3)]
    assert len({(folder / "stages" / "latency").resolve() for folder in folders}) == 1
    assert len({(folder / "stages" / "infer").resolve() for folder in folders}) == 3


def test_a_rerun_touches_nothing(finished: Path) -> None:
    before = snapshot(finished / "runs")
    ok("run", "spec.yaml", cwd=finished)
    assert snapshot(finished / "runs") == before


def test_more_repeats_train_only_what_is_new_and_fewer_leave_nothing_behind(tmp_path: Path) -> None:
    go(tmp_path, with_repeats(1))
    alone = {stage: made(tmp_path, stage) for stage in ("finetune", "infer", "latency")}
    seeds = tmp_path / RECIPE / "seeds"
    assert not seeds.exists()
    go(tmp_path, with_repeats(3))
    trained = made(tmp_path, "finetune")
    assert alone["finetune"] < trained
    assert (len(trained), len(made(tmp_path, "infer"))) == (3, 4)
    assert made(tmp_path, "latency") == alone["latency"]
    third = (seeds / "2" / "stages" / "finetune").resolve().name
    go(tmp_path, with_repeats(2))
    assert sorted(path.name for path in seeds.iterdir()) == ["0", "1"]
    go(tmp_path, with_repeats(1, seed=2))
    assert not seeds.exists()
    assert read(tmp_path / RECIPE / "summary.json")["repeats"] is None
    assert not (tmp_path / RECIPE / "stages" / "pool").exists()
    assert (tmp_path / RECIPE / "stages" / "finetune").resolve().name == third
    assert made(tmp_path, "finetune") == trained


def test_a_plan_names_the_seeds(finished: Path) -> None:
    plan = states(ok("plan", "spec.yaml", "--json", cwd=finished))
    assert set(plan.values()) == {"cached"}
    change = ("--set", "entries.lora.repeats=4")
    plan = states(ok("plan", "spec.yaml", *change, "--json", cwd=finished))
    assert {key for key, state in plan.items() if state == "will run"} == {
        ("r-lora seed 3", stage) for stage in ("finetune", "infer", "score")
    }


def test_repeats_on_the_command_line_hold_for_every_tuned_entry(finished: Path) -> None:
    for command in (("--repeats", "4"), ("--set", "entries.lora.repeats=4")):
        plan = states(ok("plan", "spec.yaml", *command, "--json", cwd=finished))
        names = {name for name, _ in plan}
        assert names == {"r-floor", *(f"r-lora seed {seed}" for seed in range(4))}
    line = refused("plan", "floor.yaml", "--repeats", "3", cwd=_floor_alone(finished))
    assert "no entry is tuned" in line


def _floor_alone(folder: Path) -> Path:
    spec = {**SPEC, "entries": [SPEC["entries"][0]]}
    (folder / "floor.yaml").write_text(yaml.safe_dump(spec), "utf-8")
    return folder


def test_seeds_of_one_recipe_are_compared_by_how_far_the_recipe_scatters(finished: Path) -> None:
    first, second = (str(RECIPE / "seeds" / str(seed)) for seed in (1, 2))
    found = podium("compare", first, second, "--json", cwd=finished)
    assert found.returncode in (0, 3), found.stderr
    (other,) = json.loads(found.stdout)["others"]
    assert other["call"] == "fixed"  # there are two wordings
    apart, alone = (
        other["scores"]["AS"][key] for key in ("over_questions_and_seeds", "over_questions")
    )
    assert apart["high"] - apart["low"] > alone["high"] - alone["low"]
    assert [(one["recipe"], one["seeds"]) for one in other["seeds"]] == [("r-lora", 3)]
    board = podium("compare", "runs/r-floor", str(RECIPE), "--explain", cwd=finished)
    assert "Compared by AS+AE" in board.stdout


def test_recipes_and_seeds_can_be_reported(finished: Path) -> None:
    told = ok("report", RECIPE, "--out", "board", "--json", cwd=finished)
    assert json.loads(told)[0]["repeats"]["n"] == 3
    seeds = [RECIPE / "seeds" / str(seed) for seed in range(3)]
    told = ok("report", *seeds, "--out", "seeds", "--json", cwd=finished)
    assert [row["name"] for row in json.loads(told)] == [
        f"r-lora seed {seed}" for seed in (1, 0, 2)
    ]


def test_a_seeds_spec_runs_on_its_own(finished: Path) -> None:
    spec = RECIPE / "seeds" / "1" / "spec.yaml"
    plan = states(ok("plan", spec, "--json", cwd=finished))
    assert {stage for (_, stage), state in plan.items() if state == "will run"} == {
        "latency",
        "score",
    }
    assert {name for name, _ in plan} == {"r-lora-seed-1"}
    whole = states(ok("plan", RECIPE / "spec.yaml", "--json", cwd=finished))
    assert set(whole.values()) == {"cached"}
    assert {name for name, _ in whole} == {f"r-lora seed {seed}" for seed in range(3)}
