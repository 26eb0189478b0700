"""Which entries are timed together, and what makes them be timed again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from harness.config.sections import ScoreSection
from harness.experiment.experiment import Experiment
from harness.experiment.plan import plan
from harness.experiment.recipe import Recipe, prepare
from harness.metrics.summary import grade
from harness.models import hardware
from harness.pipeline import run
from harness.spec import chosen_suite, load_specs
from harness.stages.latency import SESSION, rows_file
from harness.stages.score import Session, score
from harness.store.codec import read_samples
from harness.store.files import read_json, write_json, write_jsonl, write_text
from tests.podium import write_spec

UNTUNED: dict[str, Any] = {
    "name": "two",
    "suite": {"name": "timetable", "table": "builtin:board-24.xlsx", "families": ["dwell"]},
    "model": {"base": "builtin:tiny-qwen2", "engine": "hf"},
    "latency": {"questions": 2, "replicates": 4, "warmup": 1},
    "entries": [{"name": "a"}, {"name": "b", "generate": {"max_tokens": 9}}],
}
THIRD = {"name": "c", "generate": {"max_tokens": 7}}
FLOOR = {"name": "floor", "model": {"base": None, "engine": "floor"}}


def experiments(
    folder: Path, *more: dict[str, Any], changes: Sequence[str] = ()
) -> list[Experiment]:
    """The two entries and more, as a run would see them."""
    spec = {**UNTUNED, "entries": [*UNTUNED["entries"], *more]}
    path = write_spec(folder, spec)
    runs = f"runtime.runs={json.dumps(str(folder / 'runs'))}"
    return members(prepare(load_specs(path, (*changes, runs))))


def members(recipes: Sequence[Recipe]) -> list[Experiment]:
    return [member for recipe in recipes for member in recipe.members]


def sessions(found: Sequence[Experiment]) -> list[str]:
    return [e.key("latency") for e in found if "latency" in e.stages]


def test_entries_of_a_run_share_a_session(tmp_path: Path) -> None:
    first, second = experiments(tmp_path)
    assert first.session is second.session
    assert first.key("latency") == second.key("latency")
    assert first.key("infer") != second.key("infer")


def test_an_added_entry_makes_another_session_for_all(tmp_path: Path) -> None:
    two, three = experiments(tmp_path), experiments(tmp_path, THIRD)
    assert len(set(sessions(three))) == 1
    assert sessions(two)[0] not in sessions(three)
    assert [e.key("infer") for e in two] == [e.key("infer") for e in three[:2]]
    assert two[0].key("score") != three[0].key("score")


def test_an_entry_that_answers_otherwise_makes_another_session(tmp_path: Path) -> None:
    changed = experiments(tmp_path, changes=["entries.b.generate.max_tokens=8"])
    assert not set(sessions(experiments(tmp_path))) & set(sessions(changed))


@pytest.mark.parametrize("change", ["runtime.batch=3", "score.t_full=0.4", "score.weights.AS=0.5"])
def test_what_changes_no_time_changes_no_session(tmp_path: Path, change: str) -> None:
    changed = experiments(tmp_path, changes=[change])
    assert sessions(changed) == sessions(experiments(tmp_path))


def test_names_and_order_change_no_session(tmp_path: Path) -> None:
    first, second = UNTUNED["entries"]
    turned = {**UNTUNED, "entries": [{**second, "name": "z"}, {**first, "name": "y"}]}
    found = members(prepare(load_specs(write_spec(tmp_path, turned, "turned.yaml"))))
    assert sessions(found) == sessions(experiments(tmp_path))


def test_entries_that_are_timed_otherwise_have_sessions_of_their_own(tmp_path: Path) -> None:
    found = experiments(tmp_path, changes=["entries.b.latency.replicates=6"])
    assert len(set(sessions(found))) == 2
    assert [len(e.session.members) for e in found] == [1, 1]


def test_what_has_no_weights_joins_no_session(tmp_path: Path) -> None:
    found = experiments(tmp_path, FLOOR)
    assert "latency" not in found[2].stages
    assert sessions(found) == sessions(experiments(tmp_path))


def test_the_first_seed_of_a_recipe_is_timed_for_all(tmp_path: Path) -> None:
    tuned = {"name": "t", "finetune": {"rank": 4}, "repeats": 3}
    found = experiments(tmp_path, tuned)
    assert len(set(sessions(found))) == 1
    first, *others = found[2:]
    assert len(others) == 2
    assert [e.is_timed for e in found] == [True, True, True, False, False]
    assert {e.timed_as for e in others} == {first}
    assert first.session.names == ["two-a", "two-b", "two-t"]


def fill(found: Experiment) -> None:
    """What the stages above the score leave, without a model that answers."""
    samples = list(read_samples(found.folder("questions") / "test.jsonl"))

    def answers(work: Path) -> None:
        rows = [{"sample_id": s.id, "text": s.reference, "output_tokens": 9} for s in samples]
        write_jsonl(work / "predictions.jsonl", rows)
        write_json(work / "engine.json", {"engine": "hf"})

    def times(work: Path) -> None:
        keys = [member.key("infer") for member in found.session.members]
        for key in keys:
            write_jsonl(work / rows_file(key), timings(samples[0].id, samples[0].reference))
        about = {"id": "0123", "started": "2026-01-02T03:04:05+00:00", "repeats_within": 0.018}
        write_json(work / SESSION, {**about, "engines": {key: {"engine": "hf"} for key in keys}})

    found.store.make("infer", found.inputs("infer"), answers)
    found.store.make("latency", found.inputs("latency"), times)


def timings(
    sample_id: str, text: str, scales: Sequence[float] = (1, 1, 1, 1)
) -> list[dict[str, Any]]:
    return [
        {"sample_id": sample_id, "replicate": at, "text": text, "finish_reason": "stop",
         "output_tokens": 9, "e2e_s": scale, "ttft_s": 0.1, "error": None}
        for at, scale in enumerate(scales)
    ]  # fmt: skip


@pytest.fixture
def answered(tmp_path: Path) -> list[Experiment]:
    """Two entries, answered and timed."""
    found = experiments(tmp_path)
    run([e.spec for e in found], until="questions")
    for experiment in found:
        fill(experiment)
    return found


def test_the_plan_says_that_all_are_timed_again(answered: list[Experiment], tmp_path: Path) -> None:
    run([e.spec for e in answered])
    steps = plan([e.spec for e in experiments(tmp_path, THIRD)])
    timed = [step for step in steps if step["stage"] == "latency"]
    assert [step["state"] for step in timed] == ["will run"] * 3
    assert {step["why"][0] for step in timed} == {
        "session: entries two-a, two-b, two-c are timed side by side, all again"
    }
    assert {s["state"] for s in steps if s["stage"] == "infer"} == {"cached", "will run"}


def test_the_signature_holds_the_session(answered: list[Experiment]) -> None:
    for folder in run([e.spec for e in answered]):
        summary = read_json(folder / "summary.json")
        session = summary["signature"]["session"]
        assert session["id"] == "0123"
        assert session["entries"] == ["two-a", "two-b"]
        assert summary["signature"]["engine"] == {"engine": "hf"}
        assert len((folder / "timings.jsonl").read_text(encoding="utf-8").splitlines()) == 4


def test_a_run_folder_holds_the_times_of_its_own_entry(answered: list[Experiment]) -> None:
    run([e.spec for e in answered])
    for experiment in answered:
        stage = experiment.folder("latency") / rows_file(experiment.key("infer"))
        shown = experiment.run_folder / "timings.jsonl"
        assert shown.read_bytes() == stage.read_bytes()


@pytest.mark.parametrize(
    ("scales", "void"),
    [
        ((1, 1, 1, 1), None),
        ((1, 2, 1, 2), "the times vary by 38.5% over the replicates, more than 20%"),
        ((1, 1, 1), "fewer than 4 replicates were taken"),
    ],
)
def test_unsteady_times_earn_no_art(
    answered: list[Experiment], tmp_path: Path, scales: tuple[float, ...], void: str | None
) -> None:
    first = answered[0]
    questions, inferred = first.folder("questions"), first.folder("infer")
    sample = next(iter(read_samples(questions / "test.jsonl")))
    session = Session(list(timings(sample.id, sample.reference, scales)))
    judged = partial(grade, chosen_suite(first.spec), judge=None)
    score(ScoreSection(), judged, questions, inferred, session, tmp_path)
    found = read_json(tmp_path / "score.json")
    assert found["times"]["void"] == void
    assert (found["parts"]["ART"] is None) == (void is not None)
    assert ("ART" in found["total"]["weights"]) == (void is None)
    assert found["parts"]["AS"]["value"] == 100
    assert found["parity"] == 1.0
    assert (found["latency"]["verdict"] == "inconclusive") == (void is not None)


class TestMachine:
    """What the kernel tells."""

    def test_a_gpu_and_its_driver(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for bus in ("0000:01:00.0", "0000:02:00.0"):
            information = "Model: \t\t NVIDIA H200\nIRQ:   \t\t 215\nGPU UUID: \t GPU-1\n"
            write_text(tmp_path / "gpus" / bus / "information", information)
        version = (
            "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.95.05  Release Build"
        )
        write_text(tmp_path / "version", f"{version}  (root@host)\nGCC version:  gcc 13.2.0\n")
        monkeypatch.setattr(hardware, "_NVIDIA", tmp_path)
        found = hardware.machine()
        assert found["gpu"] == "NVIDIA H200, NVIDIA H200"
        assert found["driver"] == "580.95.05"

    def test_no_gpu(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(hardware, "_NVIDIA", tmp_path)
        found = hardware.machine()
        assert found["gpu"] is None
        assert found["driver"] is None
        assert str(found["machine"]).rpartition(" x")[2].isdigit()

    def test_load_is_a_share_of_the_cores(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("os.getloadavg", lambda: (3.0, 9.0, 9.0))
        monkeypatch.setattr("os.cpu_count", lambda: 4)
        assert hardware.load_average() == 0.75
