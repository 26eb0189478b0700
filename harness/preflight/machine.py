"""What this machine can do of what a spec asks: number types, packages, disk and memory."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.config.sections import Finetune, ModelSection
from harness.finetune.memory import (
    BYTES,
    GIB,
    Batch,
    computed_in,
    forecast,
    largest_batch,
    setup_of,
    shape_of,
)
from harness.finetune.recipe import OF_BITSANDBYTES
from harness.models import installed
from harness.models.folder import weight_files
from harness.models.hardware import bfloat16_is_fast, memory_bytes
from harness.models.settings import read_object
from harness.preflight.network import adapted_layers
from harness.preflight.problem import Problem, error, note, warning

# The first NVIDIA GPUs that compute in bfloat16, and do not emulate it.
_BFLOAT16 = (8, 0)
# The first that FlashAttention computes on.
_FLASH = (8, 0)
_CHECKPOINTS = 3  # two are kept, and one is being written
# Bytes of a trained number in a checkpoint: itself and Adam's two moments, in float32.
_SAVED = 12


@dataclass(frozen=True, slots=True)
class Machine:
    """What decides what can be run here.

    Args:
        capability: of an NVIDIA GPU, such as (7, 5); `None` without one.
        fast_bfloat16: whether bfloat16 is computed faster than float32.
        bitsandbytes: whether the package is installed.
        memory: bytes of the GPU's memory, or of the machine's without one.
        disk: bytes that are free where runs are written.
        flash_attention: whether the package is installed.
    """

    capability: tuple[int, int] | None
    fast_bfloat16: bool
    bitsandbytes: bool
    memory: int
    disk: int
    flash_attention: bool = False


def this_machine(runs: Path) -> Machine:
    """The machine that Podium runs on.

    Args:
        runs: where runs are written; it need not be there yet.
    """
    import torch

    has_gpu = torch.cuda.is_available()
    there = next(p for p in (runs.absolute(), *runs.absolute().parents) if p.exists())
    return Machine(
        capability=torch.cuda.get_device_capability() if has_gpu else None,
        fast_bfloat16=bfloat16_is_fast(),
        bitsandbytes=installed("bitsandbytes"),
        memory=memory_bytes(),
        disk=shutil.disk_usage(there).free,
        flash_attention=installed("flash_attn"),
    )


def check_dtypes(
    section: Finetune | None, model: ModelSection, machine: Machine
) -> Iterator[Problem]:
    """Number types that this machine only emulates, or refuses."""
    old = machine.capability is not None and machine.capability < _BFLOAT16
    if model.dtype == "bfloat16" and old:
        yield error(
            "bfloat16-unsupported",
            "this GPU does not compute in bfloat16, and vLLM refuses it",
            "set model.dtype to float16", field="model.dtype",
        )  # fmt: skip
    if section is None or section.dtype != "bfloat16" or machine.fast_bfloat16:
        return
    tell = warning if machine.capability is not None else note
    tell_change = "set finetune.dtype to auto"
    yield tell(
        "bfloat16-emulated",
        "this machine emulates bfloat16, more slowly than it computes in float32",
        tell_change, field="finetune.dtype",
    )  # fmt: skip


def check_packages(section: Finetune, machine: Machine) -> Iterator[Problem]:
    """What a recipe cannot do without and this machine lacks, which its training would be ended by.

    A dry step meets it only where it loads the base itself.
    """
    if section.base_bits < 16 and not machine.bitsandbytes:
        yield error(
            "bitsandbytes-missing", f"a base in {section.base_bits} bits needs bitsandbytes",
            "pip install 'podium-harness[train]', or set finetune.method to lora",
            field="finetune.method",
        )  # fmt: skip
    if section.optimizer in OF_BITSANDBYTES and not machine.bitsandbytes:
        yield error(
            "bitsandbytes-missing", f"{section.optimizer} needs bitsandbytes",
            "pip install 'podium-harness[train]', or set finetune.optimizer to adamw",
            field="finetune.optimizer",
        )  # fmt: skip
    if section.dora and section.base_bits == 8 and machine.capability is None:
        yield error(
            "dora-8bit-unsupported",
            "peft cannot train DoRA over a base in 8 bits on a processor",
            "set finetune.bits to 4 or 16, or finetune.dora to false", field="finetune.bits",
        )  # fmt: skip
    if section.dtype == "float16" and machine.capability is None:
        yield error(
            "float16-unsupported", "training in float16 needs a GPU",
            "set finetune.dtype to auto, bfloat16 or float32", field="finetune.dtype",
        )  # fmt: skip
    if section.attn == "flash":
        yield from _check_flash(section, machine)


def _check_flash(section: Finetune, machine: Machine) -> Iterator[Problem]:
    """FlashAttention that is not installed, or that refuses this GPU or the recipe's numbers."""
    change = "set finetune.attn to auto"
    if not machine.flash_attention:
        yield error(
            "flash-attention-missing", "FlashAttention is not installed",
            f"pip install flash-attn, or {change}", field="finetune.attn",
        )  # fmt: skip
    elif machine.capability is None or machine.capability < _FLASH:
        yield error(
            "flash-attention-unsupported",
            "FlashAttention needs an NVIDIA GPU of compute capability 8.0 or later", change,
            field="finetune.attn",
        )  # fmt: skip
    elif section.dtype == "float32":
        yield error(
            "flash-attention-unsupported", "FlashAttention does not compute in float32",
            f"{change}, or finetune.dtype to bfloat16", field="finetune.attn",
        )  # fmt: skip


def check_space(section: Finetune, base: Path, network: Any, machine: Machine) -> Iterator[Problem]:
    """Checkpoints, the adapter, and the merged weights that are timed, against the free disk."""
    trained = trained_numbers(section, network)
    weights = sum(path.stat().st_size for path in weight_files(base))
    needed = _CHECKPOINTS * _SAVED * trained + weights
    if needed > machine.disk:
        yield error(
            "disk-full",
            f"checkpoints and merged weights take about {_gib(needed)}, and {_gib(machine.disk)} "
            "are free where runs are written",
            "free some, or name another disk: podium run --runs FOLDER", field="runtime.runs",
        )  # fmt: skip


def check_memory(
    section: Finetune, base: Path, lengths: Sequence[int], machine: Machine
) -> Iterator[Problem]:
    """A step's memory, as `podium plan` forecasts it, against what there is.

    Args:
        section: the recipe.
        base: the folder of its base; one whose memory nobody can count is passed over.
        lengths: tokens of each row.
        machine: this one.
    """
    shape = shape_of(read_object(base / "config.json"))
    if shape is None:
        return
    has_gpu = machine.capability is not None
    auto = BYTES["bfloat16" if has_gpu or machine.fast_bfloat16 else "float32"]
    setup = setup_of(section, shape, gpu=has_gpu, computed=computed_in(section, auto))
    width = min(max(lengths, default=0), section.max_length)
    rows = section.rows_at_once
    if section.batch_size == "auto":  # as many at once as fit
        rows = max(1, largest_batch(shape, setup, width, machine.memory, most=rows))
    found = forecast(shape, setup, Batch(rows, width, rows * width))
    detail = (
        f"a step takes about {_gib(found.peak)} ({_gib(found.stays)} between steps); there are "
        f"{_gib(machine.memory)}"
    )
    if found.stays > machine.memory:
        change = "set finetune.method to qlora, or take a smaller base or a larger machine"
        yield error("memory-too-small", detail, change, field="finetune.method")
    elif found.peak > machine.memory:
        most = largest_batch(shape, setup, width, machine.memory)
        change = f"set finetune.batch_size to {most} or less and raise finetune.accumulate instead"
        if not most:
            change = "set finetune.gradient_checkpointing to true, or lower finetune.max_length"
        yield warning("memory-tight", detail, change, field="finetune.batch_size")
    else:
        yield note("memory", detail)


def trained_numbers(section: Finetune, network: Any) -> int:
    """How many numbers are learned: of an adapter rank times both widths of each layer, or all."""
    if section.yields == "model":
        return int(network.num_parameters())
    shapes = adapted_layers(section.targets, network).values()
    return section.rank * sum(out + into for out, into in shapes)


def _gib(size: float) -> str:
    return f"{size / GIB:.2g} GiB" if size < 100 * GIB else f"{size / GIB:,.0f} GiB"
