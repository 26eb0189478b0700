"""Answering by likelihood: of a sample's candidates the one that the model finds likeliest.

A candidate of n tokens scores the negative log-likelihoods of its tokens 2 to n, summed and
divided by n, in nats; the least is the answer. That is OpenCompass's `ppl` mode: `_get_ppl` in
open-compass/opencompass, opencompass/models/huggingface.py (at 11ce0348), sums the cross entropy of
the n - 1 tokens that have one before them, from logits in float32, and divides by the number of
tokens that are no padding, the first among them. It leaves out padding by its id, so a text that
holds that token is scored without it, and cuts what is too long; here padding is told by its place,
and what is too long is an error.

A candidate with a context scores the log-likelihoods of the tokens behind it, summed: what the
language model evaluation harness asks for as `loglikelihood` (`_encode_pair` of its api/model.py
and `_loglikelihood_tokens` of its models/huggingface.py, version 0.4.13). Spaces at the end of
the context belong to what follows, and the border between the tokens of both is where the tokens of
the context alone end. Where nothing stands on one side of it, in an empty candidate or a context of
nothing but white space, that is an error: there the harness fails on transformers, and on vLLM
scores what there is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from harness.core import Candidate, Output, Sample
from harness.models.chat import conversation_ids, plain_ids, text_ids, unrenderable
from harness.models.trying import TemplateFailure

Ids = list[int]


class Row(NamedTuple):
    """The token ids of a candidate; of those with a context the first `given` are not scored."""

    ids: Ids
    given: int | None = None

    def weighed(self, logprobs: Sequence[float], likeliest: Sequence[bool]) -> Weighed:
        """What the log-likelihoods of all tokens but the first come to.

        Args:
            logprobs: of each token after the first, in nats.
            likeliest: whether no other token is likelier in its place.
        """
        if self.given is None:
            return Weighed(mean_loss(logprobs), greedy=False)
        behind = self.given - 1
        return Weighed(-math.fsum(logprobs[behind:]), greedy=all(likeliest[behind:]))


class Weighed(NamedTuple):
    """The score of a candidate, the least being the answer, and whether greedy decoding says it."""

    loss: float
    greedy: bool


def candidate_row(tokenizer: Any, candidate: Candidate) -> Row:
    """The tokens of a candidate, and how many of them are its context."""
    if candidate.context is None:
        return Row(candidate_ids(tokenizer, candidate))
    if not candidate.context:
        return _begun(tokenizer, candidate.text)
    text = candidate.context.rstrip()
    behind = candidate.context[len(text) :] + candidate.text
    context = plain_ids(tokenizer, text) if text else []
    return Row([*context, *plain_ids(tokenizer, text + behind)[len(context) :]], len(context))


def _begun(tokenizer: Any, text: str) -> Row:
    """A text of its own, behind the token that begins one: where there is none, that ends one."""
    ids = text_ids(tokenizer, text)
    begin = tokenizer.bos_token_id
    begin = tokenizer.eos_token_id if begin is None else begin
    return Row(ids if ids[:1] == [begin] else [int(begin), *ids], 1)


def candidate_ids(tokenizer: Any, candidate: Candidate) -> Ids:
    """Token ids of a candidate: the whole conversation, or its text as the tokenizer takes it."""
    if candidate.messages:
        return conversation_ids(tokenizer, candidate.messages)
    return list(tokenizer(candidate.text).input_ids)


def scorable(tokenizer: Any, sample: Sample, max_length: int) -> list[Row] | Output:
    """The tokens of each candidate of a sample, or its error where they cannot be scored."""
    try:
        rows = [candidate_row(tokenizer, candidate) for candidate in sample.candidates]
    except TemplateFailure as failure:
        return unrenderable(sample, failure)
    empty = (_nothing(c, row) for c, row in zip(sample.candidates, rows, strict=True))
    reason = next(filter(None, empty), None)
    if reason is not None:
        return _failed(sample, reason)
    refused = unscorable(sample, [row.ids for row in rows], max_length)
    return rows if refused is None else refused


def _nothing(candidate: Candidate, row: Row) -> str | None:
    """What lacks on one side of the border between a context and what is scored, if anything."""
    if row.given is None:
        return None
    if not candidate.text or len(row.ids) == row.given:
        return f"candidate {candidate.label!r} is empty: there is nothing to score"
    if not row.given:
        return f"the context of candidate {candidate.label!r} is nothing but white space"
    return None


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


def chosen(
    sample: Sample, weighed: Sequence[Weighed], prompt_tokens: int | None, e2e_s: float | None
) -> Output:
    """The likeliest candidate of a sample as its answer; see `likeliest`."""
    output = likeliest(sample, [one.loss for one in weighed], prompt_tokens, e2e_s)
    if output.perplexity is None or sample.candidates[0].context is None:
        return output
    sums = {label: -loss for label, loss in output.perplexity.items()}
    greedy = tuple(label for label, one in zip(sums, weighed, strict=True) if one.greedy)
    return replace(output, perplexity=None, loglikelihood=sums, greedy=greedy)


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
