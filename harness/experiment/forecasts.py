"""What a training will take, before it: memory by part, batches that fit common cards, time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.experiment.experiment import Experiment
from harness.finetune.memory import (
    GIB,
    Batch,
    Memory,
    Setup,
    Shape,
    carried_out,
    computed_in,
    forecast,
    largest_batch,
    setup_of,
    shape_of,
)
from harness.models.settings import read_object
from harness.store.files import read_json

# What programs can have of cards that are sold as so many GB, in GiB.
_CARDS = {16: 14.6, 24: 23.5, 80: 79.0}
# Bytes of what `dtype: auto` is on a GPU: bfloat16, or float16 where it has no other.
_HALF = 2
_QWEN = {"vocab_size": 151_936, "torch_dtype": "bfloat16"}
# The sizes of the tutorials' bases, so that what fits is known before they are fetched.
KNOWN: Mapping[str, Mapping[str, Any]] = {
    "Qwen2.5-1.5B-Instruct": {
        **_QWEN, "model_type": "qwen2", "hidden_size": 1536, "intermediate_size": 8960,
        "num_hidden_layers": 28, "num_attention_heads": 12, "num_key_value_heads": 2,
        "tie_word_embeddings": True,
    },
    "Qwen3-8B": {
        **_QWEN, "model_type": "qwen3", "hidden_size": 4096, "intermediate_size": 12288,
        "num_hidden_layers": 36, "num_attention_heads": 32, "num_key_value_heads": 8,
        "head_dim": 128, "tie_word_embeddings": False,
    },
    "internlm2_5-1_8b-chat": {
        "model_type": "internlm2", "vocab_size": 92_544, "hidden_size": 2048,
        "intermediate_size": 8192, "num_hidden_layers": 24, "num_attention_heads": 16,
        "num_key_value_heads": 8, "tie_word_embeddings": False, "bias": False,
        "torch_dtype": "bfloat16",
    },
}  # fmt: skip


def foresee(experiment: Experiment) -> dict[str, Any]:
    """What the training of an experiment takes; nothing where it has none or cannot be counted.

    `memory` is GiB by part on a GPU, for a batch whose rows are all as long as they may be;
    `fits` is the largest batch for cards of 16, 24 and 80 GB; `tokens` is the most that is learned
    on and `steps` how often, where the number of rows is known; `seconds` is told where the same
    base was trained on this store before.
    """
    section, shape = experiment.spec.finetune, _shape(experiment)
    if section is None or shape is None:
        return {}
    setup = setup_of(section, shape, gpu=True, computed=computed_in(section, _HALF))
    width, rows = section.max_length, section.rows_at_once
    batch = Batch(rows, width, rows * width)
    found = forecast(shape, setup, batch)
    told = {
        "rows": rows,
        "width": width,
        "checkpointed": bool(carried_out(shape, setup, batch)[0].checkpointed),
        "parameters": shape.parameters,
        "memory": found.in_gib(),
        "fits": _fits(shape, setup, width),
    }
    return {"training": {**told, **_length(experiment)}}


def _fits(shape: Shape, setup: Setup, width: int) -> dict[int, int]:
    return {gb: largest_batch(shape, setup, width, room * GIB) for gb, room in _CARDS.items()}


def _shape(experiment: Experiment) -> Shape | None:
    """The base's sizes: from its folder, or known by its name before it is fetched."""
    base = experiment.spec.base_path
    if base is None:
        return None
    config = base / "config.json"
    if config.is_file():
        return shape_of(read_object(config))
    of_hub = experiment.spec.hub_models.get(("model", "base"))
    return None if of_hub is None else shape_of(KNOWN.get(of_hub.short, {}))


def _length(experiment: Experiment) -> dict[str, Any]:
    """Steps, tokens at most, and seconds, as far as they are known."""
    section, rows = experiment.spec.finetune, _rows(experiment)
    if section is None or rows is None:
        return {}
    steps = math.ceil(rows / (section.rows_at_once * section.accumulate)) * section.epochs
    tokens = int(rows * section.max_length * section.epochs)
    rate = _rate(experiment)
    time = {} if rate is None else {"seconds": round(rows * section.epochs / rate)}
    return {"steps": math.ceil(steps), "tokens": tokens, **time}


def _rows(experiment: Experiment) -> int | None:
    """Training rows: of the finished data set, or as many as are asked for."""
    made = experiment.find("dataset")
    if made is None:
        return experiment.spec.distill.samples
    with (made / "train.jsonl").open("rb") as file:
        return sum(1 for _ in file)


def _rate(experiment: Experiment) -> float | None:
    """Rows a second of the last training of the same base on this store."""
    base = experiment.base_digest
    metas = sorted(experiment.store.stages.glob("finetune-*/meta.json"), key=_changed)
    for meta in reversed(metas):
        inputs = read_json(meta)["inputs"]
        trained = meta.with_name("training.json")
        if inputs.get("base") == base and trained.is_file():
            told, epochs = read_json(trained), inputs["finetune"]["epochs"]
            return float(told["samples"] * epochs / max(told["seconds"], 0.1))
    return None


def _changed(path: Path) -> float:
    return path.stat().st_mtime


def told(name: str, training: Mapping[str, Any]) -> str:
    """One experiment's forecast in words."""
    memory, slots = training["memory"], Memory.__slots__
    parts = ", ".join(f"{part} {memory[part]:.2f}" for part in slots if memory[part] >= 0.005)
    fits = ", ".join(
        f"{gb} GB: {rows if rows else 'none, not one row'}" for gb, rows in training["fits"].items()
    )
    line = (
        f"{name}: {training['parameters'] / 1e9:.2f} B parameters; a batch of {training['rows']} "
        f"rows of {training['width']:,} tokens takes about {memory['peak']:.1f} GiB of a GPU "
        f"({parts}); largest batch: {fits}"
    )
    if "steps" in training:
        line += f"; {training['steps']:,} steps, at most {training['tokens']:,} tokens"
    if "seconds" in training:
        line += f", about {training['seconds']:,} s at the rate of the last training"
    return line
