"""The loss on answers: a vocabulary's worth of logits only where a token is learned.

Most tokens of a row are its prompt, and a vocabulary has 150,000 to 262,000 words: logits for every
position are the largest thing in memory that no one needs. Here the backbone runs over the whole
row, and its head over what is learned, some tokens at a time; what a backward pass needs of them is
computed again rather than kept. TRL does the same on GPUs by a kernel; this one is the same
everywhere.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from types import MethodType
from typing import Any

IGNORED = -100
# Logits held at once, as rows x vocabulary; in float32 with their gradient half a gigabyte.
LOGITS = 2**25


@dataclass(frozen=True, slots=True)
class Scaling:
    """What some architectures do to logits behind the head.

    Args:
        factor: what they are multiplied by (Cohere, Granite, Falcon-H1).
        softcap: bounds them by `softcap * tanh(logits / softcap)` (Gemma 2), or does not.
    """

    factor: float = 1.0
    softcap: float | None = None

    def __call__(self, logits: Any) -> Any:
        """Scaled logits, in their own dtype."""
        scaled = logits if self.factor == 1.0 else logits * self.factor
        if self.softcap is None:
            return scaled
        return self.softcap * (scaled / self.softcap).tanh()


def scaling_of(config: Any) -> Scaling:
    """What an architecture does to its logits, by the names that transformers gives it."""
    text = config.get_text_config()
    factor = next(
        (
            float(value)
            for name in ("logit_scale", "output_multiplier", "lm_head_multiplier")
            if (value := getattr(text, name, None)) is not None
        ),
        1.0,
    )
    divisor = getattr(text, "logits_scaling", None)
    if divisor is not None:
        factor *= float(divisor) if text.model_type == "hyperclovax" else 1 / float(divisor)
    return Scaling(factor, getattr(text, "final_logit_softcapping", None))


def summed_loss(
    hidden: Any, targets: Any, head: Callable[[Any], Any], scaling: Scaling, most: int = LOGITS
) -> Any:
    """Cross entropy of every target, in nats, summed.

    Args:
        hidden: what the backbone makes of each learned token's predecessor, (tokens, width).
        targets: the learned tokens, (tokens,).
        head: the layer that makes logits of them.
        scaling: what becomes of the logits behind it.
        most: logits held at once.
    """
    from torch.nn.functional import cross_entropy
    from torch.utils.checkpoint import checkpoint

    def part(some: Any, wanted: Any) -> Any:
        return cross_entropy(scaling(head(some)).float(), wanted, reduction="sum")

    size = max(1, most // _vocabulary(head))
    if len(targets) <= size:
        return part(hidden, targets)
    parts = zip(hidden.split(size), targets.split(size), strict=True)
    again = functools.partial(
        checkpoint, part, use_reentrant=False, preserve_rng_state=False
    )  # nothing in it is drawn
    return sum(again(some, wanted) for some, wanted in parts)


def _vocabulary(head: Any) -> int:
    return int(getattr(head, "out_features", 0) or head.weight.shape[0])


def add_answer_loss(network: Any, most: int = LOGITS) -> None:
    """Let a causal language model be asked for the loss on its labels alone.

    `network(..., labels=labels, answer_loss=True)` returns the summed loss of every label that is
    not -100, a scalar; without `answer_loss` the network is as it was. It goes through `forward`,
    so that precision, adapters and several GPUs wrap it as they wrap the network.
    """
    forward, scaling = network.forward, scaling_of(network.config)

    @functools.wraps(type(network).forward)  # `generate` looks at the names of arguments
    def _forward(
        self: Any, *args: Any, answer_loss: bool = False, labels: Any = None, **more: Any
    ) -> Any:
        if not answer_loss:
            return forward(*args, labels=labels, **more)
        states = self.base_model(*args, **{**more, "use_cache": False}).last_hidden_state[:, :-1]
        targets = labels[:, 1:]
        learned = targets != IGNORED
        head = self.get_output_embeddings()
        return summed_loss(states[learned], targets[learned], head, scaling, most)

    network.forward = MethodType(_forward, network)
