"""A training that was killed after its last checkpoint takes no step more, whatever its epochs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness.finetune.checkpoints import CHECKPOINTS
from harness.store.files import read_json, read_jsonl
from tests.harness.finetune.trained import RECIPE, train

pytestmark = pytest.mark.real

WEIGHTS = "adapter_model.safetensors"
SECTION = RECIPE.model_copy(update={"schedule": "constant", "watch": 2})


@pytest.mark.parametrize(
    ("epochs", "accumulate", "keep", "steps"),
    [
        (0.5, 1, "last", 3),
        (1.4, 1, "best", 9),
        (0.5, 2, "last", 2),
        (1, 1, "last", 6),
    ],
)  # fmt: skip
def test_the_last_checkpoint_is_the_end(
    tmp_path: Path, epochs: float, accumulate: int, keep: str, steps: int
) -> None:
    section = SECTION.model_copy(update={"epochs": epochs, "accumulate": accumulate, "keep": keep})
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    train(whole, section)
    assert (whole / CHECKPOINTS / f"checkpoint-{steps}").is_dir()
    shutil.copytree(whole, killed)
    shutil.rmtree(killed / "adapter")
    for name in ("training.json", "loss.json", "loss.png"):
        (killed / name).unlink()
    train(killed, section)
    for name in ("loss.json", "probe.json", "watched.jsonl", f"adapter/{WEIGHTS}"):
        assert (killed / name).read_bytes() == (whole / name).read_bytes(), name
    told, before = read_json(killed / "training.json"), read_json(whole / "training.json")
    assert told["steps"] == steps
    assert told["probed"] == before["probed"]
    assert told["probed"]["kept"] is not None
    assert {row["step"] for row in read_jsonl(killed / "watched.jsonl")} <= set(range(steps + 1))
