"""Asking the network that is under training, as the `hf` engine asks a finished one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.core import Output, Sample
from harness.models import EngineRequest
from harness.models.chat import prompt_ids
from harness.models.hf import HfEngine


class _UnderTraining(HfEngine):
    """The network with its adapter as it now is."""

    @contextmanager
    def active(self, adapter: Path | None) -> Iterator[Any]:  # noqa: ARG002 - there is one
        """The network itself."""
        yield self.network


@dataclass(frozen=True, slots=True)
class Asking:
    """Answers greedily, in padded batches; nothing is drawn, so the training goes on as it would.

    Args:
        tokenizer: the model's.
        ends: the tokens that end an answer of it.
    """

    tokenizer: Any
    ends: tuple[int, ...]

    def check(self, samples: Sequence[Sample]) -> int:
        """The most tokens of a prompt, 0 without samples.

        Raises:
            TemplateFailure: the chat template cannot render one.
        """
        return max((len(prompt_ids(self.tokenizer, sample)) for sample in samples), default=0)

    def longest_reference(self, samples: Sequence[Sample]) -> int:
        """The most tokens of a reference answer, 0 without samples."""
        texts = [sample.reference for sample in samples]
        return max((len(self.tokenizer(text).input_ids) for text in texts), default=0)

    def answers(self, network: Any, samples: Sequence[Sample], most: int) -> list[Output]:
        """One output a sample, in their order.

        Args:
            network: as the trainer holds it; it is left in the mode that it is in.
            samples: the questions.
            most: tokens of an answer at most.

        Raises:
            RunError: memory runs out.
        """
        request = EngineRequest("hf", None, max_tokens=most, max_length=self.check(samples) + most)
        training = network.training
        network.eval()
        try:
            engine = _UnderTraining(network, self.tokenizer, self.ends, request)
            return list(engine.model().generate(samples))
        finally:
            network.train(training)
