"""The JSON files of a model folder: what they may say, told before an engine trips over it."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from harness.errors import InputError

# Each is one JSON object, where it is there.
_OBJECTS = (
    "generation_config.json", "tokenizer_config.json", "tokenizer.json", "special_tokens_map.json",
    "added_tokens.json", "chat_template.json", "vocab.json",
)  # fmt: skip
# Sizes of a network; some models have a list, one a layer.
_SIZES = (
    "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
    "num_key_value_heads", "head_dim", "vocab_size", "max_position_embeddings",
    "n_embd", "n_head", "n_layer", "n_positions", "num_layers",
)  # fmt: skip
_LARGEST = 10**9
_TOKENS = ("bos_token_id", "eos_token_id", "pad_token_id")
_DTYPES = (
    "auto", "float16", "bfloat16", "float32", "float64", "half", "float", "double",
    "float8_e4m3fn", "float8_e5m2",
)  # fmt: skip
# What a generation_config may hold that every package wants as a number.
_NUMBERS = (
    "temperature", "top_p", "top_k", "min_p", "typical_p", "repetition_penalty", "length_penalty",
    "max_length", "max_new_tokens", "min_length", "min_new_tokens", "num_beams",
    "num_return_sequences", "no_repeat_ngram_size", "encoder_no_repeat_ngram_size",
)  # fmt: skip
# Models that come with code of their own, and how their weights load without it.
_CONVERTED = {
    "internlm2": "Podium converts it to a Llama model where a spec names it as model.base, "
    "distill.teacher.model or score.judge.model",
    "internlm": "take InternLM2.5 or InternLM3, and convert it as their authors say",
    "qwen": "take Qwen1.5 or later, which loads as it is",
    "baichuan": "take a model whose type is llama, qwen2, qwen3 or mistral",
    "chatglm": "take the same model's version for transformers, whose name ends in -hf",
}


def check_settings(folder: Path, *, code_unread: bool = False) -> dict[str, Any]:
    """Check every JSON file that an engine reads; return `config.json`.

    Args:
        folder: the model.
        code_unread: whether `auto_map` may name code, which nobody reads.

    Raises:
        InputError: one sentence that names file and field.
    """
    path = folder / "config.json"
    config = read_object(path)
    if "auto_map" in config and not code_unread:
        way = _way(config.get("model_type"))
        raise InputError(f"{path}: auto_map asks for remote code, which is never run: {way}")
    _check_config(path, config)
    for name in _OBJECTS:
        if (folder / name).exists():
            settings = read_object(folder / name)
            for problem in _problems(name, settings):
                raise InputError(f"{folder / name}: {problem}")
    return config


def read_object(path: Path) -> dict[str, Any]:
    """Read a JSON file that must hold one object.

    Raises:
        InputError: it does not.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError, RecursionError) as error:
        raise InputError(f"{path}: not valid JSON") from error
    if not isinstance(found, dict):
        raise InputError(f"{path}: must be a JSON object, not {_kind(found)}")
    return found


def _check_config(path: Path, config: Mapping[str, Any]) -> None:
    kind = config.get("model_type")
    names = config.get("architectures")
    if not (isinstance(names, list) and names and all(isinstance(n, str) and n for n in names)):
        raise InputError(f"{path}: names no architecture: architectures must be a list of names")
    if not isinstance(kind, str) or not kind:
        raise InputError(f"{path}: model_type must be text, such as qwen2, not {_kind(kind)}")
    if "transformers_weights" in config:
        raise InputError(f"{path}: transformers_weights names other weights than the folder's own")
    text = config.get("text_config")
    for prefix, part in (("", config), ("text_config.", text)):
        if isinstance(part, dict):
            for problem in _odd(part):
                raise InputError(f"{path}: {prefix}{problem}")


def _way(kind: object) -> str:
    """What to do with a model that brings code."""
    if isinstance(kind, str) and kind in _CONVERTED:
        return _CONVERTED[kind]
    if _is_built_in(kind):
        return f"transformers knows {kind} without it: delete auto_map here, and the .py files"
    return (
        "convert the weights to an architecture that loads without code, such as llama, qwen2, "
        "qwen3, mistral or gemma3"
    )


def _is_built_in(kind: object) -> bool:
    """Whether transformers knows a type of model without any code of its authors."""
    if not isinstance(kind, str) or importlib.util.find_spec("transformers") is None:
        return False
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING_NAMES

    return kind in CONFIG_MAPPING_NAMES


def _odd(config: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the sizes, tokens and type of a configuration."""
    for field in _SIZES:
        value = config.get(field)
        sizes = value if isinstance(value, list) else [value]
        if value is not None and not all(_is_size(size) for size in sizes):
            yield f"{field} must be a whole number from 1 on, not {_kind(value)}"
    yield from _odd_tokens(config)
    for field in ("dtype", "torch_dtype"):
        value = config.get(field)
        if isinstance(value, dict | None):
            continue
        if not isinstance(value, str) or value.removeprefix("torch.") not in _DTYPES:
            yield f"{field} must be one of {', '.join(_DTYPES)}, not {_kind(value)}"


def _odd_tokens(settings: Mapping[str, Any]) -> Iterator[str]:
    for field in _TOKENS:
        value = settings.get(field)
        tokens = value if isinstance(value, list) else [value]
        if value is not None and not all(_is_number(t) and isinstance(t, int) for t in tokens):
            yield f"{field} must be a token's number, or a list of them, not {_kind(value)}"


def _problems(name: str, settings: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with one of the files beside `config.json`."""
    if name == "generation_config.json":
        yield from _odd_tokens(settings)
        for field in _NUMBERS:
            if settings.get(field) is not None and not _is_number(settings[field]):
                yield f"{field} must be a number, not {_kind(settings[field])}"
    elif name == "tokenizer_config.json":
        yield from _odd_tokenizer(settings)
    elif name == "tokenizer.json":
        yield from _odd_vocabulary(settings)
    elif name == "vocab.json" and not settings:
        yield "holds an empty vocabulary"
    elif name == "chat_template.json" and not isinstance(settings.get("chat_template"), str):
        yield "chat_template must be text"


def _odd_tokenizer(settings: Mapping[str, Any]) -> Iterator[str]:
    kind = settings.get("tokenizer_class")
    if kind is not None and not isinstance(kind, str):
        yield f"tokenizer_class must be text, not {_kind(kind)}"
    template = settings.get("chat_template")
    if not isinstance(template, str | list | None):
        yield f"chat_template must be text, not {_kind(template)}"
    if isinstance(template, list) and not all(
        isinstance(one, dict) and all(isinstance(one.get(k), str) for k in ("name", "template"))
        for one in template
    ):
        yield "chat_template is a list, so each item needs a name and a template"
    length = settings.get("model_max_length")
    if length is not None and not _is_number(length):
        yield f"model_max_length must be a number, not {_kind(length)}"
    for field in ("bos_token", "eos_token", "pad_token", "unk_token"):
        if not isinstance(settings.get(field), str | dict | None):
            yield f"{field} must be text, not {_kind(settings[field])}"


def _odd_vocabulary(settings: Mapping[str, Any]) -> Iterator[str]:
    model = settings.get("model")
    if not isinstance(model, dict):
        yield f"model must be a JSON object, not {_kind(model)}"
    elif not isinstance(model.get("vocab"), dict | list) or not model["vocab"]:
        yield "holds an empty vocabulary"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _LARGEST


def _kind(value: object) -> str:
    """A value, or in words what it is, short enough for a sentence."""
    names = {dict: "an object", list: "a list", type(None): "null"}
    text = names.get(type(value)) or json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:40]}…"
