"""A LoRA folder: checked before a package loads it over a base."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness.config.sections import Finetune
from harness.errors import InputError
from harness.models.settings import read_object
from harness.models.tensors import check_finite, check_safetensors

WEIGHTS = "adapter_model.safetensors"
CONFIG = "adapter_config.json"
ADAPTER_FILES = (WEIGHTS, CONFIG)
# The fields of a recipe, as an adapter's configuration has them.
_FIELDS = {"rank": "r", "alpha": "lora_alpha", "dora": "use_dora", "rslora": "use_rslora"}


def check_adapter(folder: Path) -> None:
    """Refuse a folder that holds no LoRA, or one whose numbers are not finite.

    Raises:
        InputError: one sentence saying what is missing or wrong.
    """
    for name in (CONFIG, WEIGHTS):
        if not (folder / name).is_file():
            raise InputError(f"{folder}: no adapter: {name} is missing")
    path = folder / CONFIG
    config = read_object(path)
    rank = config.get("r")
    if config.get("peft_type") != "LORA":
        raise InputError(f"{path}: peft_type must be LORA")
    if not isinstance(rank, int) or isinstance(rank, bool) or rank < 1:
        raise InputError(f"{path}: r, the rank, must be a whole number from 1 on")
    if not config.get("target_modules"):
        raise InputError(f"{path}: target_modules names no layers")
    if "auto_mapping" in config and config["auto_mapping"] is not None:
        raise InputError(f"{path}: auto_mapping asks for other code, which is never run")
    check_safetensors(folder / WEIGHTS)
    check_finite(folder / WEIGHTS)


def check_continued(folder: Path, section: Finetune) -> None:
    """Refuse to go on from an adapter of another shape than the recipe's.

    Raises:
        InputError: it names the field, and what the adapter has.
    """
    path = folder / CONFIG
    config = read_object(path)
    for field, name in _FIELDS.items():
        wanted = getattr(section, field)
        has = config.get(name, type(wanted)(0))
        if has != wanted:
            value = str(has).lower() if isinstance(has, bool) else f"{has:g}"
            raise InputError(f"finetune.{field}: {path} has another: write {value}")
    if not isinstance(section.targets, str):
        _check_layers(path, config["target_modules"], section.targets)


def _check_layers(path: Path, layers: str | Sequence[str], targets: Sequence[str]) -> None:
    """Refuse names other than an adapter's, by their last parts: peft writes some out in full."""
    has, wanted = (
        {name.rpartition(".")[2] for name in names}
        for names in ([layers] if isinstance(layers, str) else layers, targets)
    )
    if has != wanted:
        shown = ", ".join(sorted(has))
        raise InputError(f"finetune.targets: {path} has others: write [{shown}], or leave it out")


def adapted_names(folders: Sequence[Path]) -> list[str] | None:
    """The last parts of the names of layers beside which adapters lie.

    `None` where an adapter has a pattern for them.
    """
    found: set[str] = set()
    for folder in folders:
        names = read_object(folder / CONFIG).get("target_modules")
        if not isinstance(names, list):
            return None
        found |= {str(name).rpartition(".")[2] for name in names}
    return sorted(found)


def is_dora(folder: Path) -> bool:
    """Whether an adapter also scales the columns of its layers, which not every engine can do."""
    return bool(read_object(folder / CONFIG).get("use_dora"))
