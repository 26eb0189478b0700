"""Answering by likelihood: of a sample's candidates the one that the model finds likeliest.

A candidate of n tokens scores the negative log-likelihoods of its tokens 2 to n, summed and
divided by n, in nats; the least is the answer. That is OpenCompass's `ppl` mode: `_get_ppl` in
open-compass/opencompass, opencompass/models/huggingface.py (at 11ce0348), sums the cross entropy of
the n - 1 tokens that have one before them, from logits in float32, and divides by the number of
tokens that are no padding, the first among them. It leaves out padding by its id, so a text that
holds that token is scored without it, and cuts what is too long; here padding is told by its place,
and what is too long is an error.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from harness.core import Candidate, Output, Sample
from harness.models.chat import conversation_ids, unrenderable
from harness.models.trying import TemplateFailure

Ids = list[int]


def candidate_ids(tokenizer: Any, candidate: Candidate) -> Ids:
    """Token ids of a candidate: the whole conversation, or its text as the tokenizer takes it."""
    if candidate.messages:
        return conversation_ids(tokenizer, candidate.messages)
    return list(tokenizer(candidate.text).input_ids)


def scorable(tokenizer: Any, sample: Sample, max_length: int) -> list[Ids] | Output:
    """The token ids of each candidate of a sample, or its error where they cannot be scored."""
    try:
        rows = [candidate_ids(tokenizer, candidate) for candidate in sample.candidates]
    except TemplateFailure as failure:
        return unrenderable(sample, failure)
    refused = unscorable(sample, rows, max_length)
    return rows if refused is None else refused


def unscorable(sample: Sample, rows: Sequence[Ids], max_length: int) -> Output | None:
    """The error of a sample whose candidates cannot be scored; `None` where they can.

    Args:
        sample: with candidates.
        rows: the token ids of each.
        max_length: most tokens of a candidate and one more, which vLLM always generates.
    """
    for candidate, row in zip(sample.candidates, rows, strict=True):
        if len(row) < 2:
            return _failed(sample, f"candidate {candidate.label!r} has no two tokens to score")
        if len(row) >= max_length:
            return _failed(
                sample,
                f"candidate {candidate.label!r} of {len(row)} tokens has no room in {max_length}",
            )
    labels = [candidate.label for candidate in sample.candidates]
    twice = next((label for label in labels if labels.count(label) > 1), None)
    return None if twice is None else _failed(sample, f"two candidates are labelled {twice!r}")


def mean_loss(logprobs: Sequence[float]) -> float:
    """The score of a candidate from the log-likelihoods of all its tokens but the first."""
    return -math.fsum(logprobs) / (len(logprobs) + 1)


def likeliest(
    sample: Sample, scores: Sequence[float], prompt_tokens: int | None, e2e_s: float | None
) -> Output:
    """The label of the least score, the first among equals, as the answer.

    Args:
        sample: with candidates.
        scores: of each candidate, in order.
        prompt_tokens: of all candidates together.
        e2e_s: seconds that it took, where the sample was alone.
    """
    by_label: Mapping[str, float] = {
        candidate.label: score for candidate, score in zip(sample.candidates, scores, strict=True)
    }
    if not all(map(math.isfinite, scores)):
        return _failed(sample, "the likelihood of a candidate is no number")
    label = min(by_label, key=lambda name: by_label[name])
    return Output(sample.id, label, "stop", prompt_tokens, None, e2e_s=e2e_s, perplexity=by_label)


def _failed(sample: Sample, error: str) -> Output:
    return Output(sample.id, finish_reason="error", error=error)
