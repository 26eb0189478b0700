"""Merged weights: a folder that loads anywhere, and one that llama.cpp converts."""

from __future__ import annotations

import logging
from pathlib import Path

from harness.export.finished import Finished
from harness.models.chat import load_tokenizer
from harness.models.merge import merge
from harness.models.settings import read_object
from harness.models.whole import stored_dtype
from harness.store.files import write_json, write_text

log = logging.getLogger("podium")

# What llama.cpp's converter reads, the nearer to the base first.
_HALVES = ("bfloat16", "float16")
_FALLBACK = "bfloat16"
_TEMPLATE = "chat_template.jinja"
_TOKENIZER = "tokenizer_config.json"


def write_merged(run: Finished, work: Path) -> None:
    """Write safetensors, tokenizer, chat template and generation settings.

    Raises:
        InputError: adapter or base is missing.
        RunError: they cannot be merged.
    """
    run.check_weights()
    _tell(run)
    merge(run.weights, run.adapter, work)


def write_gguf_ready(run: Finished, work: Path) -> None:
    """Write merged weights in 16 bits, with the chat template where converters look for it.

    Raises:
        InputError: adapter or base is missing.
        RunError: they cannot be merged.
    """
    run.check_weights()
    _tell(run)
    stored = stored_dtype(run.base)
    merge(run.weights, run.adapter, work, "auto" if stored in _HALVES else _FALLBACK)
    _name_template(run.base, work)


def _tell(run: Finished) -> None:
    if run.quantized:
        log.info(
            "%s: trained over its base in %d bits, merged into the full-precision weights of %s",
            run.name, run.recipe.base_bits, run.base,
        )  # fmt: skip


def _name_template(base: Path, work: Path) -> None:
    """Have the chat template both in a file of its own and in the tokenizer's settings."""
    template = load_tokenizer(base).chat_template
    settings = read_object(work / _TOKENIZER)
    if isinstance(template, str):
        write_text(work / _TEMPLATE, template)
        if "chat_template" not in settings:
            write_json(work / _TOKENIZER, {**settings, "chat_template": template})
