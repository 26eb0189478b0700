"""A model while it is trained: what it answers to a few questions, for a person to read."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from harness.core import Sample
from harness.finetune.asking import Asking
from harness.store.files import read_jsonl
from harness.store.jsonl import JsonlAppender

log = logging.getLogger("podium")

MOST_TOKENS = 64
_SHOWN = 3  # answers that the log shows of each moment; the file holds all


class Watched:
    """Asks the same questions again and again, greedily, and writes down each answer.

    Rows hold step, epoch, sample_id, question, reference and text. A moment that an earlier, killed
    attempt has written whole is not asked again, and no row is written twice.

    Args:
        samples: the questions.
        asking: puts them to the network.
        path: the jsonl file that grows.
    """

    def __init__(self, samples: Sequence[Sample], asking: Asking, path: Path) -> None:
        self.samples = samples
        self._asking = asking
        self._path = path

    def at(self, step: int, epoch: float, network: Any) -> None:
        """Ask, and write what a killed attempt has not written of this step."""
        if not self.samples:
            return
        with JsonlAppender(self._path) as file:  # drops a row that the kill cut short
            written = {row["sample_id"] for row in self._rows() if row["step"] == step}
            if all(sample.id in written for sample in self.samples):
                return
            outputs = self._asking.answers(network, self.samples, MOST_TOKENS)
            for sample, output in zip(self.samples, outputs, strict=True):
                if sample.id not in written:
                    file.append(
                        {"step": step, "epoch": round(epoch, 3), "sample_id": sample.id,
                         "question": sample.question, "reference": sample.reference,
                         "text": output.text}
                    )  # fmt: skip
        for sample, output in zip(self.samples[:_SHOWN], outputs, strict=False):
            log.info("step %d: %r -> %r", step, sample.question[:60], output.text[:120])

    def _rows(self) -> Iterable[dict[str, Any]]:
        return read_jsonl(self._path) if self._path.is_file() else ()


def moments(steps: int, times: int) -> frozenset[int]:
    """The steps at which to ask: before the first, then `times` times, evenly, up to the last."""
    if not times:
        return frozenset()
    return frozenset(round(steps * part / times) for part in range(times + 1))
