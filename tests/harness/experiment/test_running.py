"""An entry that fails is named with its reason; the others are finished without it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from harness.errors import InputError, RunError, StoreError
from harness.experiment.engines import Answering, MemberFailed
from harness.experiment.experiment import Experiment
from harness.experiment.recipe import prepare
from harness.experiment.running import EntriesFailed, Running
from harness.pipeline import run
from harness.spec import Spec, load_specs
from harness.stages import order
from harness.store.files import write_json
from tests.podium import ok, podium, snapshot, write_spec

# A teacher of whose replies none is right, so that no row is accepted.
HOPELESS = {"way": "answer", "samples": 20, "teacher": {"engine": "fake", "skill": 0}}
SPEC: dict[str, Any] = {
    "name": "three",
    "suite": {"name": "timetable", "table": "builtin:board-24.xlsx", "families": ["dwell"]},
    "model": {"base": None, "engine": "fake"},
    "latency": {"questions": 2, "replicates": 4, "warmup": 1},
    "entries": [
        {"name": "broken", "model": {"engine": "floor"}, "distill": HOPELESS},
        {"name": "floor", "model": {"engine": "floor"}},
        {"name": "good", "model": {"skill": 0.9}},
    ],
}


def specs(folder: Path, entries: Sequence[dict[str, Any]], **more: Any) -> list[Spec]:
    path = write_spec(folder, {**SPEC, **more, "entries": list(entries)})
    return load_specs(path, [f"runtime.runs={json.dumps(str(folder / 'runs'))}"])


def test_the_others_stand_on_the_board(tmp_path: Path) -> None:
    write_spec(tmp_path, SPEC)
    result = podium("run", "spec.yaml", "--json", cwd=tmp_path)
    assert result.returncode == 1, result.stderr
    *board, lost = json.loads(result.stdout)
    assert [row["name"] for row in board] == ["three-good", "three-floor"]
    assert lost["name"] == "three-broken"
    assert lost["failed"].startswith("distill.samples asks for 20 rows: 0 accepted")
    (last,) = (line for line in result.stderr.splitlines() if line.startswith("podium: "))
    assert "1 of 3 entries failed" in last
    assert "three-broken: distill.samples asks for 20 rows: 0 accepted" in last
    assert (tmp_path / "runs" / "three" / "leaderboard.html").is_file()
    assert not (tmp_path / "runs" / "three-broken" / "summary.json").exists()


def test_a_rerun_tries_the_failed_one_alone(tmp_path: Path) -> None:
    write_spec(tmp_path, SPEC)
    podium("run", "spec.yaml", cwd=tmp_path)
    before = finished(tmp_path)
    again = podium("run", "spec.yaml", cwd=tmp_path)
    assert again.returncode == 1
    assert "three-broken: distill" in again.stderr
    assert "three-good: " not in again.stderr
    assert finished(tmp_path) == before
    ok("run", "spec.yaml", "--set", "entries.broken.model.engine=fake", cwd=tmp_path)
    assert before.items() <= finished(tmp_path).items()


def finished(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file of the stages that are done."""
    found = snapshot(folder / "runs" / "stages")
    return {name: state for name, state in found.items() if not name.startswith(".")}


@pytest.mark.real
def test_a_training_that_teaches_nothing_leaves_the_others_alone(tmp_path: Path) -> None:
    tuned = {"name": "cut", "model": {"base": "builtin:tiny-qwen2", "engine": "hf"},
             "finetune": {"rank": 4, "max_length": 12}}  # fmt: skip
    write_spec(tmp_path, {**SPEC, "entries": [tuned, *SPEC["entries"][1:]]})
    result = podium("run", "spec.yaml", cwd=tmp_path)
    assert result.returncode == 1, result.stderr
    assert "three-good" in result.stdout
    assert "podium: 1 of 3 entries failed, and are not on the board: three-cut: " in result.stderr
    assert "no trainable token" in result.stderr
    assert "Traceback" not in result.stderr


def test_what_entries_share_fails_once_and_all_failing_is_one_error(tmp_path: Path) -> None:
    entries = [{**SPEC["entries"][0], "name": name} for name in ("a", "b")]
    with pytest.raises(RunError, match=r"^distill.samples asks for 20 rows") as caught:
        run(specs(tmp_path, entries))
    assert isinstance(caught.value, EntriesFailed)
    assert list(caught.value.failures) == ["three-a", "three-b"]
    rest = [*entries, SPEC["entries"][2]]
    with pytest.raises(EntriesFailed, match="2 of 3 entries failed") as some:
        run(specs(tmp_path, rest))
    first, second = some.value.failures.values()
    assert first is second
    assert [folder.name for folder in some.value.folders] == ["three-good"]


def test_up_to_a_stage_the_others_get_there(tmp_path: Path) -> None:
    with pytest.raises(EntriesFailed, match="three-broken") as caught:
        run(specs(tmp_path, SPEC["entries"]), "dataset")
    assert caught.value.folders == []
    assert len(list((tmp_path / "runs" / "stages").glob("dataset-*"))) == 1


# --- stages that fail as they are told to --------------------------------------------------------

TIMED = [
    {"name": name, "model": {"base": "builtin:tiny-qwen2", "engine": "hf", "max_length": length}}
    for name, length in (("a", 200), ("b", 201), ("c", 202))
]


def started(folder: Path) -> tuple[list[Experiment], Running]:
    """Entries that are timed together."""
    recipes = prepare(specs(folder, TIMED))
    found = [member for recipe in recipes for member in recipe.members]
    return found, Running(recipes, Answering(found))


def test_a_session_goes_on_without_a_member_that_cannot_be_timed(tmp_path: Path) -> None:
    (a, b, c), running = started(tmp_path)
    before = b.key("latency")
    assert before == a.key("latency")
    held: list[Sequence[str]] = []

    def build(experiment: Experiment, _: Answering, work: Path) -> None:
        members = experiment.timed_as.session.members
        held.append([member.label for member in members])
        if b in members:
            raise MemberFailed(b, InputError("its adapter is broken"))
        write_json(work / "session.json", {})

    running.run(dataclasses.replace(order.find_stage("latency"), build=build))
    assert {name: str(error) for name, error in running.failures.items()} == {
        "three-b": "its adapter is broken"
    }
    assert held == [["three-a", "three-b", "three-c"], ["three-a", "three-c"]]
    assert a.key("latency") == c.key("latency") != before
    assert a.find("latency") is not None


def test_who_failed_before_is_not_waited_for(tmp_path: Path) -> None:
    (a, b, c), running = started(tmp_path)

    def build(experiment: Experiment, _: Answering, work: Path) -> None:
        if experiment is a:
            raise RunError("every question failed")
        write_json(work / "engine.json", {})

    running.run(dataclasses.replace(order.find_stage("infer"), build=build))
    assert b.session.members == c.session.members == (b, c)
    assert [member.label for member in running.experiments] == ["three-b", "three-c"]
    with pytest.raises(EntriesFailed, match=r"1 of 3 entries failed.*three-a: every question"):
        running.check([])


@pytest.mark.parametrize("error", [StoreError("the disk is full"), KeyboardInterrupt()])
def test_what_concerns_all_ends_all(error: BaseException, tmp_path: Path) -> None:
    _, running = started(tmp_path)

    def build(_: Experiment, __: Answering, ___: Path) -> None:
        raise error

    with pytest.raises(type(error)):
        running.run(dataclasses.replace(order.find_stage("latency"), build=build))
    assert not running.failures


def test_a_recipe_fails_with_one_of_its_seeds(tmp_path: Path) -> None:
    tuned = {"name": "lora", "repeats": 3, "finetune": {"rank": 4},
             "model": {"base": "builtin:tiny-qwen2", "engine": "hf"}}  # fmt: skip
    recipes = prepare(specs(tmp_path, [tuned, SPEC["entries"][2]]))
    running = Running(recipes, Answering([m for recipe in recipes for m in recipe.members]))
    tried: list[str] = []

    def build(experiment: Experiment, _: Answering, work: Path) -> None:
        tried.append(experiment.label)
        if experiment.label.endswith("seed 1"):
            raise RunError("the loss is not finite")
        write_json(work / "training.json", {})

    running.run(dataclasses.replace(order.find_stage("finetune"), build=build))
    assert tried == ["three-lora seed 0", "three-lora seed 1"]
    assert list(running.failures) == ["three-lora"]
    assert [recipe.spec.name for recipe in running.recipes] == ["three-good"]
