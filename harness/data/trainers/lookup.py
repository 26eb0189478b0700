"""What the trainers that people use make of a data file, in silence or with an error far away.

    trainer = trainer_for("llamafactory", path, max_length=None)
    for record in records:
        yield from trainer.look(record)
    yield from trainer.end()

The traps themselves are in `harness.data.trainers`, a module a trainer.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from harness.errors import InputError, did_you_mean
from harness.rows.fault import Fault
from harness.rows.record import Record

TRAINERS = ("llamafactory", "xtuner", "xfyun")
_XTUNER_MAX_LENGTH = 2048  # the default of its configs


class Trainer(Protocol):
    """One trainer, shown every row of one file."""

    def look(self, record: Record) -> Iterator[Fault]:
        """Yield the faults of a row."""
        ...

    def end(self) -> Iterator[Fault]:
        """Yield the faults of the file as a whole; after the last row."""
        ...


def trainer_for(name: str, path: Path, max_length: int | None = None) -> Trainer:
    """The trainer that a file is meant for.

    Args:
        name: one of `TRAINERS`.
        path: the file; what stands beside it may count.
        max_length: tokens that a row may have, where the trainer cuts longer ones.

    Raises:
        InputError: there is no such trainer.
    """
    from harness.data.trainers.llamafactory import LlamaFactory
    from harness.data.trainers.xfyun import Xfyun
    from harness.data.trainers.xtuner import XTuner

    if name == "llamafactory":
        return LlamaFactory(path)
    if name == "xtuner":
        return XTuner(path, _XTUNER_MAX_LENGTH if max_length is None else max_length)
    if name == "xfyun":
        return Xfyun(path)
    raise InputError(f"no trainer is named {name!r}{did_you_mean(name, TRAINERS)}")
