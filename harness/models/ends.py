"""Where an answer ends: one set of tokens for training, every engine and every check.

A tokenizer names one end token. Models end their turns with others: Gemma's chat template closes a
turn with `<end_of_turn>`, Qwen2.5's generation settings list two. An engine that knows one of them
runs on into what no one asked for, and counts the answer as cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.core import Output, Sample
from harness.models.chat import rendered, text_ids
from harness.models.decoding import Decoding
from harness.models.settings import read_object
from harness.models.trying import TemplateFailure

GENERATION = "generation_config.json"
_ASKED, _SAID = "zqa", "zqx"  # in no template


def end_tokens(folder: Path, tokenizer: Any) -> tuple[int, ...]:
    """Every token that ends an answer of a model, in ascending order.

    They are the tokenizer's end token, those of `generation_config.json`, and the special token
    with which the chat template closes an assistant's turn.

    Raises:
        InputError: the generation settings are no JSON object.
    """
    closing = turn_end(tokenizer)
    found = {int(tokenizer.eos_token_id), *_listed(folder)}
    return tuple(sorted(found if closing is None else found | {closing}))


def turn_end(tokenizer: Any) -> int | None:
    """The special token that follows an answer in the chat template; `None` where none does.

    A template that renders questions alone has none: what it is asked can still be answered.
    """
    spoken = [{"role": "user", "content": _ASKED}, {"role": "assistant", "content": _SAID}]
    try:
        text = rendered(tokenizer, spoken, to_answer=False, enable_thinking=False)
    except TemplateFailure:
        return None
    _, said, behind = text.rpartition(_SAID)
    if not said:
        return None
    ids = text_ids(tokenizer, behind.lstrip())
    return int(ids[0]) if ids and ids[0] in tokenizer.added_tokens_decoder else None


def cut_at_end(answer: list[int], ends: tuple[int, ...]) -> tuple[list[int], bool]:
    """The tokens of an answer up to and with the first that ends it, and whether any does."""
    for place, token in enumerate(answer):
        if token in ends:
            return answer[: place + 1], True
    return answer, False


def stops(sample: Sample, how: Decoding) -> tuple[str, ...]:
    """The strings that end an answer to a sample: those of the spec, and its own."""
    return tuple(dict.fromkeys(filter(None, (*how.stop, *sample.stop))))


def special_stops(tokenizer: Any, stop: Sequence[str]) -> tuple[int, ...]:
    """Of the strings that end an answer those that are special tokens: no text shows them."""
    found = []
    for string in stop:
        token = tokenizer.convert_tokens_to_ids(string)
        if isinstance(token, int) and tokenizer.convert_ids_to_tokens(token) == string:
            hidden = not tokenizer.decode([token], skip_special_tokens=True)
            found += [token] if hidden else []
    return tuple(found)


def cut_at_stop(text: str, stop: Sequence[str]) -> tuple[str, bool]:
    """A text up to the strings that end it, without them, and whether any does.

    String after string, each in what those before it have left, as the language model evaluation
    harness does it: `postprocess_generated_text` in lm_eval/models/utils.py.
    """
    whole = text
    for string in stop:
        text = text.partition(string)[0]
    return text, len(text) < len(whole)


def at_stop(output: Output, stop: Sequence[str]) -> Output:
    """An answer up to the strings that end it."""
    text, stopped = (output.text, False) if output.failed else cut_at_stop(output.text, stop)
    return replace(output, text=text, finish_reason="stop") if stopped else output


def _listed(folder: Path) -> set[int]:
    path = folder / GENERATION
    listed = read_object(path).get("eos_token_id") if path.is_file() else None
    values = listed if isinstance(listed, list) else [listed]
    return {value for value in values if isinstance(value, int) and not isinstance(value, bool)}
