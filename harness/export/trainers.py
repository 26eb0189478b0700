"""A run's data and recipe as other trainers and platforms take them.

What a trainer cannot say is refused, or named in the card (`otherwise`), not left out in silence.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from string import Template
from types import MappingProxyType
from typing import Any

import yaml

from harness.config.sections import Finetune
from harness.data.convert import Converted, convert
from harness.errors import InputError
from harness.export.finished import Finished
from harness.models.settings import read_object
from harness.models.trying import template_file
from harness.store.files import read_jsonl, read_text, remove, write_jsonl, write_text

log = logging.getLogger("podium")

DATASET = "podium"
TRAIN_YAML = "train.yaml"
CONFIG = "config.py"
_XTUNER = Path(__file__).with_name("xtuner.py.template")
_SCHEDULES = {"linear": "linear", "cosine": "cosine", "constant": "constant_with_warmup"}
# An optimizer as transformers names it, and the class that XTuner takes.
_OPTIMIZERS = {
    "adamw": ("adamw_torch", "torch.optim", "AdamW"),
    "adamw_8bit": ("adamw_8bit", "bitsandbytes.optim", "AdamW8bit"),
    "paged_adamw_8bit": ("paged_adamw_8bit", "bitsandbytes.optim", "PagedAdamW8bit"),
}
# What other trainers compute in where the machine decides it here: both are for GPUs.
_AUTO_DTYPE = "bfloat16"
# What no other trainer is told, with what it does instead, where a recipe says it.
_OTHERWISE: Mapping[str, str] = MappingProxyType(
    {
        "packing": "rows are padded, which takes longer and teaches the same",
        "cut": "rows that are too long are trained without their end",
        "keep": "what the last step left is kept, whatever it scores",
        "early_stop": "the training goes on to its last epoch",
        "watch": "nothing is asked while it is trained",
        "probe": "nothing is asked while it is trained",
        "attn": "the trainer chooses how attention is computed, which teaches the same",
        "gradient_checkpointing": "the trainer chooses what is computed again, which teaches the "
        "same",
    }
)
# XTuner's templates by the type of a model; any other is asked with `default`.
_XTUNER_TEMPLATES = {
    "qwen2": "qwen_chat", "qwen3": "qwen_chat", "internlm2": "internlm2_chat", "gemma": "gemma",
    "mistral": "mistral",
}  # fmt: skip
# Many models are of the type `llama`: theirs by what stands in their chat template.
_LLAMA = "llama"
_LLAMA_TEMPLATES = {"<|start_header_id|>": "llama3_chat", "<|im_start|>": "internlm2_chat"}


def write_xfyun(run: Finished, work: Path) -> None:
    """Write `train.jsonl` with `instruction` and `output`, all that iFLYTEK's platform takes."""
    run.check_data()
    _told(run, _converted(run, work / "train.jsonl", "qa"))


def write_llamafactory(run: Finished, work: Path) -> None:
    """Write `data.json`, `dataset_info.json` and `train.yaml`.

    `llamafactory-cli train train.yaml` trains it, in this folder.
    """
    run.check_data()
    _told(run, _converted(run, work / "data.json", "sharegpt", DATASET))
    text = yaml.safe_dump(llamafactory_recipe(run), sort_keys=False, allow_unicode=True)
    write_text(work / TRAIN_YAML, text)


def llamafactory_recipe(run: Finished) -> dict[str, Any]:
    """A recipe as LLaMA-Factory reads it.

    No template is named, so it takes the base's own chat template, as Podium does.
    """
    section = run.recipe
    return {
        "model_name_or_path": str(run.base),
        "stage": "sft",
        "do_train": True,
        **_llamafactory_method(run),
        "dataset_dir": ".",
        "dataset": DATASET,
        "enable_thinking": False,
        "mask_history": True,
        "cutoff_len": section.max_length,
        "output_dir": "output",
        "per_device_train_batch_size": section.rows_at_once,
        "gradient_accumulation_steps": section.accumulate,
        "learning_rate": section.lr,
        "num_train_epochs": _whole(section.epochs),
        "lr_scheduler_type": _SCHEDULES[section.schedule],
        "warmup_ratio": section.warmup,
        "weight_decay": section.weight_decay,
        "optim": _OPTIMIZERS[section.optimizer][0],
        "bf16": computed_in(section) == "bfloat16",
        "fp16": computed_in(section) == "float16",
        "seed": section.seed,
        "logging_steps": 10,
        "save_strategy": "epoch",
        "report_to": "none",
        "plot_loss": True,
    }


def _llamafactory_method(run: Finished) -> dict[str, Any]:
    """What is trained, as LLaMA-Factory names it."""
    if run.adapter is None:
        return {"finetuning_type": "full"}
    section, lora, earlier = run.recipe, run.lora, run.spec.from_path
    return {
        "finetuning_type": "lora",
        "lora_rank": lora["r"],
        "lora_alpha": _whole(lora["lora_alpha"]),
        "lora_dropout": lora["lora_dropout"],
        "lora_target": _targets(lora["target_modules"]),
        "use_dora": section.dora,
        "use_rslora": section.rslora,
        **({} if earlier is None else {"adapter_name_or_path": str(earlier)}),
        **_llamafactory_bits(section),
    }


def _llamafactory_bits(section: Finetune) -> dict[str, Any]:
    """How LLaMA-Factory holds the base; of 16 bits nothing is said."""
    if section.base_bits == 16:
        return {}
    four = {"quantization_type": "nf4", "double_quantization": True}
    return {"quantization_bit": section.base_bits, **(four if section.base_bits == 4 else {})}


def computed_in(section: Finetune) -> str:
    """What another trainer is told to compute in."""
    return _AUTO_DTYPE if section.dtype == "auto" else section.dtype


def otherwise(section: Finetune) -> list[str]:
    """What a recipe says and other trainers do otherwise, a clause each."""
    found = [] if section.dtype != "auto" else [f"`dtype: auto`: written as {_AUTO_DTYPE}"]
    for name, instead in _OTHERWISE.items():
        said = getattr(section, name)
        if said != Finetune.model_fields[name].default:
            found.append(f"`{name}: {json.dumps(said)}`: {instead}")
    return found


def _whole(value: float) -> float:
    """A number as one writes it: 16 rather than 16.0."""
    return int(value) if value == int(value) else value


def _targets(modules: str | list[str]) -> str:
    """Layers as LLaMA-Factory names them: parted by commas; it knows no patterns.

    Raises:
        InputError: they are a regular expression.
    """
    if isinstance(modules, str):
        if modules == "all-linear":
            return "all"
        raise InputError(
            f"finetune.targets: LLaMA-Factory takes names of layers, not the pattern {modules!r}"
        )
    return ",".join(sorted({name.rpartition(".")[2] for name in modules}))


def write_xtuner(run: Finished, work: Path) -> None:
    """Write `data.json` in XTuner's own form, and `config.py`.

    `xtuner train config.py` trains it, in this folder.
    """
    run.check_data()
    _told(run, _converted(run, work / "data.json", "xtuner"))
    write_text(work / CONFIG, Template(_XTUNER.read_text("utf-8")).substitute(_xtuner_values(run)))


def _xtuner_values(run: Finished) -> Mapping[str, str]:
    """What the template of the config leaves open, as Python writes it.

    Raises:
        InputError: XTuner cannot train so.
    """
    section, lora = run.recipe, run.lora
    _check_xtuner(run)
    modules = lora["target_modules"]
    _, home, optimizer = _OPTIMIZERS[section.optimizer]
    values: Mapping[str, Any] = {
        "name": run.name,
        "base": str(run.base),
        "max_length": section.max_length,
        "batch_size": section.rows_at_once,
        "accumulate": section.accumulate,
        "epochs": _whole(section.epochs),
        "lr": section.lr,
        "weight_decay": section.weight_decay,
        "warmup": section.warmup,
        "schedule": section.schedule,
        "rank": lora["r"],
        "alpha": _whole(lora["lora_alpha"]),
        "dropout": lora["lora_dropout"],
        "targets": modules if isinstance(modules, str) else sorted(modules),
        "kinds": {f"use_{kind}": True for kind in ("dora", "rslora") if getattr(section, kind)},
        "bits": section.base_bits,
        "dtype": computed_in(section),
        "seed": section.seed,
    }
    names = {"template": template_of(run), "optimizer": optimizer, "optimizers": home}
    return {**{name: repr(value) for name, value in values.items()}, **names}


def _check_xtuner(run: Finished) -> None:
    """Refuse what XTuner cannot train.

    Raises:
        InputError: it says what, and what can.
    """
    section = run.recipe
    if run.adapter is None:
        raise InputError(
            "finetune.method: full: Podium writes LoRA alone for XTuner: export to llamafactory"
        )
    if section.from_ is not None:
        raise InputError(
            "finetune.from: XTuner goes on from no adapter of peft's: export to llamafactory"
        )
    if section.epochs != int(section.epochs):
        raise InputError(f"finetune.epochs: XTuner trains whole epochs, not {section.epochs:g}")


def template_of(run: Finished) -> str:
    """The name of XTuner's template for the base, which has none of its own.

    By the model that the spec names: what it was converted to is of another type.
    """
    base = run.named_base
    kind = str(read_object(base / "config.json").get("model_type"))
    if kind != _LLAMA:
        return _XTUNER_TEMPLATES.get(kind, "default")
    file = template_file(base)
    said = read_text(file) if file.is_file() else ""
    return next((name for sign, name in _LLAMA_TEMPLATES.items() if sign in said), "default")


def _converted(run: Finished, target: Path, form: str, dataset: str | None = None) -> Converted:
    """Write the conversations alone, without what Podium knows of a row besides."""
    plain = target.with_name("messages.jsonl")
    write_jsonl(plain, ({"messages": row["messages"]} for row in read_jsonl(run.data)))
    made = convert(plain, target, source_format="messages", target_format=form, dataset=dataset)
    remove(plain)
    return made


def _told(run: Finished, converted: Converted) -> None:
    """Say what the format of the data cannot hold."""
    for lost in converted.lost:
        log.warning("%s: %s cannot be kept (%s rows)", run.name, lost.field, f"{lost.count:,}")
