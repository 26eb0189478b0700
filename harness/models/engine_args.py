"""`model.engine_args` against the installed vLLM's own list of arguments, without importing it."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from harness.errors import SpecError, did_you_mean

_CLASSES = ("EngineArgs", "AsyncEngineArgs")
# Arguments that another field of the spec decides.
_FIELDS = {
    "model": "model.base names the model",
    "dtype": "write model.dtype",
    "max_model_len": "write model.max_length",
    "max_num_seqs": "write runtime.batch",
    "gpu_memory_utilization": "write runtime.gpu_share",
    "seed": "write generate.seed",
    "enable_lora": "entries with finetune have their adapters served",
    "max_lora_rank": "it follows the adapters of the entries",
    "lora_target_modules": "they follow the adapters of the entries",
}
# Those with which a model could run code, reach a network, or be another than was hashed.
_REFUSED = (
    "trust_remote_code", "load_format", "tokenizer", "tokenizer_revision", "tokenizer_mode",
    "revision", "code_revision", "hf_token", "hf_config_path", "download_dir", "model_weights",
    "served_model_name", "skip_tokenizer_init", "generation_config", "override_generation_config",
    "allowed_local_media_path", "allowed_media_domains", "worker_cls", "worker_extension_cls",
    "scheduler_cls", "reasoning_parser_plugin", "io_processor_plugin", "logits_processors",
    "model_class_overrides", "otlp_traces_endpoint", "log_config_file", "use_tqdm_on_load",
    "default_mm_loras",
)  # fmt: skip


def check_engine_args(name: str, given: Mapping[str, Any]) -> None:
    """Refuse what the installed vLLM does not know, and what Podium itself decides.

    Args:
        name: of the entry, for the sentence.
        given: `model.engine_args`.

    Raises:
        SpecError: one sentence that names the argument and what to do.
    """
    known = known_args() if given else frozenset()
    for argument in given:
        where = f"{name}: model.engine_args.{argument}"
        if argument in _FIELDS:
            raise SpecError(f"{where}: is Podium's own to set: {_FIELDS[argument]}")
        if argument in _REFUSED:
            raise SpecError(
                f"{where}: is Podium's own to set, so that only the weights that the spec names "
                "are run, without code of others: leave it out"
            )
        if known and argument not in known:
            hint = did_you_mean(argument.replace("-", "_").lstrip("_"), known)
            hint = hint if "did you mean" in hint else ""
            raise SpecError(f"{where}: the installed vLLM has no such engine argument{hint}")


@cache
def known_args() -> frozenset[str]:
    """The names of the engine arguments of the installed vLLM, read from its source.

    Importing it would take seconds before every plan. Empty where it is not installed.
    """
    found = importlib.util.find_spec("vllm")
    if found is None or not found.submodule_search_locations:
        return frozenset()
    path = Path(found.submodule_search_locations[0]) / "engine" / "arg_utils.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    classes = (n for n in tree.body if isinstance(n, ast.ClassDef) and n.name in _CLASSES)
    fields = (
        line.target for one in classes for line in one.body if isinstance(line, ast.AnnAssign)
    )
    names = (target.id for target in fields if isinstance(target, ast.Name))
    return frozenset(name for name in names if not name.startswith("_"))
