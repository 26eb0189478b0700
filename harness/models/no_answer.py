"""Why a reply is no answer although it came: what it is instead, and what to do about it.

The reasons are counted by; each is the beginning of the sentence that an output has as its error.
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.core import Refusal

THOUGHT = "reply is thought only"
TOOLS = "reply calls a tool"
FILTERED = "reply was stopped by the content filter"
REFUSED = "reply is a refusal"

_REASONS: Mapping[str, str] = {
    "thought": THOUGHT, "tool_calls": TOOLS, "content_filter": FILTERED, "refusal": REFUSED,
}  # fmt: skip
ADVICE: Mapping[str, str] = {
    THOUGHT: "raise the teacher's max_tokens, or turn its thinking off, as with extra: "
    "{enable_thinking: false}",
    TOOLS: "the model must answer in text: turn its tools off, or ask another",
    FILTERED: "the provider's filter stops such texts: change the prompt, or ask another model",
    REFUSED: "the model will not answer: change the prompt, or ask another model",
}
_LONGEST = 300


def no_answer(finish: str, text: str) -> str:
    """The sentence for a reply that ends in one of the ways that are no answer.

    Args:
        finish: how it ends.
        text: what it has instead of an answer.
    """
    reason = _REASONS[finish]
    said = "" if reason in (THOUGHT, FILTERED) else " ".join(text.split())[:_LONGEST]
    return f"{reason}: {said}" if said else f"{reason}: {ADVICE[reason]}"


def reason_of(error: str) -> Refusal | None:
    """The reason that an error begins with, and the rest; `None` where it is another error."""
    reason, _, rest = error.partition(": ")
    return Refusal(reason, rest) if reason in ADVICE else None
