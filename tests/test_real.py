"""The whole path on real parts: TRL, peft, merged weights and vLLM, over the embedded base."""

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.podium import (
    command,
    environment,
    ok,
    refused,
    snapshot,
    states,
    timed,
    write_spec,
)

pytestmark = pytest.mark.real

SMALL: dict[str, Any] = {
    "name": "small",
    "suite": {"name": "timetable", "table": "builtin:board-24.xlsx", "families": ["dwell"]},
    "model": {"base": "builtin:tiny-qwen2", "engine": "vllm", "dtype": "float32"},
    "generate": {"max_tokens": 24},
    "latency": {"questions": 4, "replicates": 4, "warmup": 2},
    "entries": [
        {"name": "untuned"},
        {
            "name": "lora",
            "finetune": {
                "rank": 8, "alpha": 16, "lr": 3e-3, "epochs": 6, "batch_size": 16, "max_length": 96,
            },
        },
    ],
}  # fmt: skip


# What runs again where a recipe changes.
RETRAINED = ("finetune", "infer", "served", "parity", "latency", "score")


def changed(finetune: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """The small spec with one tuned entry."""
    base: dict[str, Any] = SMALL["entries"][1]["finetune"]
    spec = {k: v for k, v in SMALL.items() if k != "entries"}
    return {**spec, **more, "finetune": {**base, **finetune}}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the small spec has run."""
    folder = tmp_path_factory.mktemp("small")
    write_spec(folder, SMALL)
    timed("run", "spec.yaml", cwd=folder)
    return folder


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def rows(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_training_leaves_a_loss_that_falls_and_a_picture(finished: Path) -> None:
    folder = finished / "runs" / "small-lora"
    loss = read(folder / "loss.json")
    assert loss["steps"] == sorted(loss["steps"])
    assert loss["loss"][-1] < loss["loss"][0] / 2
    assert (folder / "loss.png").read_bytes().startswith(b"\x89PNG")


def test_tuning_changes_the_answers(finished: Path) -> None:
    untuned, tuned = (
        [row["text"] for row in rows(finished / "runs" / name / "predictions.jsonl")]
        for name in ("small-untuned", "small-lora")
    )
    assert len(untuned) == len(tuned) == 22
    assert untuned != tuned


def test_merged_weights_answer_as_the_adapter_does(finished: Path) -> None:
    summary = read(finished / "runs" / "small-lora" / "summary.json")
    assert summary["parity"] == 1.0
    assert summary["latency"]["requests"] == 16
    assert summary["latency"]["ttft_p50_s"] < summary["latency"]["p50_s"]


def test_the_tuned_entry_is_served_as_it_was_trained(finished: Path) -> None:
    folder = finished / "runs" / "small-lora"
    found = read(folder / "parity.json")
    assert found["verdict"] == "pass"
    assert [path["path"] for path in found["paths"]] == [
        "adapter on vllm", "merged weights on vllm",
    ]  # fmt: skip
    for path in found["paths"]:
        assert path["tokens"]["share"] < 0.05
        assert path["answers"]["n"] == 22
        assert path["answers"]["equal"] >= 20
    assert found["noise"] < 0.01 < found["effect"]
    assert read(folder / "summary.json")["served_as_trained"]["verdict"] == "pass"
    assert read(finished / "runs" / "small-untuned" / "summary.json")["served_as_trained"] is None


def test_a_rerun_loads_no_torch_and_changes_no_file(finished: Path) -> None:
    before = snapshot(finished / "runs")
    probe = (
        "import contextlib, sys\nfrom harness.cli import podium\n"
        "from harness.errors import Inconclusive\n"
        "with contextlib.suppress(Inconclusive):\n"
        "    podium(['run', 'spec.yaml'], standalone_mode=False)\n"
        "heavy = {'torch', 'vllm', 'transformers', 'pandas'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run(
        [sys.executable, "-c", probe], cwd=finished, env=environment(), check=True,
        capture_output=True,
    )  # fmt: skip
    assert snapshot(finished / "runs") == before


def test_a_rank_runs_what_lies_below_finetune(finished: Path) -> None:
    plan = states(ok("plan", "spec.yaml", "--set", "finetune.rank=4", "--json", cwd=finished))
    again = {("small-lora", stage) for stage in RETRAINED}
    # The other entry is timed again beside the one that changed.
    again |= {("small-untuned", stage) for stage in ("latency", "score")}
    assert {key for key, state in plan.items() if state == "will run"} == again


def test_both_were_timed_in_one_session(finished: Path) -> None:
    names = ("small-untuned", "small-lora")
    summaries = [read(finished / "runs" / name / "summary.json") for name in names]
    first, second = (summary["signature"]["session"] for summary in summaries)
    assert first == second
    assert first["entries"] == sorted(names)
    assert first["together"]
    assert first["repeats_within"] >= 0
    assert {summary["signature"]["engine"]["mode"] for summary in summaries} == {"eager"}
    stage = finished / "runs" / names[0] / "stages" / "latency"
    # Under load there are rows besides, and where others had the processors, disturbed ones.
    assert sum("." not in path.stem for path in stage.glob("*.jsonl")) == 2


def test_two_repeats_train_and_answer_with_a_second_seed_alone(finished: Path) -> None:
    untuned, lora = SMALL["entries"]
    twice = {**SMALL, "name": "twice", "entries": [untuned, {**lora, "repeats": 2}]}
    write_spec(finished, twice, "twice.yaml")
    stages = finished / "runs" / "stages"
    before = {path.name for path in stages.iterdir()}
    timed("run", "twice.yaml", cwd=finished)
    new = {path.name.partition("-")[0] for path in stages.iterdir() if path.name not in before}
    assert new == {"finetune", "infer", "score", "pool", "report"}
    folder = finished / "runs" / "twice-lora"
    first, second = (
        (folder / "seeds" / seed / "stages/finetune/adapter/adapter_model.safetensors").read_bytes()
        for seed in "01"
    )
    assert first != second
    summary = read(folder / "summary.json")
    assert summary["repeats"]["seeds"] == [0, 1]
    assert min(summary["repeats"]["AS"]) <= summary["parts"]["AS"]["value"]
    one, other = (read(folder / "seeds" / seed / "summary.json") for seed in "01")
    assert one["latency"] == other["latency"] == summary["latency"]  # the first is timed for both
    assert (one["parity"], other["parity"]) == (1.0, None)


def test_another_engine_gives_the_same_answers(finished: Path) -> None:
    timed("run", "spec.yaml", "--set", "model.engine=hf", "--runs", "hf", cwd=finished)
    for name in ("small-untuned", "small-lora"):
        answers = [
            [row["text"] for row in rows(finished / runs / name / "predictions.jsonl")]
            for runs in ("runs", "hf")
        ]
        agree = sum(a == b for a, b in zip(*answers, strict=True))
        # Two engines add in another order; a near tie may fall either way.
        assert agree >= len(answers[0]) - 2


def test_killed_ten_times_it_ends_with_the_same_scores(finished: Path, tmp_path: Path) -> None:
    write_spec(tmp_path, SMALL)
    dice = random.Random(11)
    for _ in range(10):
        process = subprocess.Popen(
            command("run", "spec.yaml"), cwd=tmp_path, env=environment(),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(dice.uniform(0.5, 24))
        process.send_signal(signal.SIGKILL)
        process.wait()
    timed("run", "spec.yaml", cwd=tmp_path)
    for name in ("small-untuned", "small-lora"):
        mine, theirs = tmp_path / "runs" / name, finished / "runs" / name
        assert rows(mine / "predictions.jsonl") == rows(theirs / "predictions.jsonl")
        parts = [read(folder / "summary.json")["parts"] for folder in (mine, theirs)]
        assert parts[0]["AS"] == parts[1]["AS"]
        assert parts[0]["AE"] == parts[1]["AE"]
    assert read(tmp_path / "runs/small-lora/loss.json") == read(
        finished / "runs/small-lora/loss.json"
    )


def test_a_sample_without_a_trainable_token_fails_the_run(tmp_path: Path) -> None:
    write_spec(tmp_path, changed({"max_length": 12}))
    line = refused("run", "spec.yaml", cwd=tmp_path, code=1)
    assert "has no trainable token" in line
    assert "finetune.max_length=12" in line


def test_a_loss_that_is_not_finite_fails_the_run(tmp_path: Path) -> None:
    write_spec(tmp_path, changed({"lr": 1e30, "warmup": 0.0}))
    assert "lower finetune.lr" in refused("run", "spec.yaml", cwd=tmp_path, code=1)
    assert not list((tmp_path / "runs" / "stages").glob("finetune-*"))


def test_qlora_trains_over_a_4_bit_base(tmp_path: Path) -> None:
    write_spec(tmp_path, changed({"method": "qlora", "epochs": 1}, latency=None))
    ok("run", "spec.yaml", "--until", "finetune", cwd=tmp_path)
    (adapter,) = (tmp_path / "runs" / "stages").glob("finetune-*/adapter/*.safetensors")
    assert adapter.stat().st_size > 10_000
