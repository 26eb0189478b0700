"""How a training gets on, in a few words: beside a bar, or, off a terminal, in lines of the log."""

from __future__ import annotations

import logging
import resource
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from harness.progress import Bar, bar

log = logging.getLogger("podium")

_LINES = 10  # in the log over a whole training, at least
_LONGEST = 60.0  # seconds without one


class Pace:
    """Loss, tokens a second, time left and memory of one attempt.

    Args:
        label: whose training it is.
        tokens: of an epoch, without what pads a batch.
    """

    def __init__(self, label: str, tokens: int) -> None:
        self._label = label
        self._tokens = tokens
        self._loss: float | None = None
        self._rate: float | None = None
        self._asked = 0.0
        self._stack = ExitStack()

    def begin(self, step: int, steps: int, epoch: float) -> None:
        """Start the clock at a step; `steps` are those of the whole training."""
        self._first, self._steps, self._epoch = step, steps, epoch
        self._bar: Bar = self._stack.enter_context(bar(self._label, steps, step))
        self._started = self._said = time.monotonic()
        self._told = step

    def end(self) -> None:
        """Take the bar away."""
        self._stack.close()

    def asked(self, seconds: float) -> None:
        """Time that went to questions and not to learning."""
        self._asked += seconds

    def logged(self, logs: Mapping[str, Any]) -> None:
        """What the trainer said last."""
        if "loss" in logs:
            self._loss = float(logs["loss"])
            self._rate = logs.get("learning_rate")

    def step(self, step: int, epoch: float) -> None:
        """A step is done: say how it goes where that is due."""
        self._bar.advance()
        if not self._bar.hidden:
            if self._bar.due():
                self._bar.note(", ".join((*self._learning(epoch), memory())))
            return
        now = time.monotonic()
        tenth = _LINES * step // self._steps > _LINES * self._told // self._steps
        if tenth or now - self._said >= _LONGEST:
            self._said, self._told = now, step
            log.info("%s: %s", self._label, ", ".join(self._line(step, epoch, now)))

    def _line(self, step: int, epoch: float, now: float) -> tuple[str, ...]:
        gone = now - self._started
        left = gone / (step - self._first) * (self._steps - step)
        rate = () if self._rate is None else (f"lr {self._rate:.3g}",)
        return (
            f"step {step} of {self._steps}", *self._learning(epoch), *rate,
            f"{_clock(gone)} gone, {_clock(left)} left", memory(),
        )  # fmt: skip

    def _learning(self, epoch: float) -> tuple[str, ...]:
        seconds = time.monotonic() - self._started - self._asked
        speed = (epoch - self._epoch) * self._tokens / max(seconds, 1e-9)
        loss = () if self._loss is None else (f"loss {self._loss:.4g}",)
        return (*loss, f"{speed:,.0f} tokens/s")


def memory() -> str:
    """The most that was held so far: of the GPU, where there is one, or by the process."""
    import torch

    if torch.cuda.is_available():
        return f"peak {torch.cuda.max_memory_allocated() / 2**30:.1f} GiB of the GPU"
    unit = 1 if sys.platform == "darwin" else 2**10
    return f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30:.1f} GiB"


def _clock(seconds: float) -> str:
    """Minutes and seconds, with hours where there are some."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
