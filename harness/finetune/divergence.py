"""Whether a training made a model worse at the very rows that it was to learn.

A rate that is far too high ends near the logarithm of the vocabulary, where every token is as
likely as any other, or somewhere on the way, and no number on that way is infinite. The first
losses of a curve cannot show it: they are of single batches, which differ, and of the time after
the rate was already too high. So the same rows are read before the first step and after the last,
without dropout, and whatever a training did to them is told exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import TrainingError
from harness.store.files import read_json, write_json

ROWS = 16
# Of the way from certainty to guessing. A training that only learns little loses none of it; the
# least of those that were made to diverge on the embedded base lost a quarter.
_TOLERATED = 0.1


@dataclass(frozen=True, slots=True)
class Change:
    """The mean loss a token of some training rows, in nats: before, after, and of guessing."""

    before: float
    after: float
    guessing: float

    @property
    def diverged(self) -> bool:
        """Whether the rows are clearly less likely than before anything was learned of them."""
        return not self.after - self.before <= _TOLERATED * self.guessing

    def check(self) -> None:
        """Refuse what diverged.

        Raises:
            TrainingError: it did.
        """
        if self.diverged:
            raise TrainingError(
                f"the training diverged: the loss on its own rows is {self.after:.2f}, it was "
                f"{self.before:.2f} before the first step, and {self.guessing:.2f} is guessing at "
                "random: lower finetune.lr"
            )


class Yardstick:
    """The loss of a few training rows, and what it was before anything was learned.

    Args:
        trainer: whose rows and model they are.
        path: where the loss before the first step is kept, for a training that is killed.
    """

    def __init__(self, trainer: Any, path: Path) -> None:
        self._trainer = trainer
        self._path = path

    def begin(self) -> None:
        """Measure before the first step.

        Raises:
            TrainingError: the loss is no finite number even then.
        """
        loss = self._loss()
        if not math.isfinite(loss):
            raise TrainingError(
                f"the loss is {loss} before the first step: lower finetune.alpha, or take the "
                "base's weights again from where they came"
            )
        write_json(self._path, loss)

    def change(self) -> Change | None:
        """What the training did; `None` where nobody measured before it."""
        if not self._path.is_file():
            return None
        config = self._trainer.model.config.get_text_config()
        before = float(read_json(self._path))
        return Change(before, self._loss(), math.log(int(config.vocab_size)))

    def _loss(self) -> float:
        """The mean over some rows, spread evenly; one at a time, for that takes least memory."""
        import torch

        trainer = self._trainer
        data, model = trainer.train_dataset, trainer.model
        places = sorted({len(data) * part // ROWS for part in range(ROWS)})
        training = model.training
        model.eval()
        try:
            with torch.inference_mode():
                losses = [
                    float(trainer.compute_loss(model, _on(model.device, batch)))
                    for batch in (trainer.data_collator([data[place]]) for place in places)
                ]
        finally:
            model.train(training)
        return math.fsum(losses) / len(losses)


def _on(device: Any, batch: Any) -> dict[str, Any]:
    """A batch without what only the trainer reads, where the model is."""
    return {name: value.to(device) for name, value in batch.items() if hasattr(value, "to")}
