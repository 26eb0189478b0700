"""`podium plan` tells the memory of a training for the numbers that its spec computes with."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.experiment.plan import plan
from harness.spec import load_specs
from tests.podium import write_spec

SPEC = {
    "name": "large",
    "suite": {"name": "timetable", "families": ["lookup"], "test_limit": 20},
    "distill": {"phrasings": 1},
    "model": {"engine": "hf", "base": "hf:Qwen/Qwen3-8B@main"},
    "latency": None,
}


@pytest.mark.parametrize(
    ("recipe", "weights"),
    [
        ({"dtype": "auto"}, 15.256),
        ({"dtype": "bfloat16"}, 15.256),
        ({"dtype": "float16"}, 15.256),
        ({"dtype": "float32"}, 30.512),
        ({"method": "full", "dtype": "bfloat16"}, 30.512),
    ],
)
def test_a_plan_goes_by_what_a_gpu_would_hold(
    recipe: dict[str, str], weights: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Qwen3-8B, which is known by its sizes before it is fetched."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "empty"))
    spec = write_spec(tmp_path, {**SPEC, "finetune": recipe})
    (step,) = [s for s in plan(load_specs(spec, [f"runtime.runs={tmp_path / 'runs'}"]))
               if "training" in s]  # fmt: skip
    assert step["training"]["memory"]["weights"] == pytest.approx(weights, abs=0.002)
    fits = step["training"]["fits"]
    assert (fits[24] > 0) == (weights < 16)
