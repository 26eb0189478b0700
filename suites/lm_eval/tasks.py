"""Tasks by name, with their data: lm-eval finds and builds them, off the network."""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from harness.errors import InputError, SpecError, did_you_mean
from harness.models.foreign import told
from harness.models.quiet import quiet, set_environment

# The seed that lm-eval draws few-shot examples with where nobody says another.
FEWSHOT_SEED = 1234


@contextlib.contextmanager
def silenced() -> Iterator[None]:
    """Keep lm-eval's log and progress bars from the terminal; errors pass."""
    set_environment()  # before `datasets` is imported, which looks once whether it is offline
    log = logging.getLogger("lm_eval")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        with quiet(), contextlib.redirect_stderr(io.StringIO()):
            yield
    finally:
        log.setLevel(level)


def load(names: Sequence[str], include: Path) -> Mapping[str, Any]:
    """The tasks behind names of tasks, groups and tags, each a `lm_eval.api.task.Task`.

    Raises:
        SpecError: a name is unknown, or two of them hold one task.
        InputError: the data of a task is not on this machine, or the task cannot be built.
    """
    with silenced():
        manager = _manager(tuple(names), include)
        found: dict[str, Any] = {}
        for name in names:
            for task, built in _built(manager, name, include).items():
                if task in found:
                    raise SpecError(f"suite.tasks: {task} is in two of them: name it once")
                found[task] = built
        return found


def output_types(names: Sequence[str], include: Path) -> Mapping[str, str]:
    """How the tasks behind names are answered, as their files say it; others are left out.

    Nothing of their data is read.

    Raises:
        SpecError: a name is unknown.
    """
    with silenced():
        index = _manager(tuple(names), include).task_index
    found = {}
    for name in names:
        for task in _leaves(index, name, frozenset()):
            kind = (index[task].cfg or {}).get("output_type")
            if isinstance(kind, str):
                found[task] = kind
    return found


def _leaves(index: Mapping[str, Any], name: str, above: frozenset[str]) -> Iterator[str]:
    """The tasks of a name: itself, or those of a group or a tag."""
    if name in above or name not in index:
        return
    entry = index[name]
    held = (entry.cfg or {}).get("task")
    if entry.kind.name == "TAG":
        yield from (task for task, one in index.items() if name in one.tags)
    elif isinstance(held, list):
        for one in held:
            below = one.get("task") if isinstance(one, Mapping) else one
            if isinstance(below, str):
                yield from _leaves(index, below, above | {name})
    else:
        yield name


@cache
def _manager(names: tuple[str, ...], include: Path) -> Any:
    """An index of the tasks there are: one's own alone where it is enough.

    lm-eval's own tasks are 14,000 files, which take ten seconds to read: they are read once.

    Raises:
        SpecError: a name is in neither.
    """
    from lm_eval.tasks import TaskManager

    own = TaskManager(include_path=str(include), include_defaults=False)
    if all(name in own.all_subtasks for name in names):
        return own
    everything = TaskManager(include_path=str(include))
    for name in names:
        if name not in everything.all_tasks:
            hint = did_you_mean(name, everything.all_tasks)
            near = hint if hint.startswith(" (did") else ""
            raise SpecError(f"suite.tasks: lm-eval knows no task {name!r}{near}")
    return everything


def _built(manager: Any, name: str, include: Path) -> Mapping[str, Any]:
    """The tasks of a name. Paths in one's own task files are relative to their folder."""
    cannot = f"suite.tasks: {name}: its data is not on this machine, or it cannot be built"
    with told(cannot, InputError, reading=True), contextlib.chdir(include):
        tasks: Mapping[str, Any] = manager.load([name])["tasks"]
    return tasks
