"""An InternLM2 folder to a Llama folder with the same weights."""

from __future__ import annotations

import logging
from pathlib import Path

from harness.models.folder import check_model_folder
from harness.models.internlm2.settings import GENERATION, generation_config, heads_of, llama_config
from harness.models.internlm2.tokenizer import convert_tokenizer
from harness.models.internlm2.weights import convert_weights
from harness.models.settings import read_object
from harness.store.files import write_json, write_text

log = logging.getLogger("podium")

# Raised when the conversion changes what it writes.
VERSION = 1
_TURN_END = "<|im_end|>"


def convert(source: Path, out: Path) -> None:
    """Write the Llama model with an InternLM2 folder's weights; `config.json` is last.

    Raises:
        InputError: the folder is not whole, or holds what the conversion does not know.
        MissingDependency: sentencepiece is not installed.
        StoreError: the disk refuses.
    """
    check_model_folder(source, code_unread=True)
    log.info("%s: converting InternLM2 to Llama, once; its Python files are not run", source)
    path = source / "config.json"
    config = read_object(path)
    native = llama_config(path, config)
    tokens, settings = convert_tokenizer(source)
    write_text(out / "tokenizer.json", tokens)
    template = source / "chat_template.jinja"
    if template.is_file():
        write_text(out / template.name, template.read_text("utf-8"))
    write_json(out / "tokenizer_config.json", settings)
    write_json(out / GENERATION, generation_config(source, config, _turn_end(tokens)))
    tied = bool(native["tie_word_embeddings"])
    convert_weights(source, heads_of(path, config), out, tied=tied)
    write_json(out / path.name, native)


def _turn_end(tokens: str) -> int | None:
    """The token that closes a turn of InternLM2's chats, where the tokenizer has it."""
    from tokenizers import Tokenizer

    number: int | None = Tokenizer.from_str(tokens).token_to_id(_TURN_END)
    return number
