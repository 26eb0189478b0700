"""The memory of a training is told for the numbers that its spec computes with."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.config.sections import Finetune
from harness.experiment.forecasts import KNOWN
from harness.finetune.memory import GIB
from harness.preflight.machine import Machine, check_memory
from harness.preflight.problem import Problem

# 24 GiB of a GPU that computes in bfloat16.
CARD = Machine((8, 6), True, True, 24 * GIB, 500 * GIB)


def told(folder: Path, machine: Machine, stored: str = "bfloat16", **recipe: object) -> Problem:
    """What is said of training Qwen3-8B on rows of 64 tokens."""
    config = {**KNOWN["Qwen3-8B"], "torch_dtype": stored}
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    section = Finetune.model_validate({"batch_size": 1, "gradient_checkpointing": True, **recipe})
    (found,) = check_memory(section, folder, [64], machine)
    return found


@pytest.mark.parametrize("stored", ["bfloat16", "float32"])
@pytest.mark.parametrize(
    ("dtype", "rule", "said"),
    [
        ("bfloat16", "memory", "about 17 GiB"),
        ("auto", "memory", "about 17 GiB"),
        ("float32", "memory-too-small", "(31 GiB between steps)"),
    ],
)
def test_a_base_in_float32_takes_twice_the_card(
    dtype: str, rule: str, said: str, stored: str, tmp_path: Path
) -> None:
    found = told(tmp_path, CARD, stored, dtype=dtype)
    assert found.rule == rule
    assert said in found.finding.detail


def test_a_processor_computes_in_what_the_spec_says(tmp_path: Path) -> None:
    """It keeps less in bfloat16, and `auto` is that where it is fast."""
    slow = replace(CARD, capability=None, fast_bfloat16=False, memory=400 * GIB)
    fast = replace(slow, fast_bfloat16=True)
    recipe: dict[str, Any] = {"batch_size": 64, "gradient_checkpointing": False}
    said = {
        (machine.fast_bfloat16, dtype): told(tmp_path, machine, dtype=dtype, **recipe).finding
        for machine in (slow, fast)
        for dtype in ("auto", "bfloat16", "float32")
    }
    assert said[True, "auto"] == said[True, "bfloat16"] == said[False, "bfloat16"]
    assert said[False, "auto"] == said[False, "float32"] == said[True, "float32"]
    assert said[True, "auto"] != said[False, "auto"]
