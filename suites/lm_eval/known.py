"""What judging needs of a task, as JSON: its definition and documents, without its data set.

A task file may name functions and classes. They are kept by file and name, and loaded from there
again.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.models.foreign import told
from suites.lm_eval.asked import Asked

# What decides how answers are read; where documents come from, and examples, is behind us.
_KEPT = (
    "task", "output_type", "doc_to_text", "doc_to_target", "doc_to_choice", "process_results",
    "target_delimiter", "fewshot_delimiter", "metric_list", "generation_kwargs", "filter_list",
)  # fmt: skip
_FUNCTION = "!function"


def version() -> str:
    """Of lm-eval."""
    return importlib.metadata.version("lm_eval")


def known(task: Any, asked: Asked) -> dict[str, Any]:
    """All that `revived` and the grading need of a task.

    Raises:
        InputError: a document or a function of the task cannot be kept.
    """
    name = str(task.task_name)
    config = {field: getattr(task.config, field) for field in _KEPT}
    data = {
        "config": _to(name, {k: v for k, v in config.items() if v is not None}),
        "docs": list(asked.docs),
        "lm_eval": version(),
        "version": str(task.VERSION),
        "metric": asked.metric,
        "filter": asked.filter,
        "shots": asked.shots,
        "chat": asked.chat,
    }
    with told(f"suite.tasks: {name}: a document is no plain data", InputError):
        kept: dict[str, Any] = json.loads(json.dumps(data))
    return kept


def revived(data: Mapping[str, Any]) -> Any:
    """The task again, a `lm_eval.api.task.Task`, over its first document alone."""
    from lm_eval.api.task import ConfigurableTask

    def first(**_: Any) -> dict[str, Any]:
        from datasets import Dataset

        return {"test": Dataset.from_list([data["docs"][0]])}

    config = _from(data["config"])
    return ConfigurableTask(
        config={**config, "custom_dataset": first, "test_split": "test", "num_fewshot": 0}
    )


def _to(task: str, value: Any) -> Any:
    """A part of a definition as JSON."""
    if isinstance(value, Mapping):
        return {key: _to(task, part) for key, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_to(task, part) for part in value]
    if not callable(value):
        return value
    names = _beside(getattr(value, "func", value))  # of a `functools.partial`
    name = next((name for name, found in names.items() if found is value), None)
    if name is None or "__file__" not in names:
        raise InputError(
            f"suite.tasks: {task} cannot be asked: {value!r} in its file is no function of a module"
        )
    return {_FUNCTION: [str(names["__file__"]), name]}


def _beside(value: Any) -> Mapping[str, Any]:
    """What the module of a function or class holds; of a method or the like, nothing."""
    if isinstance(value, type):
        module = sys.modules.get(value.__module__)
        return {} if module is None else vars(module)
    found: Mapping[str, Any] = getattr(value, "__globals__", {})
    return found


def _from(value: Any) -> Any:
    """A part of a definition from its JSON."""
    if isinstance(value, list):
        return [_from(part) for part in value]
    if not isinstance(value, dict):
        return value
    if _FUNCTION in value:
        return _function(*value[_FUNCTION])
    return {key: _from(part) for key, part in value.items()}


def _function(file: str, name: str) -> Any:
    with told(f"{file}: cannot be loaded again", InputError, reading=True):
        spec = importlib.util.spec_from_file_location(f"podium_task_{Path(file).stem}", file)
        if spec is None or spec.loader is None:
            raise ImportError(file)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return getattr(module, name)
