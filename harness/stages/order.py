"""The stages in their order: each reads only what those above it have written."""

from __future__ import annotations

from harness.errors import UsageError, did_you_mean
from harness.stages import (
    dataset,
    distill,
    finetune,
    infer,
    latency,
    parity,
    questions,
    score,
    served,
)
from harness.stages.stage import Stage

STAGES: tuple[Stage, ...] = (
    questions.STAGE,
    distill.STAGE,
    dataset.STAGE,
    finetune.STAGE,
    infer.STAGE,
    served.STAGE,
    parity.STAGE,
    latency.STAGE,
    score.STAGE,
)


def find_stage(name: str) -> Stage:
    """The stage of that name.

    Raises:
        UsageError: there is none.
    """
    known = {stage.name: stage for stage in STAGES}
    if name not in known:
        raise UsageError(
            f"no stage {name!r}{did_you_mean(name, known)}: there are {', '.join(known)}"
        )
    return known[name]


def up_to(name: str) -> tuple[Stage, ...]:
    """The stages up to that one.

    Raises:
        UsageError: there is none of that name.
    """
    return STAGES[: STAGES.index(find_stage(name)) + 1]
