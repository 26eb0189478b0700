"""A training that is killed for real, at any moment, ends like one that nobody disturbed."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from harness.finetune.checkpoints import CHECKPOINTS
from harness.finetune.probe import read_moments
from tests.harness.children import start, wait
from tests.harness.finetune.trained import RECIPE, train

pytestmark = [pytest.mark.forks, pytest.mark.real]

FILES = ("loss.json", "probe.json", "watched.jsonl", "adapter/adapter_model.safetensors")
SECTION = RECIPE.model_copy(update={"keep": "best"})
LONGEST = 240.0  # seconds until a training on a busy machine has come half way


def kill_after(pid: int, folder: Path, step: int) -> None:
    """Kill a training once it has asked at a step, and a checkpoint lies behind it."""
    until = time.monotonic() + LONGEST
    path = folder / "probe.json"
    while time.monotonic() < until:
        asked = read_moments(path)[-1].step if path.is_file() else 0
        if asked >= step and any((folder / CHECKPOINTS).glob("checkpoint-*")):
            os.kill(pid, signal.SIGKILL)
            return
        time.sleep(0.01)
    pytest.fail(f"the training did not come to step {step}")


def test_curve_scores_answers_and_adapter_are_those_of_an_undisturbed_one(tmp_path: Path) -> None:
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    pid = start(lambda: train(killed, SECTION))
    kill_after(pid, killed, 9)
    assert wait(pid) == -signal.SIGKILL
    assert not (killed / "loss.json").exists()
    train(killed, SECTION)
    train(whole, SECTION)
    for name in FILES:
        assert (killed / name).read_bytes() == (whole / name).read_bytes(), name
