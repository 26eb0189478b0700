"""Samples to token ids, through the model's own chat template."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.core import Message, Output, Sample
from harness.errors import InputError


def load_tokenizer(folder: Path) -> Any:
    """The tokenizer of a model folder; nothing is looked up on any hub, no remote code runs.

    Raises:
        InputError: it cannot be read, or has no chat template.
    """
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        )
    except (OSError, ValueError) as error:
        raise InputError(f"{folder}: its tokenizer cannot be read: {_line(error)}") from error
    if not getattr(tokenizer, "chat_template", None):
        raise InputError(f"{folder}: its tokenizer has no chat template, so it cannot be asked")
    return tokenizer


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200]


def turns(messages: Sequence[Message]) -> list[dict[str, str]]:
    """Messages as chat templates take them."""
    return [{"role": m.role, "content": m.content} for m in messages]


def prompt_ids(tokenizer: Any, sample: Sample) -> list[int]:
    """Token ids of a sample's turns, up to where the answer begins."""
    return _templated(tokenizer, sample.messages, to_answer=True)


def conversation_ids(tokenizer: Any, messages: Sequence[Message]) -> list[int]:
    """Token ids of a whole conversation, as it stands."""
    return _templated(tokenizer, messages, to_answer=False)


def _templated(tokenizer: Any, messages: Sequence[Message], *, to_answer: bool) -> list[int]:
    ids = tokenizer.apply_chat_template(
        turns(messages), add_generation_prompt=to_answer, tokenize=True, return_dict=False,
        enable_thinking=False,
    )  # fmt: skip
    return list(ids)


def without_room(sample: Sample, prompt: int, max_tokens: int, max_length: int) -> Output | None:
    """The error of a sample whose prompt leaves no room for an answer; `None` where it does."""
    if prompt + max_tokens <= max_length:
        return None
    error = (
        f"the prompt of {prompt} tokens leaves no room for {max_tokens} tokens of answer "
        f"in {max_length}"
    )
    return Output(sample.id, finish_reason="error", prompt_tokens=prompt, error=error)
