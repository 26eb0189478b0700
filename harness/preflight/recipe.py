"""The numbers of a recipe: rates, steps and warm-up that cannot be meant."""

from __future__ import annotations

import math
from collections.abc import Iterator

from harness.config.sections import Finetune
from harness.preflight.problem import Problem, note, warning

# LoRA is trained at 1e-5 to 1e-3; the tiny base bears some times that.
MOST_RATE, LEAST_RATE = 1e-1, 1e-7
_FEW_STEPS = 5
_MOST_DROPOUT = 0.5


def steps_of(section: Finetune, rows: int) -> int:
    """Optimizer steps of a training on so many rows."""
    each = math.ceil(rows / (section.rows_at_once * section.accumulate))
    return max(1, math.ceil(each * section.epochs))


def check_recipe(section: Finetune, rows: int) -> Iterator[Problem]:
    """A recipe over so many rows."""
    yield from check_rate(section)
    yield from check_steps(section, rows)


def check_rate(section: Finetune) -> Iterator[Problem]:
    """Rates out of any range in which LoRA learns."""
    if section.lr >= MOST_RATE:
        yield warning(
            "rate-too-high", f"a rate of {section.lr:g} diverges with any base",
            "set finetune.lr between 1e-5 and 5e-3; 1e-4 to 5e-4 is usual", field="finetune.lr",
        )  # fmt: skip
    elif section.lr < LEAST_RATE:
        yield warning(
            "rate-too-low", f"at a rate of {section.lr:g} nothing is learned",
            "set finetune.lr between 1e-5 and 5e-3; 1e-4 to 5e-4 is usual", field="finetune.lr",
        )  # fmt: skip
    if section.dropout > _MOST_DROPOUT:
        yield warning(
            "dropout-too-high", f"dropout {section.dropout:g} hides more than half of the input",
            "set finetune.dropout to 0.1 or less", field="finetune.dropout",
        )  # fmt: skip


def check_steps(section: Finetune, rows: int) -> Iterator[Problem]:
    """How many steps a training takes, and whether its warm-up leaves any."""
    steps = steps_of(section, rows)
    batch = section.rows_at_once * section.accumulate
    yield note(
        "steps", f"{rows:,} rows, {batch} a step, {section.epochs:g} epochs: {steps:,} steps"
    )
    warm = section.warmup if section.warmup >= 1 else section.warmup * steps
    if warm >= steps / 2 and section.warmup > 0:
        yield warning(
            "warmup-too-long", f"the rate rises for {warm:.0f} of {steps:,} steps",
            "set finetune.warmup to 0.1 or less", field="finetune.warmup",
        )  # fmt: skip
    if steps < _FEW_STEPS:
        yield warning(
            "few-steps", f"the training takes {steps} steps, too few to learn anything",
            "raise finetune.epochs, or lower finetune.batch_size", field="finetune.epochs",
        )  # fmt: skip
    if batch > rows > 0:
        yield warning(
            "batch-above-rows", f"a step takes {batch} rows, and there are {rows}",
            "lower finetune.batch_size or finetune.accumulate", field="finetune.batch_size",
        )  # fmt: skip
