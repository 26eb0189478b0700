"""The teacher that a spec names, started when it is first asked, with what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from harness.errors import SpecError
from harness.experiment import Experiment
from harness.models.template import TemplateModel
from harness.stages.distill import Teaching


@contextmanager
def open_teacher(experiment: Experiment) -> Iterator[Teaching]:
    """Start the teacher of an experiment; it ends with its block."""
    engine = experiment.spec.distill.teacher.engine
    if engine != "template":
        raise SpecError(f"distill.teacher: engine {engine} is not there yet")
    yield TemplateModel(), lambda: ""
