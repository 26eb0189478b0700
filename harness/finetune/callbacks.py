"""What happens during a training: progress, a clock, questions, an end to what goes wrong."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.core import Sample
from harness.errors import TrainingError
from harness.finetune.best import Best
from harness.finetune.pace import Pace
from harness.finetune.probe import Probe, without_gain
from harness.finetune.watched import Watched, moments
from harness.store.codec import read_samples
from harness.store.files import write_json

log = logging.getLogger("podium")


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


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked at the moments of a training, and what follows from it.

    Args:
        watched: questions for a person to read.
        probe: questions that are judged; `None` goes without.
        best: holds the adapter with the best score.
        tell: passes the score on to a tracker.
        early_stop: after how many scores without a gain to stop; `None` is never.
    """

    watched: Watched
    probe: Probe | None
    best: Best
    tell: Callable[[Mapping[str, float]], None]
    early_stop: int | None = None

    def at(self, step: int, epoch: float, network: Any) -> bool:
        """Ask; return whether the training should end here."""
        self.watched.at(step, epoch, network)
        if self.probe is None:
            return False
        if self.probe.known(step) is None:
            self._score(self.probe, step, epoch, network)
        return self.early_stop is not None and (
            without_gain(self.probe.moments, step) >= self.early_stop
        )

    def _score(self, probe: Probe, step: int, epoch: float, network: Any) -> None:
        moment = probe.ask(step, epoch, network)
        if moment.score is not None:
            if step:
                self.best.offer(step, moment.score)
            log.info("step %d: AS %.1f on the probe", step, moment.score)
            self.tell({"probe_AS": moment.score})
        probe.add(moment)  # last: what is written is not asked again


def watch(clock: Clock, pace: Pace, asked: Asked, begin: Callable[[], None], times: int) -> Any:
    """A trainer callback: shows progress, ends what diverges, stamps checkpoints with the time.

    It also asks, so many times; the draws of the training are untouched.

    Args:
        clock: of the training.
        pace: says how it gets on.
        asked: what is asked.
        begin: is called before the very first step.
        times: how often to ask.
    """
    from transformers import TrainerCallback

    class Watch(TrainerCallback):  # type: ignore[misc] # transformers is not type-checked
        def on_train_begin(self, args: Any, state: Any, control: Any, **more: Any) -> None:  # noqa: ARG002
            self.moments = moments(state.max_steps, times)
            if state.global_step == 0 and state.is_world_process_zero:
                begin()
                if times:
                    asked.at(0, 0.0, more["model"])
            pace.begin(state.global_step, state.max_steps, state.epoch or 0.0)

        def on_step_end(self, args: Any, state: Any, control: Any, **more: Any) -> None:  # noqa: ARG002
            pace.step(state.global_step, state.epoch)
            if state.global_step not in self.moments:
                return
            began = time.monotonic()
            stop = state.is_world_process_zero and asked.at(
                state.global_step, state.epoch, more["model"]
            )
            if of_first_process(stop=stop):
                _stop(state, control)
            pace.asked(time.monotonic() - began)

        def on_train_end(self, args: Any, state: Any, control: Any, **more: Any) -> None:  # noqa: ARG002
            pace.end()

        def on_log(self, args: Any, state: Any, control: Any, **more: Any) -> None:  # noqa: ARG002
            logs = more.get("logs") or {}
            pace.logged(logs)
            loss = logs.get("loss")
            if loss is not None and not math.isfinite(float(loss)):
                raise TrainingError(
                    f"the loss is {loss} at step {state.global_step}: lower finetune.lr, or "
                    "finetune.alpha"
                )

        def on_save(self, args: Any, state: Any, control: Any, **more: Any) -> None:  # noqa: ARG002
            folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
            write_json(folder / "seconds.json", clock.seconds())

    return Watch()


def of_first_process(*, stop: bool) -> bool:
    """What the first of several processes has decided, which alone asks; they wait for it here."""
    from torch import distributed

    if not (distributed.is_available() and distributed.is_initialized()):
        return stop
    decided = [stop]
    distributed.broadcast_object_list(decided, src=0)
    return decided[0]


def _stop(state: Any, control: Any) -> None:
    """End a training before its last step.

    No checkpoint is made of the step: one that goes on from it would take a step more.
    """
    if state.global_step < state.max_steps:
        log.info("step %d: no gain for long enough (finetune.early_stop)", state.global_step)
        control.should_save = False
        control.should_log = True
        control.should_training_stop = True
