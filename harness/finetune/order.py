"""The order in which rows are learned, the same after a kill as without one.

Rows of like length are drawn together from torch's own generator as each epoch begins. A training
that goes on within an epoch must draw that epoch's order again, and not another one: what the
generator was when it was drawn lies in each checkpoint.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

ORDER = "order.pt"


class Order:
    """Draws the order of each epoch, and knows what the last one was drawn from.

    Args:
        checkpoint: where a killed training goes on from; `None` where it begins.
    """

    def __init__(self, checkpoint: Path | None) -> None:
        path = None if checkpoint is None else checkpoint / ORDER
        self._drawn_from: Any = None
        self._again = _read(path) if path is not None and path.is_file() else None

    def draw(self, sampler: Any) -> Iterator[int]:
        """The rows of an epoch by number; the first after a kill as they were drawn before it."""
        import torch

        now = torch.get_rng_state()
        again, self._again = self._again, None
        self._drawn_from = now if again is None else again
        if again is None:
            return iter(list(sampler))
        torch.set_rng_state(again)
        rows = list(sampler)
        torch.set_rng_state(now)
        return iter(rows)

    def save(self, checkpoint: Path, epoch: float) -> None:
        """Write what the running epoch was drawn from; where one has ended, the next is drawn."""
        import torch

        if self._drawn_from is not None and not float(epoch).is_integer():
            torch.save(self._drawn_from, checkpoint / ORDER)


class Ordered:
    """A sampler whose order can be drawn again."""

    def __init__(self, order: Order, sampler: Any) -> None:
        self._order = order
        self._sampler = sampler

    def __len__(self) -> int:
        return len(self._sampler)

    def __iter__(self) -> Iterator[int]:
        return self._order.draw(self._sampler)


def _read(path: Path) -> Any:
    import torch

    return torch.load(path, weights_only=True)
