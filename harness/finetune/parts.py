"""A batch that is large is computed in parts, which teaches the same.

The loss of a step is a sum over its learned tokens, divided by how many they are in the whole step.
So a batch may be cut anywhere between two rows: gradients add up to the same numbers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from harness.models.foreign import is_out_of_memory
from harness.store.files import read_json, write_json

log = logging.getLogger("podium")

PARTS = "at_once.json"
Batch = Mapping[str, Any]


class Parts:
    """How many tokens of a batch are computed at once; halved whenever memory runs out.

    Args:
        checkpoint: where a killed training goes on from, in as many; `None` where it begins.
        tokens: how many to begin with, padding included; `None` is all of a batch.
    """

    def __init__(self, checkpoint: Path | None = None, tokens: int | None = None) -> None:
        path = None if checkpoint is None else checkpoint / PARTS
        if path is not None and path.is_file():
            tokens = read_json(path)["tokens"]
        self.tokens = tokens
        self._step = -1
        self._before: list[Batch] = []

    def save(self, checkpoint: Path) -> None:
        """Write how many, so that the rest of a killed training draws the same numbers."""
        write_json(checkpoint / PARTS, {"tokens": self.tokens})

    def compute(
        self,
        step: int,
        batch: Batch,
        one: Callable[[Batch], Any],
        forget: Callable[[], None],
    ) -> Any:
        """The summed loss of a batch, its gradients added; in more parts where memory runs out.

        Args:
            step: which step the batch belongs to; a step may have several.
            batch: tensors whose first dimension is rows.
            one: computes the loss of some rows, and adds its gradients.
            forget: sets all gradients back to nothing.

        Raises:
            RuntimeError: as torch raises it, where not even one row fits.
        """
        if step != self._step:
            self._step, self._before = step, []
        again = False
        while True:
            try:
                if again:  # a pass that broke off has added some gradients
                    forget()
                    self._add(self._before, one)
                loss = self._add([batch], one)
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error) or self._is_least(batch):
                    raise
            else:
                self._before.append(batch)
                return loss
            # Outside of the block above: the error holds on to what was computed.
            self._halve(batch)
            again = True

    def _add(self, batches: Sequence[Batch], one: Callable[[Batch], Any]) -> Any:
        return sum(one(part) for batch in batches for part in split(batch, self.tokens))

    def _is_least(self, batch: Batch) -> bool:
        return all(_rows(part) == 1 for part in split(batch, self.tokens))

    def _halve(self, batch: Batch) -> None:
        most = max((part for part in split(batch, self.tokens) if _rows(part) > 1), key=_tokens)
        self.tokens = _tokens(most) // 2
        log.warning(
            "%d rows of %d tokens do not fit into memory: computed %d tokens at a time, with the "
            "same gradients",
            _rows(most), _tokens(most) // _rows(most), self.tokens,
        )  # fmt: skip


def split(batch: Batch, tokens: int | None) -> Iterator[Batch]:
    """A batch in parts of so many tokens at most, or of one row; each as wide as it must be."""
    if tokens is None or _tokens(batch) <= tokens:
        yield batch
        return
    widths = batch["attention_mask"].sum(1).tolist()  # padded behind
    start = 0
    while start < len(widths):
        end = start + _fitting(widths[start:], tokens)
        yield {name: tensor[start:end, : max(widths[start:end])] for name, tensor in batch.items()}
        start = end


def _fitting(widths: Sequence[int], tokens: int) -> int:
    """How many of the first rows, one at least, take so many tokens, padded to the widest."""
    widest = accumulate(widths, max)
    return max(1, sum(rows * width <= tokens for rows, width in enumerate(widest, start=1)))


def _rows(batch: Batch) -> int:
    return len(batch["input_ids"])


def _tokens(batch: Batch) -> int:
    rows, width = batch["input_ids"].shape
    return int(rows * width)
