"""What happens during a training: progress, a clock, answers to watch, an end to divergence."""

from __future__ import annotations

import math
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from harness.core import Sample
from harness.errors import TrainingError
from harness.finetune.watched import Watched, moments
from harness.progress import bar
from harness.store.codec import read_samples
from harness.store.files import write_json


class Clock:
    """Seconds of training so far, earlier attempts included."""

    def __init__(self, before: float) -> None:
        self._start = time.monotonic() - before

    def seconds(self) -> float:
        """So far."""
        return time.monotonic() - self._start


def read_watched(path: Path) -> list[Sample]:
    """What is asked while a model is trained; nothing where a suite has none."""
    return list(read_samples(path)) if path.is_file() else []


def watch(clock: Clock, label: str, watched: Watched, times: int) -> Any:
    """A trainer callback: shows progress, ends what diverges, stamps checkpoints with the time.

    It also asks what is watched, so many times; the draws of the training are untouched.
    """
    from transformers import TrainerCallback

    class Watch(TrainerCallback):  # type: ignore[misc] # transformers is not type-checked
        def on_train_begin(self, args: Any, state: Any, control: Any, **more: Any) -> None:  # noqa: ARG002
            self.stack = ExitStack()
            self.tick = self.stack.enter_context(bar(label, state.max_steps, state.global_step))
            self.moments = moments(state.max_steps, times)
            if state.global_step == 0 and times:
                watched.at(0, 0.0, more["model"])

        def on_step_end(self, args: Any, state: Any, control: Any, **more: Any) -> None:  # noqa: ARG002
            self.tick.advance()
            if state.global_step in self.moments:
                watched.at(state.global_step, state.epoch, more["model"])

        def on_train_end(self, args: Any, state: Any, control: Any, **more: Any) -> None:  # noqa: ARG002
            self.stack.close()

        def on_log(self, args: Any, state: Any, control: Any, **more: Any) -> None:  # noqa: ARG002
            loss = (more.get("logs") or {}).get("loss")
            if loss is not None and not math.isfinite(float(loss)):
                raise TrainingError(
                    f"the loss is {loss} at step {state.global_step}: lower finetune.lr, or "
                    "finetune.alpha"
                )

        def on_save(self, args: Any, state: Any, control: Any, **more: Any) -> None:  # noqa: ARG002
            folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
            write_json(folder / "seconds.json", clock.seconds())

    return Watch()
