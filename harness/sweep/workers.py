"""Where trials are trained: here, or on workers of Ray."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from harness.sweep.local import LocalEvaluator
from harness.sweep.request import Request
from harness.sweep.trials import Evaluator


@contextmanager
def open_evaluator(request: Request, workers: str) -> Iterator[Evaluator]:
    """Who evaluates the trials of a sweep."""
    yield LocalEvaluator(request.spec, request.name)
