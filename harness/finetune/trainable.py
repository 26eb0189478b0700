"""What would be learned of each row: its answer's tokens, and that there are any."""

from __future__ import annotations

from typing import Any

from harness.errors import TrainingError
from harness.models.chat import rendered, text_ids
from harness.models.trying import TemplateFailure


def check_trainable(rows: list[dict[str, Any]], tokenizer: Any, max_length: int) -> int:
    """Count the tokens of an epoch; refuse rows of which nothing would be learned.

    Raises:
        TrainingError: an answer is empty, lies past `max_length`, or cannot be told from its
            prompt because the chat template renders them differently apart and together.
    """
    if not rows:
        raise TrainingError("no sample is left to train on")
    total = 0
    for row in rows:
        prompt, full = _as_trained(row, tokenizer)
        if full[: len(prompt)] != prompt:
            raise TrainingError(
                f"sample {row['id']}: the chat template renders the prompt differently once an "
                f"answer follows, so the answer cannot be told from it"
            )
        if not row["messages"][-1]["content"].strip() or min(len(full), max_length) <= len(prompt):
            raise TrainingError(
                f"sample {row['id']} has no trainable token: its prompt takes {len(prompt)} of "
                f"finetune.max_length={max_length} tokens, its answer {len(full) - len(prompt)}"
            )
        total += min(len(full), max_length)
    return total


def _as_trained(row: dict[str, Any], tokenizer: Any) -> tuple[list[int], list[int]]:
    """Token ids of a row's prompt, and of the whole row, as the trainer will make them."""
    messages = row["messages"]
    try:
        prompt = rendered(tokenizer, messages[:-1], to_answer=True)
        full = rendered(tokenizer, messages, to_answer=False)
    except TemplateFailure as failure:
        raise TrainingError(f"sample {row['id']}: {failure}") from failure
    return text_ids(tokenizer, prompt), text_ids(tokenizer, full)
