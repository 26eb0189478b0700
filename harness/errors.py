"""Everything that Podium raises for a person to read.

    PodiumError                 one sentence, no traceback
    ├── UsageError      exit 2  what was typed or handed in must change
    │   ├── SpecError           a spec file or a --set
    │   ├── InputError          a table, question file, prediction file or model folder
    │   │   └── MetricUnfit     a metric that cannot measure this language (harness.metrics)
    │   └── MissingDependency   a package that this engine or stage needs
    ├── RunError        exit 1  the run itself failed
    │   ├── StoreError          disk, lock or damaged stage
    │   └── TrainingError       training that would silently teach nothing
    └── Inconclusive    exit 3  the data cannot tell

A sample that fails is no exception: it is an `Output` with an error, counted and shown.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Iterable
from types import ModuleType


class PodiumError(Exception):
    """A sentence for a person; the command line prints it on one line."""

    exit_code = 1


class UsageError(PodiumError):
    """The user must change what they typed or handed in."""

    exit_code = 2


class SpecError(UsageError):
    """A spec file or a `--set` is wrong."""


class InputError(UsageError):
    """A table, question file, prediction file or model folder is wrong."""


class MissingDependency(UsageError):
    """A package is not installed; the message holds the command that installs it."""


class RunError(PodiumError):
    """The run failed although its inputs were in order."""


class StoreError(RunError):
    """The store cannot be written, is locked, or holds a damaged stage."""


class TrainingError(RunError):
    """Training would have taught nothing, or diverged."""


class Inconclusive(PodiumError):
    """The measurements cannot tell better from worse."""

    exit_code = 3


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ` (did you mean 'x'?)` for the nearest known name, else ` (known: ...)`.

    Meant to be glued to the end of an error sentence.
    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f" (did you mean {close[0]!r}?)"
    return f" (known: {', '.join(names)})" if names else ""


def need(module: str, extra: str) -> ModuleType:
    """Import a heavy module, or say how to install it.

    Args:
        module: dotted name, such as `vllm`.
        extra: the extra of `podium-harness` that brings it.

    Raises:
        MissingDependency: it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module.partition(".")[0]:
            raise
        raise MissingDependency(
            f"{module.partition('.')[0]} is not installed: pip install 'podium-harness[{extra}]'"
        ) from error
