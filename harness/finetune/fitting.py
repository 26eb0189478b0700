"""`batch_size: auto`: in how many parts a step's rows are computed, by the memory forecast.

How many rows a step has is the same on every machine, so that a recipe teaches the same everywhere;
as many of them are computed at once as are forecast to fit into what is free. Where that was too
many, `harness.finetune.parts` goes on halving.
"""

from __future__ import annotations

import logging
import math
from pathlib import Path

from harness.config.sections import Finetune
from harness.finetune.memory import GIB, largest_batch, setup_of, shape_of
from harness.finetune.recipe import compute_dtype
from harness.models.hardware import free_bytes
from harness.models.settings import read_object

log = logging.getLogger("podium")

# A forecast may be a tenth off.
_SAFE = 0.9
_BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}


def parts_to_begin_with(section: Finetune, base: Path, longest: int) -> int:
    """In how many parts a batch is computed from the first step on.

    It is 1 where the recipe names a batch of its own, where rows are packed into one, and where
    nobody can count the base's memory.

    Args:
        section: the recipe.
        base: folder of its base, which is not loaded yet.
        longest: tokens of the longest row.
    """
    shape = shape_of(read_object(base / "config.json"))
    if section.batch_size != "auto" or section.packing or shape is None:
        return 1
    import torch

    computed = _BYTES[compute_dtype(section)]
    setup = setup_of(section, shape, gpu=torch.cuda.is_available(), computed=computed)
    rows, free = section.rows_at_once, free_bytes()
    width = min(longest, section.max_length)
    most = max(1, largest_batch(shape, setup, width, _SAFE * free, most=rows))
    if most < rows:
        log.info(
            "finetune.batch_size: auto: the %d rows of a step are computed %d at a time, by the "
            "forecast of their memory (%.1f GiB are free), with the same gradients",
            rows, most, free / GIB,
        )  # fmt: skip
    return math.ceil(rows / most)
