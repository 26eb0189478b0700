"""How a recipe is carried out in this machine's memory: what is computed at once, what again.

How many rows a step has is the same on every machine, so that a recipe teaches the same everywhere.
What differs is how many of their tokens are computed at once, and whether activations are kept.
Where a forecast was too high a guess, `harness.finetune.parts` goes on halving.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness.config.sections import Finetune
from harness.finetune.memory import (
    BYTES,
    GIB,
    Batch,
    Setup,
    Shape,
    carried_out,
    largest_batch,
    setup_of,
    shape_of,
)
from harness.finetune.recipe import compute_dtype
from harness.models.hardware import free_bytes
from harness.models.settings import read_object

log = logging.getLogger("podium")

# A forecast may be a tenth off.
_SAFE = 0.9


@dataclass(frozen=True, slots=True)
class Plan:
    """How steps are computed.

    Args:
        checkpointed: whether activations are computed again in the backward pass.
        tokens: most positions that are computed at once, padding included; `None` is a whole batch.
    """

    checkpointed: bool
    tokens: int | None = None


def plan(section: Finetune, base: Path, lengths: Sequence[int]) -> Plan:
    """How a recipe's steps are computed on this machine, by the forecast of their memory.

    Args:
        section: the recipe.
        base: folder of its base, which is not loaded yet.
        lengths: tokens of each row.
    """
    import torch

    shape, chosen = shape_of(read_object(base / "config.json")), section.gradient_checkpointing
    if shape is None:  # nobody can say what it would keep
        return Plan(chosen if chosen != "auto" else True)
    computed = BYTES[compute_dtype(section)]
    setup = setup_of(section, shape, gpu=torch.cuda.is_available(), computed=computed)
    # Processes that share a step must take as many parts each, and do not know of the others'.
    setup = replace(setup, cut=setup.cut and os.environ.get("WORLD_SIZE", "1") == "1")
    rows, width = section.rows_at_once, max(lengths)
    setup, part = carried_out(shape, setup, Batch(rows, width, rows * width))
    most = part.rows
    if section.batch_size == "auto" and not section.packing:
        most = min(most, _fitting(shape, setup, width, rows))
    return Plan(bool(setup.checkpointed), None if most == rows else most * width)


def _fitting(shape: Shape, setup: Setup, width: int, rows: int) -> int:
    """`batch_size: auto`: how many of a step's rows are computed at once, by what is free."""
    free = free_bytes()
    most = max(1, largest_batch(shape, setup, width, _SAFE * free, most=rows))
    if most < rows:
        log.info(
            "finetune.batch_size: auto: the %d rows of a step are computed %d at a time where they "
            "are longest, by the forecast of their memory (%.1f GiB are free), with the same "
            "gradients",
            rows, most, free / GIB,
        )  # fmt: skip
    return most
