"""How many tokens a model can tell apart by their place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.models.settings import read_object

_POSITIONS = ("max_position_embeddings", "n_positions")


def check_positions(base: Path, max_length: int) -> None:
    """Refuse to train on rows longer than the model has positions.

    It reads `config.json` alone, so it can be told before any data is made.

    Raises:
        InputError: `finetune.max_length` is more.
    """
    most = positions(read_object(base / "config.json"))
    if most is not None and max_length > most:
        raise InputError(
            f"finetune.max_length: {base.name} has {most:,} positions, fewer than {max_length:,}: "
            f"write at most {most}"
        )


def positions(config: Mapping[str, Any]) -> int | None:
    """Positions that a configuration speaks of, stretched ones included; `None` where none."""
    text = config.get("text_config")
    inner = text if isinstance(text, dict) else config
    known = next((inner[name] for name in _POSITIONS if isinstance(inner.get(name), int)), None)
    if known is None:
        return None
    return max(int(known), _stretched(inner))


def _stretched(config: Mapping[str, Any]) -> int:
    """YaRN and its like stretch the positions that a model was first trained with."""
    rope = config.get("rope_parameters", config.get("rope_scaling"))
    if not isinstance(rope, dict):
        return 0
    factor, original = rope.get("factor"), rope.get("original_max_position_embeddings")
    if isinstance(factor, int | float) and isinstance(original, int):
        return int(factor * original)
    return 0
