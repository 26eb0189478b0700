"""TRL's trainer as Podium uses it: answers alone, orders drawn again, batches that fit."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

from harness.finetune.head import IGNORED, add_answer_loss
from harness.finetune.order import Order, Ordered
from harness.finetune.parts import Batch, Parts


def trainer_class() -> type:
    """The class, made when it is needed: it is TRL's, which is heavy."""
    import torch
    from trl import SFTTrainer

    class AnswerTrainer(SFTTrainer):  # type: ignore[misc] # trl is not type-checked
        """An `SFTTrainer` over rows that are tokenized already, with labels.

        Args:
            order: draws the rows of an epoch.
            parts: in how many parts a batch is computed.
        """

        # The loss is divided by the learned tokens of the whole step: no one divides it again.
        loss_is_scaled_for_ga = True

        def __init__(self, *args: Any, order: Order, parts: Parts, **more: Any) -> None:
            super().__init__(*args, **more)
            self._order, self.parts, self._seen = order, parts, 0
            # transformers counts a step's learned tokens only for models that ask for the number.
            self.model_accepts_loss_kwargs = True
            base = getattr(self.model, "get_base_model", None)
            add_answer_loss(self.model if base is None else base())

        def _get_train_sampler(self, train_dataset: Any = None) -> Any:
            return Ordered(self._order, super()._get_train_sampler(train_dataset))

        def _save_rng_state(self, output_dir: str) -> None:
            super()._save_rng_state(output_dir)
            self._order.save(Path(output_dir), self.state.epoch)
            self.parts.save(Path(output_dir))

        def compute_loss(
            self, model: Any, inputs: Any, return_outputs: bool = False,
            num_items_in_batch: Any = None,
        ) -> Any:  # fmt: skip
            """The mean loss of the step's learned tokens; of this batch's where no step is told."""
            total = model(**inputs, answer_loss=True)
            if num_items_in_batch is None:
                loss = total / (inputs["labels"][:, 1:] != IGNORED).sum().clamp(min=1)
            else:
                # Counted over all processes, whose gradients are averaged.
                loss = total * self.accelerator.num_processes / num_items_in_batch
            return (loss, None) if return_outputs else loss

        def training_step(self, model: Any, inputs: Batch, num_items_in_batch: Any = None) -> Any:
            """Add a batch's gradients, in parts where it does not fit whole."""
            step = super().training_step
            self._seen = self._seen + inputs.get("attention_mask", inputs["input_ids"] >= 0).sum()
            if self.args.world_size > 1:  # the others would not know of the parts
                return step(model, inputs, num_items_in_batch)
            return self.parts.compute(
                self.state.global_step, inputs,
                lambda part: step(model, part, num_items_in_batch), lambda: _forget(model),
            )  # fmt: skip

        def log(self, logs: dict[str, float], *args: Any, **more: Any) -> None:
            """TRL's, with the tokens seen so far, padding left out."""
            super().log({**logs, "num_tokens": int(self._seen)}, *args, **more)

    def _forget(model: Any) -> None:
        model.zero_grad(set_to_none=True)
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    return AnswerTrainer
