"""Checkpoints of a training that was killed: which is whole, and how long it had taken."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from harness.errors import InputError
from harness.models.tensors import check_safetensors

CHECKPOINTS = "checkpoints"


def newest_checkpoint(folder: Path) -> Path | None:
    """The newest checkpoint that was written to its end; a torn one is removed.

    The trainer writes `trainer_state.json` last.
    """
    found = sorted(folder.glob("checkpoint-*"), key=lambda p: int(p.name.rpartition("-")[2]))
    for checkpoint in reversed(found):
        if _is_whole(checkpoint):
            return checkpoint
        shutil.rmtree(checkpoint)
    return None


def _is_whole(checkpoint: Path) -> bool:
    try:
        json.loads((checkpoint / "trainer_state.json").read_text(encoding="utf-8"))
        weights = list(checkpoint.glob("*.safetensors"))
        for path in weights:
            check_safetensors(path)
    except (OSError, ValueError, InputError):
        return False
    return bool(weights) and (checkpoint / "optimizer.pt").is_file()


def seconds_before(checkpoint: Path | None) -> float:
    """Seconds that earlier attempts spent up to the checkpoint, by its own record."""
    if checkpoint is None:
        return 0.0
    stamp = checkpoint / "seconds.json"
    return float(json.loads(stamp.read_text(encoding="utf-8"))) if stamp.is_file() else 0.0
