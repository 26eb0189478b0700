"""A batch that does not fit is computed in parts, which teaches the same.

The loss of a step is a sum over its learned tokens, divided by how many they are in the whole step.
So a batch may be cut anywhere between two rows: gradients add up to the same numbers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.models.foreign import is_out_of_memory
from harness.store.files import read_json, write_json

log = logging.getLogger("podium")

PARTS = "parts.json"
Batch = Mapping[str, Any]


class Parts:
    """In how many parts each batch is computed; doubled whenever memory runs out.

    Args:
        checkpoint: where a killed training goes on from, in as many parts; `None` where it begins.
        first: how many to begin with.
    """

    def __init__(self, checkpoint: Path | None = None, first: int = 1) -> None:
        path = None if checkpoint is None else checkpoint / PARTS
        self.count = int(read_json(path)) if path is not None and path.is_file() else first
        self._step = -1
        self._before: list[Batch] = []

    def save(self, checkpoint: Path) -> None:
        """Write how many, so that the rest of a killed training draws the same numbers."""
        write_json(checkpoint / PARTS, self.count)

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
                if not is_out_of_memory(error) or self.count >= _rows(batch):
                    raise
            else:
                self._before.append(batch)
                return loss
            # Outside of the block above: the error holds on to what was computed.
            self._halve(batch)
            again = True

    def _add(self, batches: Sequence[Batch], one: Callable[[Batch], Any]) -> Any:
        return sum(one(part) for batch in batches for part in split(batch, self.count))

    def _halve(self, batch: Batch) -> None:
        self.count *= 2
        rows = -(-_rows(batch) // self.count)
        log.warning(
            "a batch of %d rows does not fit into memory: computed %d at a time, with the same "
            "gradients",
            _rows(batch), rows,
        )  # fmt: skip


def split(batch: Batch, parts: int) -> Iterator[Batch]:
    """A batch in so many parts of like size, or a part a row; each as wide as it must be."""
    if parts == 1:
        yield batch
        return
    rows = _rows(batch)
    size = -(-rows // parts)
    for start in range(0, rows, size):
        part = {name: tensor[start : start + size] for name, tensor in batch.items()}
        width = int(part["attention_mask"].sum(1).max())  # padded behind
        yield {name: tensor[:, :width] for name, tensor in part.items()}


def _rows(batch: Batch) -> int:
    return len(batch["input_ids"])
