"""Which checkpoint a killed training goes on from."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.finetune.checkpoints import newest_checkpoint
from tests.harness.models.folders import write_weights


def checkpoint(folder: Path, step: int) -> Path:
    at = folder / f"checkpoint-{step}"
    at.mkdir(parents=True)
    (at / "trainer_state.json").write_text(json.dumps({"global_step": step}), "utf-8")
    (at / "optimizer.pt").write_bytes(b"x")
    write_weights(at / "adapter_model.safetensors", {"a": ("F32", [1], struct.pack("<f", 1))})
    return at


@pytest.mark.parametrize(
    "tear",
    [
        lambda at: (at / "adapter_model.safetensors").write_bytes(b"\x10"),
        lambda at: (at / "adapter_model.safetensors").write_bytes(b""),
        lambda at: (at / "adapter_model.safetensors").unlink(),
        lambda at: write_weights(at / "adapter_model.safetensors", {}),
        lambda at: (at / "trainer_state.json").write_text("{", "utf-8"),
        lambda at: (at / "optimizer.pt").unlink(),
    ],
)
def test_a_torn_checkpoint_is_passed_over(tear: Callable[[Path], object], tmp_path: Path) -> None:
    whole, torn = checkpoint(tmp_path, 9), checkpoint(tmp_path, 10)
    tear(torn)
    assert newest_checkpoint(tmp_path) == whole
    assert not torn.exists()
