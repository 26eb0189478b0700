"""What a stage is: its name and version, what it reads, how it is built, what of it is shown.

A stage is one file here and one line in `harness.stages.order`. Its name is its folder's in the
store; what it reads is hashed into the folder's key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.experiment.engines import Answering
    from harness.experiment.experiment import Experiment

Inputs = Mapping[str, Any]


def _always(_: Experiment) -> bool:
    return True


def _nothing(_: Experiment) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of an experiment.

    Args:
        name: what the store, the spec and people call it.
        version: raised when its code changes what it writes, so that old results are not taken for
            new ones.
        reads: everything that decides what it writes, as a JSON object; of the stages above it,
            their keys under their names.
        build: writes it into a folder, with engines, a teacher and a judge at hand, which are
            started where they are needed. What a killed attempt left there may be gone on from.
        belongs: whether an experiment has the stage.
        shown: files of its folder that the run folder shows, each with its name there; those that
            are not there are not shown.
        loads_base: whether it loads the base, which is then checked before anything is run.
    """

    name: str
    version: int
    reads: Callable[[Experiment], Inputs]
    build: Callable[[Experiment, Answering, Path], None]
    belongs: Callable[[Experiment], bool] = _always
    shown: Callable[[Experiment], Mapping[str, str]] = _nothing
    loads_base: bool = False
