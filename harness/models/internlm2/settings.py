"""`config.json` and `generation_config.json` of an InternLM2 model, in Llama's words."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.models.settings import read_object

log = logging.getLogger("podium")

KIND = "internlm2"
ARCHITECTURE = "InternLM2ForCausalLM"
GENERATION = "generation_config.json"
# Said alike by both.
_SAME = (
    "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
    "max_position_embeddings", "initializer_range", "rms_norm_eps", "use_cache", "bos_token_id",
    "eos_token_id", "pad_token_id", "tie_word_embeddings", "torch_dtype", "dtype",
)  # fmt: skip
# What InternLM2's own configuration class fills in where the file is silent.
_DEFAULTS: Mapping[str, Any] = {
    "max_position_embeddings": 2048, "rms_norm_eps": 1e-6, "tie_word_embeddings": False,
    "bos_token_id": 1, "eos_token_id": 2,
}  # fmt: skip
_NEEDED = (
    "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heads:
    """How attention is laid out: heads of queries, heads of keys and values, numbers a head."""

    queries: int
    keys: int
    size: int

    @property
    def per_key(self) -> int:
        """Heads of queries that share one of keys and values."""
        return self.queries // self.keys


def heads_of(path: Path, config: Mapping[str, Any]) -> Heads:
    """The layout of attention that a configuration describes.

    Raises:
        InputError: the sizes do not go into each other, or one is missing.
    """
    for field in _NEEDED:
        if not isinstance(config.get(field), int):
            raise InputError(f"{path}: {field} is missing")
    hidden, queries = config["hidden_size"], config["num_attention_heads"]
    keys = _or(config.get("num_key_value_heads"), queries)
    if hidden % queries or queries % keys:
        raise InputError(
            f"{path}: hidden_size {hidden}, num_attention_heads {queries} and "
            f"num_key_value_heads {keys} do not go into each other"
        )
    return Heads(queries, keys, hidden // queries)


def llama_config(path: Path, config: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration of the Llama model with the same weights.

    Args:
        path: of the `config.json`, for sentences.
        config: its content.

    Raises:
        InputError: it describes what this conversion does not know.
    """
    _check(path, config)
    heads = heads_of(path, config)
    told = {**_DEFAULTS, **{name: config[name] for name in _SAME if name in config}}
    theta = _or(config.get("rope_theta"), 10_000)
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        **told,
        "hidden_act": "silu",
        "num_key_value_heads": heads.keys,
        "head_dim": heads.size,
        "attention_bias": bool(config.get("bias", True)),
        "mlp_bias": False,
        "rope_theta": theta,
        "rope_parameters": {"rope_theta": theta, **_rope(path, config)},
    }


def _check(path: Path, config: Mapping[str, Any]) -> None:
    """Refuse variants whose weights mean something else."""
    if config.get("architectures") != [ARCHITECTURE]:
        found = ", ".join(map(str, config.get("architectures") or ["none"]))
        raise InputError(
            f"{path}: only {ARCHITECTURE} is converted to a Llama model, not {found}: take the "
            "chat model of the same size"
        )
    if "quantization_config" in config:
        raise InputError(f"{path}: its weights are quantised: take the model that they came from")
    if config.get("hidden_act", "silu") != "silu":
        raise InputError(f"{path}: hidden_act must be silu, not {config['hidden_act']!r}")


def _rope(path: Path, config: Mapping[str, Any]) -> dict[str, Any]:
    """How positions are scaled.

    `dynamic` (NTK) changes nothing up to `max_position_embeddings`, and beyond it depends on the
    length of the text, which engines that keep one table of angles cannot follow. So it is left
    out, and with it lengths beyond: what is shorter is computed exactly alike.
    """
    scaling = config.get("rope_scaling")
    if scaling is None:
        return {"rope_type": "default"}
    kind = scaling.get("rope_type", scaling.get("type")) if isinstance(scaling, dict) else scaling
    if kind == "dynamic":
        most = config.get("max_position_embeddings", _DEFAULTS["max_position_embeddings"])
        log.info("%s: dynamic rope_scaling is left out: up to %s tokens it changes nothing, "
                 "and longer ones are not taken", path, most)  # fmt: skip
        return {"rope_type": "default"}
    if kind == "linear" and isinstance(scaling.get("factor"), int | float):
        return {"rope_type": "linear", "factor": float(scaling["factor"])}
    raise InputError(
        f"{path}: rope_scaling {kind!r} is not known of InternLM2: it is dynamic or linear"
    )


def generation_config(source: Path, config: Mapping[str, Any], turn_end: int | None) -> Any:
    """The settings of generation, with every token that ends an answer.

    Args:
        source: the model's folder, which may have such settings.
        config: its `config.json`.
        turn_end: the token that closes a turn of its chat template, where it has one.
    """
    path = source / GENERATION
    settings = read_object(path) if path.is_file() else {}
    settings.pop("_from_model_config", None)  # else transformers reads config.json in its place
    ends: list[int] = []
    for listed in (config.get("eos_token_id", 2), settings.get("eos_token_id"), turn_end):
        ends += listed if isinstance(listed, list) else [] if listed is None else [listed]
    for name in ("bos_token_id", "pad_token_id"):
        if isinstance(config.get(name), int):
            settings.setdefault(name, config[name])
    return {**settings, "eos_token_id": sorted(set(ends))}


def _or(value: Any, other: int) -> Any:
    return other if value is None else value
