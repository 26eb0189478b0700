"""A run's data and recipe as other trainers and platforms take them.

What a trainer cannot say is named in the card, not left out in silence.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

import yaml

from harness.data.convert import Converted, convert
from harness.errors import InputError
from harness.export.finished import Finished
from harness.models.settings import read_object
from harness.store.files import read_jsonl, remove, write_jsonl, write_text

log = logging.getLogger("podium")

DATASET = "podium"
TRAIN_YAML = "train.yaml"
CONFIG = "config.py"
_XTUNER = Path(__file__).with_name("xtuner.py.template")
_SCHEDULES = {"linear": "linear", "cosine": "cosine", "constant": "constant_with_warmup"}
# XTuner's templates by the type of a model; any other is asked with `default`.
_XTUNER_TEMPLATES = {
    "qwen2": "qwen_chat", "qwen3": "qwen_chat", "internlm2": "internlm2_chat",
    "llama": "llama3_chat", "gemma": "gemma", "mistral": "mistral",
}  # fmt: skip


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
        "bf16": section.dtype != "float32",
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
    lora = run.lora
    bits = {"quantization_bit": 4, "quantization_type": "nf4", "double_quantization": True}
    return {
        "finetuning_type": "lora",
        "lora_rank": lora["r"],
        "lora_alpha": _whole(lora["lora_alpha"]),
        "lora_dropout": lora["lora_dropout"],
        "lora_target": _targets(lora["target_modules"]),
        "use_dora": bool(lora.get("use_dora")),
        "use_rslora": bool(lora.get("use_rslora")),
        **(bits if run.quantized else {}),
    }


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
    if run.adapter is None:
        raise InputError(
            "finetune.method: full: Podium writes LoRA alone for XTuner: export to llamafactory"
        )
    epochs = _whole(section.epochs)
    if not isinstance(epochs, int):
        raise InputError(f"finetune.epochs: XTuner trains whole epochs, not {epochs:g}")
    modules = lora["target_modules"]
    targets = modules if isinstance(modules, str) else sorted(modules)
    values: Mapping[str, Any] = {
        "name": run.name,
        "base": str(run.base),
        "max_length": section.max_length,
        "batch_size": section.rows_at_once,
        "accumulate": section.accumulate,
        "epochs": epochs,
        "lr": section.lr,
        "weight_decay": section.weight_decay,
        "warmup": section.warmup,
        "schedule": section.schedule,
        "rank": lora["r"],
        "alpha": _whole(lora["lora_alpha"]),
        "dropout": lora["lora_dropout"],
        "targets": targets,
        "four_bits": run.quantized,
        "seed": section.seed,
    }
    return {**{name: repr(value) for name, value in values.items()}, "template": template_of(run)}


def template_of(run: Finished) -> str:
    """The name of XTuner's template for the base, which has none of its own."""
    kind = read_object(run.base / "config.json").get("model_type")
    return _XTUNER_TEMPLATES.get(str(kind), "default")


def _converted(run: Finished, target: Path, form: str, dataset: str | None = None) -> Converted:
    """Write the conversations alone, without what Podium knows of a row besides."""
    plain = target.with_name("messages.jsonl")
    write_jsonl(plain, ({"messages": row["messages"]} for row in read_jsonl(run.data)))
    made = convert(plain, target, source_format="messages", target_format=form, dataset=dataset)
    remove(plain)
    return made


def _told(run: Finished, converted: Converted) -> None:
    """Say what the format cannot hold."""
    for lost in converted.lost:
        log.warning("%s: %s cannot be kept (%s rows)", run.name, lost.field, f"{lost.count:,}")
