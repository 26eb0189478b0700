"""One leaderboard over every way to be answered: the same model says the same on each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest

from harness.models import EngineRequest, open_engine
from harness.models.server import BASE, ServerEngine
from tests.podium import timed, write_spec

pytestmark = pytest.mark.real

KEY = "PODIUM_TEST_BOARD_KEY"
TUNED = {"rank": 8, "lr": 5e-3, "epochs": 0.1, "max_length": 96, "watch": 0}


def spec(address: str) -> dict[str, Any]:
    asked = {
        "engine": "api", "base_url": address, "model": BASE, "key_env": KEY,
        "extra": {"chat_template_kwargs": {"enable_thinking": False}},
    }  # fmt: skip
    return {
        "name": "board",
        "suite": {
            "name": "timetable", "table": "builtin:board-24.xlsx", "families": ["dwell"],
        },
        "model": {"base": "builtin:tiny-qwen2", "dtype": "float32", "max_length": 256},
        "generate": {"max_tokens": 12},
        "latency": None,
        "parity": None,
        "entries": [
            {"name": "vllm", "model": {"engine": "vllm"}},
            {"name": "hf", "model": {"engine": "hf"}},
            {"name": "server", "model": {"engine": "server"}},
            {"name": "lora", "model": {"engine": "server"}, "finetune": TUNED},
            {"name": "address", "model": asked},
        ],
    }  # fmt: skip


def answers(runs: Path, name: str) -> dict[str, str]:
    text = (runs / f"board-{name}" / "predictions.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    assert all(row["error"] is None for row in rows)
    return {row["sample_id"]: row["text"] for row in rows}


def test_all_engines_stand_on_one_board_and_the_same_model_says_the_same(
    tmp_path: Path, tiny_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = EngineRequest("server", tiny_base, dtype="float32", max_length=256, batch=64)
    with open_engine(request) as engine:
        up = cast("ServerEngine", engine).standing()
        monkeypatch.setenv(KEY, up.key)
        write_spec(tmp_path, spec(f"http://127.0.0.1:{up.port}/v1"))
        timed("run", "spec.yaml", cwd=tmp_path)
    runs = tmp_path / "runs"
    board = json.loads((runs / "board" / "leaderboard.json").read_text(encoding="utf-8"))
    assert len(board) == 5
    base = answers(runs, "vllm")
    assert all(answers(runs, name) == base for name in ("hf", "server", "address"))
    assert answers(runs, "lora").keys() == base.keys()
    assert answers(runs, "lora") != base
    # The server is gone, and nothing is asked: what was answered stays answered.
    timed("run", "spec.yaml", cwd=tmp_path)
    assert up.key not in "".join(
        path.read_text(encoding="utf-8", errors="ignore") for path in runs.rglob("*.json*")
    )
