"""TRL's trainer as Podium uses it: answers alone, orders drawn again, batches that fit.

What each of its methods does is a function here; the class, which cannot be made before TRL is
loaded, only ties them to the trainer's hooks.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness.finetune.head import IGNORED, add_answer_loss
from harness.finetune.order import Order, Ordered
from harness.finetune.parts import Batch, Parts


def trainer_class() -> type:
    """The class, made when it is needed: it is TRL's, which is heavy."""
    from trl import SFTTrainer

    class AnswerTrainer(SFTTrainer):  # type: ignore[misc] # trl is not type-checked
        """An `SFTTrainer` over rows that are tokenized already, with labels.

        Args:
            order: draws the rows of an epoch.
            parts: how much of a batch is computed at once.
        """

        # The loss is divided by the learned tokens of the whole step: no one divides it again.
        loss_is_scaled_for_ga = True

        def __init__(self, *args: Any, order: Order, parts: Parts, **more: Any) -> None:
            super().__init__(*args, **more)
            self.order, self.parts, self.seen = order, parts, 0
            ask_for_answers(self)

        def _get_train_sampler(self, train_dataset: Any = None) -> Any:
            return Ordered(self.order, super()._get_train_sampler(train_dataset))

        def _run_epoch(self, *args: Any, **more: Any) -> None:
            if is_done(self):
                self.control.should_training_stop = True
            else:
                super()._run_epoch(*args, **more)

        def _save_rng_state(self, output_dir: str) -> None:
            super()._save_rng_state(output_dir)
            save_draws(self, Path(output_dir))

        def compute_loss(
            self, model: Any, inputs: Any, return_outputs: bool = False,
            num_items_in_batch: Any = None,
        ) -> Any:  # fmt: skip
            loss = mean_loss(self, model, inputs, num_items_in_batch)
            return (loss, None) if return_outputs else loss

        def training_step(self, model: Any, inputs: Batch, num_items_in_batch: Any = None) -> Any:
            step = super().training_step
            return step_in_parts(
                self, model, inputs, lambda part: step(model, part, num_items_in_batch)
            )

        def log(self, logs: dict[str, float], *args: Any, **more: Any) -> None:
            super().log({**logs, "num_tokens": int(self.seen)}, *args, **more)

    return AnswerTrainer


def ask_for_answers(trainer: Any) -> None:
    """Have the network give the summed loss of answers, and a step count its learned tokens."""
    # transformers counts a step's learned tokens only for models that ask for the number.
    trainer.model_accepts_loss_kwargs = True
    base = getattr(trainer.model, "get_base_model", None)
    add_answer_loss(trainer.model if base is None else base())


def is_done(trainer: Any) -> bool:
    """Whether the last step is behind a training that begins an epoch.

    So it is where one was killed after its last checkpoint, and its epochs are no whole number:
    transformers would go on within the epoch by one step more before it looks.
    """
    return bool(trainer.state.global_step >= trainer.state.max_steps)


def save_draws(trainer: Any, checkpoint: Path) -> None:
    """Write what the rest of a killed training needs to draw the same rows and numbers."""
    trainer.order.save(checkpoint, trainer.state.epoch)
    trainer.parts.save(checkpoint)


def mean_loss(trainer: Any, model: Any, inputs: Any, learned: Any) -> Any:
    """The mean loss of the step's learned tokens; of this batch's where no step is told.

    Args:
        trainer: whose processes share the step.
        model: the network, wrapped as the trainer wraps it.
        inputs: the batch, with its labels.
        learned: tokens that are learned in the whole step, over all processes; `None` for a batch
            by itself.
    """
    total = model(**inputs, answer_loss=True)
    if learned is None:
        return total / (inputs["labels"][:, 1:] != IGNORED).sum().clamp(min=1)
    # Counted over all processes, whose gradients are averaged.
    return total * trainer.accelerator.num_processes / learned


def step_in_parts(trainer: Any, model: Any, inputs: Batch, step: Callable[[Batch], Any]) -> Any:
    """Add a batch's gradients, in parts where it is large; count its tokens.

    Padding is no token that was seen.
    """
    trainer.seen = trainer.seen + inputs.get("attention_mask", inputs["input_ids"] >= 0).sum()
    if trainer.args.world_size > 1:  # the others would not know of the parts
        return step(inputs)
    return trainer.parts.compute(
        trainer.state.global_step, inputs, step, lambda: forget_gradients(model)
    )


def forget_gradients(model: Any) -> None:
    """Set all gradients back to nothing, and give their memory back."""
    import torch

    model.zero_grad(set_to_none=True)
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
