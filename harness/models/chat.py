"""Samples to token ids, through the model's own chat template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.core import Message, Output, Sample
from harness.errors import InputError
from harness.models import EngineRequest
from harness.models.folder import check_model_folder
from harness.models.foreign import told
from harness.models.guarded import ERRORS, line_of
from harness.models.settings import read_object
from harness.models.trying import (
    MOST,
    TemplateFailure,
    said_of,
    template_file,
    try_template,
    try_tokenizer,
)

# A rendering may be so many times as long as what is said in it, beyond what a short one may be.
_TIMES_AS_LONG = 8


def load_tokenizer(folder: Path) -> Any:
    """The tokenizer of a model folder; nothing is looked up on any hub, no remote code runs.

    It is tried in a process with bounds first, and so is its chat template.

    Raises:
        InputError: it cannot be read, is another model's, or has no chat template that works.
    """
    check_model_folder(folder)
    fast = folder / "tokenizer.json"
    if fast.is_file():
        try_tokenizer(fast)
    tokenizer = _load(folder)
    _check_vocabulary(folder, tokenizer)
    template = tokenizer.chat_template
    if isinstance(template, dict):
        template = template.get("default")
    if not template:
        raise InputError(f"{folder}: its tokenizer has no chat template, so it cannot be asked")
    names = tokenizer.special_tokens_map.items()
    variables = {name: token for name, token in names if isinstance(token, str)}
    try_template(folder, str(template), variables)
    return tokenizer


def _load(folder: Path) -> Any:
    from transformers import AutoTokenizer

    with told(f"{folder}: its tokenizer cannot be read", InputError, reading=True):
        return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)


def _check_vocabulary(folder: Path, tokenizer: Any) -> None:
    """Refuse a vocabulary that is empty, or larger than what the weights have rows for."""
    inner = getattr(tokenizer, "backend_tokenizer", None)
    if inner is None or not hasattr(inner, "get_vocab"):
        size, largest = int(tokenizer.vocab_size), -1
    else:
        words = inner.get_vocab(with_added_tokens=False)
        size, largest = len(words), max(words.values(), default=-1)
    if size < 2:
        raise InputError(f"{folder}: its tokenizer has an empty vocabulary")
    config = read_object(folder / "config.json")
    text = config.get("text_config")
    rows = (text if isinstance(text, dict) else config).get("vocab_size")
    if isinstance(rows, int) and largest >= rows:
        raise InputError(
            f"{folder}: its tokenizer numbers tokens up to {largest:,}, and the weights have "
            f"{rows:,} rows: it belongs to another model"
        )
    if tokenizer.eos_token_id is None:
        raise InputError(f"{folder}: its tokenizer names no eos_token, so no answer would end")


def turns(messages: Sequence[Message]) -> list[dict[str, str]]:
    """Messages as chat templates take them."""
    return [{"role": m.role, "content": m.content} for m in messages]


def prompt_ids(tokenizer: Any, sample: Sample, **variables: Any) -> list[int]:
    """Token ids of a sample's turns, up to where the answer begins, or of its plain prompt.

    Args:
        tokenizer: of the model.
        sample: the question.
        variables: what the chat template is told beyond the usual.

    Raises:
        TemplateFailure: the chat template cannot render them.
    """
    if sample.prompt is not None:
        return plain_ids(tokenizer, sample.prompt)
    return _templated(tokenizer, turns(sample.messages), to_answer=True, **variables)


def conversation_ids(tokenizer: Any, messages: Sequence[Message]) -> list[int]:
    """Token ids of a whole conversation, as it stands.

    Raises:
        TemplateFailure: the chat template cannot render it.
    """
    return _templated(tokenizer, turns(messages), to_answer=False)


def _templated(
    tokenizer: Any, messages: Sequence[Mapping[str, str]], *, to_answer: bool, **variables: Any
) -> list[int]:
    told = {"enable_thinking": False, **variables}
    text = rendered(tokenizer, messages, to_answer=to_answer, **told)
    return text_ids(tokenizer, text)


def text_ids(tokenizer: Any, text: str) -> list[int]:
    """Token ids of a rendered conversation, which holds its special tokens already."""
    return list(tokenizer(text, add_special_tokens=False).input_ids)


def plain_ids(tokenizer: Any, text: str) -> list[int]:
    """Token ids of plain text, with the special tokens that the tokenizer lays around one.

    A text that begins with the beginning-of-text token is not given a second one.
    """
    begins = tokenizer.bos_token
    if begins and text.startswith(begins):
        return text_ids(tokenizer, text)
    return list(tokenizer(text).input_ids)


def rendered(
    tokenizer: Any, messages: Sequence[Mapping[str, str]], *, to_answer: bool, **variables: Any
) -> str:
    """A conversation as the chat template writes it.

    Raises:
        TemplateFailure: it cannot, or the text is out of all proportion.
    """
    from jinja2 import TemplateError

    try:
        text = str(
            tokenizer.apply_chat_template(
                list(messages), add_generation_prompt=to_answer, tokenize=False, **variables
            )
        )
    except (TemplateError, *ERRORS) as error:
        at = "" if (line := line_of(error)) is None else f":{line}"
        said = said_of(type(error).__name__, str(error))
        raise TemplateFailure(
            f"{_where(tokenizer)}{at}: the chat template cannot render it: {said}"
        ) from error
    most = MOST + _TIMES_AS_LONG * sum(len(str(turn["content"])) for turn in messages)
    if len(text) > most:
        raise TemplateFailure(
            f"{_where(tokenizer)}: the chat template makes {len(text):,} characters of it, more "
            f"than {most:,}"
        )
    return text


def _where(tokenizer: Any) -> Path:
    return template_file(Path(str(tokenizer.name_or_path)))


def unrenderable(sample: Sample, failure: TemplateFailure) -> Output:
    """The error of a sample that the chat template cannot render."""
    return Output(sample.id, finish_reason="error", error=str(failure))


def most_tokens(sample: Sample, request: EngineRequest) -> int:
    """Most tokens of an answer: as the sample says, or as the spec does for all."""
    return request.max_tokens if sample.max_tokens is None else sample.max_tokens


def prompt_or_error(tokenizer: Any, sample: Sample, request: EngineRequest) -> list[int] | Output:
    """A sample's token ids, or its error where it cannot be asked."""
    try:
        ids = prompt_ids(tokenizer, sample, **request.decoding.variables())
    except TemplateFailure as failure:
        return unrenderable(sample, failure)
    most = most_tokens(sample, request)
    if len(ids) + most <= request.max_length:
        return ids
    error = (
        f"the prompt of {len(ids)} tokens leaves no room for {most} tokens of answer "
        f"in {request.max_length}"
    )
    return Output(sample.id, finish_reason="error", prompt_tokens=len(ids), error=error)
