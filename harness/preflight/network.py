"""The network that config.json describes, built without memory for its weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from harness.config.engines import ENGINES
from harness.config.sections import Finetune
from harness.errors import InputError
from harness.models.foreign import told
from harness.models.quiet import quiet
from harness.models.settings import read_object
from harness.models.targets import ALL, check_targets
from harness.preflight.problem import Problem, error, listed, note, warning


def skeleton(folder: Path) -> Any:
    """The network of a base on torch's meta device: names and shapes, no numbers.

    Raises:
        InputError: transformers does not know the architecture, or cannot build it.
    """
    with quiet():
        import torch
        from transformers import AutoConfig, AutoModelForCausalLM
        from transformers.models.auto.configuration_auto import CONFIG_MAPPING_NAMES

        kind = read_object(folder / "config.json").get("model_type")
        if kind not in CONFIG_MAPPING_NAMES:
            raise InputError(
                f"{folder / 'config.json'}: transformers does not know the architecture {kind!r}, "
                "so it cannot be trained: take llama, qwen2, qwen3, mistral or gemma3"
            )
        with told(f"{folder}: transformers cannot build it", InputError, reading=True):
            config = AutoConfig.from_pretrained(
                folder, local_files_only=True, trust_remote_code=False
            )
            with torch.device("meta"):
                return AutoModelForCausalLM.from_config(config, trust_remote_code=False)


def check_trained(section: Finetune, engine: str, network: Any) -> Iterator[Problem]:
    """What a recipe trains of a network: an adapter's rank and layers, or all of it."""
    if section.yields == "model":
        yield note("modules", f"all {network.num_parameters():,} parameters are learned")
        return
    yield from check_rank(section, engine)
    yield from check_target_names(section, network)


def check_target_names(section: Finetune, network: Any) -> Iterator[Problem]:
    """Names that match no layer, and the modules that each name brings."""
    try:
        check_targets(section.targets, network)
    except InputError as refused:
        field, _, detail = str(refused).partition(": ")
        yield error("targets", detail, "correct finetune.targets", field=field)
        return
    adapted = adapted_layers(section.targets, network)
    if not adapted:
        yield error(
            "targets", f"{_written(section.targets)} lays LoRA over no layer at all",
            "name linear layers, or all-linear", field="finetune.targets",
        )  # fmt: skip
        return
    counts = Counter(name.rpartition(".")[2] for name in adapted)
    brought = ", ".join(f"{count} {name}" for name, count in counts.items())
    yield note("modules", f"LoRA is laid over {len(adapted)} modules: {brought}")
    least = min(min(shape) for shape in adapted.values())
    if section.rank > least:
        thin = sorted({n.rpartition(".")[2] for n, s in adapted.items() if min(s) < section.rank})
        yield warning(
            "rank-above-layer",
            f"rank {section.rank} is more than the width of {listed(thin)}, {least}: the adapter "
            "is larger than what it adapts",
            f"lower finetune.rank to {least} or less", field="finetune.rank",
        )  # fmt: skip


def adapted_layers(targets: str | Sequence[str], network: Any) -> dict[str, tuple[int, int]]:
    """The layers that peft would lay LoRA over, with their two widths."""
    from peft import LoraConfig
    from peft.tuners.tuners_utils import check_target_module_exists

    layers = {
        name: (int(layer.weight.shape[0]), int(layer.weight.shape[1]))
        for name, layer in network.named_modules()
        if getattr(layer, "weight", None) is not None and layer.weight.ndim == 2
    }
    if targets == ALL:
        tables = (network.get_output_embeddings(), network.get_input_embeddings())
        return {n: s for n, s in layers.items() if network.get_submodule(n) not in tables}
    config = LoraConfig(target_modules=targets if isinstance(targets, str) else list(targets))
    return {name: s for name, s in layers.items() if check_target_module_exists(config, name)}


def check_rank(section: Finetune, engine: str) -> Iterator[Problem]:
    """A rank that the engine does not load."""
    most = ENGINES[engine].most_rank
    if most is not None and section.rank > most:
        yield error(
            "rank-above-engine", f"engine {engine} takes at most rank {most}, not {section.rank}",
            f"lower finetune.rank to {most}, or answer with model.engine hf",
            field="finetune.rank",
        )  # fmt: skip


def check_max_length(max_length: int, limit: int | None, field: str) -> Iterator[Problem]:
    """A length that the model has no positions for."""
    if limit is not None and max_length > limit:
        yield error(
            "length-above-model", f"{max_length:,} is more than the model's {limit:,} positions",
            f"lower {field} to {limit}", field=field,
        )  # fmt: skip


def _written(targets: str | Sequence[str]) -> str:
    return targets if isinstance(targets, str) else f"[{', '.join(targets)}]"
