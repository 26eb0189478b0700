"""A model while it is trained: what it answers to a few questions, for a person to read."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from harness.core import Sample
from harness.models.chat import prompt_ids
from harness.store.files import read_jsonl
from harness.store.jsonl import JsonlAppender

log = logging.getLogger("podium")

MOST_TOKENS = 64
_SHOWN = 3  # answers that the log shows of each moment; the file holds all


class Watched:
    """Asks the same questions again and again, greedily, and writes down each answer.

    Rows hold step, epoch, sample_id, question and text. A moment that an earlier, killed attempt
    has written whole is not asked again.

    Args:
        samples: the questions.
        tokenizer: the model's.
        ends: the tokens that end an answer of it.
        path: the jsonl file that grows.
    """

    def __init__(
        self, samples: Sequence[Sample], tokenizer: Any, ends: Sequence[int], path: Path
    ) -> None:
        self._samples = samples
        self._tokenizer = tokenizer
        self._ends = list(ends)
        self._path = path

    def at(self, step: int, epoch: float, network: Any) -> None:
        """Ask, unless this step was asked before."""
        if not self._samples or sum(row["step"] == step for row in self._rows()) >= len(
            self._samples
        ):
            return
        texts = [self._answer(network, sample) for sample in self._samples]
        with JsonlAppender(self._path) as file:
            for sample, text in zip(self._samples, texts, strict=True):
                file.append(
                    {"step": step, "epoch": round(epoch, 3), "sample_id": sample.id,
                     "question": sample.question, "text": text}
                )  # fmt: skip
        for sample, text in zip(self._samples[:_SHOWN], texts, strict=False):
            log.info("step %d: %r -> %r", step, sample.question[:60], text[:120])

    def _rows(self) -> Iterable[dict[str, Any]]:
        return read_jsonl(self._path) if self._path.is_file() else ()

    def _answer(self, network: Any, sample: Sample) -> str:
        import torch

        ids = torch.tensor([prompt_ids(self._tokenizer, sample)], device=network.device)
        training = network.training
        network.eval()
        with torch.inference_mode():
            full = network.generate(
                input_ids=ids, attention_mask=torch.ones_like(ids), do_sample=False,
                max_new_tokens=MOST_TOKENS, eos_token_id=self._ends,
                pad_token_id=self._tokenizer.eos_token_id,
            )  # fmt: skip
        network.train(training)
        answer = full[0][ids.shape[1] :]
        return str(self._tokenizer.decode(answer, skip_special_tokens=True))


def moments(steps: int, times: int) -> frozenset[int]:
    """The steps at which to ask: before the first, then `times` times, evenly, up to the last."""
    if not times:
        return frozenset()
    return frozenset(round(steps * part / times) for part in range(times + 1))
