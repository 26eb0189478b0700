"""The loss on answers alone is the plain loss, with logits for what is learned and no more."""

from __future__ import annotations

from typing import Any

import pytest

from harness.finetune.head import IGNORED, add_answer_loss, scaling_of, summed_loss
from tests.harness.finetune.conftest import make_network

KINDS: dict[str, dict[str, Any]] = {
    "qwen2": {"tie_word_embeddings": True},
    "qwen3": {"tie_word_embeddings": False},
    "gemma2": {"final_logit_softcapping": 0.5, "query_pre_attn_scalar": 32},
    "cohere": {"logit_scale": 3.0},
    "granite": {"logits_scaling": 0.25},
}


def batch() -> tuple[Any, Any]:
    """Ids and labels of three rows, of which some tokens are learned, shape (3, 20)."""
    import torch

    ids = torch.randint(3, 2048, (3, 20), generator=torch.Generator().manual_seed(1))
    labels = ids.clone()
    labels[0, :15] = labels[1, :4] = labels[2, :9] = IGNORED
    labels[1, 16:] = IGNORED
    return ids, labels


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("most", [2**25, 2048 * 3])
def test_it_is_the_plain_loss_and_so_are_its_gradients(kind: str, most: int) -> None:
    import torch
    from torch.nn.functional import cross_entropy

    network, (ids, labels) = make_network(kind, **KINDS[kind]), batch()
    logits = network(input_ids=ids).logits[:, :-1]
    plain = cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten(), reduction="sum")
    plain.backward()
    expected = [p.grad.clone() for p in network.parameters()]
    network.zero_grad()
    add_answer_loss(network, most)
    loss = network(input_ids=ids, labels=labels, answer_loss=True)
    loss.backward()
    assert loss.item() == pytest.approx(plain.item(), rel=1e-5)
    for parameter, gradient in zip(network.parameters(), expected, strict=True):
        assert torch.allclose(parameter.grad, gradient, atol=1e-5, rtol=1e-4)


def test_logits_are_made_of_learned_tokens_alone_and_of_some_at_a_time() -> None:
    network, (ids, labels) = make_network("qwen2"), batch()
    add_answer_loss(network, 2048 * 10)
    made: list[tuple[int, ...]] = []
    network.lm_head.register_forward_hook(lambda *seen: made.append(tuple(seen[2].shape)))
    network(input_ids=ids, labels=labels, answer_loss=True)
    learned = int((labels[:, 1:] != IGNORED).sum())
    assert sum(rows for rows, _ in made) == learned == 28
    assert max(rows for rows, _ in made) == 10


def test_without_being_asked_a_network_is_as_it_was() -> None:
    import torch

    network, (ids, labels) = make_network("qwen2"), batch()
    before = network(input_ids=ids, labels=labels)
    add_answer_loss(network)
    after = network(input_ids=ids, labels=labels)
    assert torch.equal(before.logits, after.logits)
    assert torch.equal(before.loss, after.loss)
    told = network.generate(input_ids=ids[:1], max_new_tokens=2, do_sample=False, pad_token_id=0)
    assert told.shape[1] > ids.shape[1]


def test_a_batch_of_which_nothing_is_learned_still_has_gradients() -> None:
    import torch

    network = make_network("qwen2")
    empty = torch.zeros(0, 64, requires_grad=True)
    nothing = torch.zeros(0, dtype=torch.long)
    loss = summed_loss(empty, nothing, network.lm_head, scaling_of(network.config))
    loss.backward()
    assert loss.item() == 0.0
