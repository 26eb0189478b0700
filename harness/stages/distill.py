"""Training rows from a teacher; see `harness.distill.distillation`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.benchmark import find_benchmark
from harness.config.engines import COUNTING
from harness.distill.prompts import prompt_file
from harness.models import engine_version, resolve_engine
from harness.models.generation import decoded_anew
from harness.spec import chosen_suite
from harness.stages.stage import Inputs, Stage
from harness.store.store import stage_key

if TYPE_CHECKING:
    from harness.experiment.engines import Answering
    from harness.experiment.experiment import Experiment


def is_taught(experiment: Experiment) -> bool:
    """Whether training data is made: for what learns, for what looks up, and where it is wanted."""
    tuned = experiment.spec.finetune is not None
    return tuned or experiment.engine in COUNTING or experiment.data_wanted


def _reads(experiment: Experiment) -> Inputs:
    """The teacher, what it is told and what is accepted."""
    section = experiment.spec.distill
    inputs: dict[str, Any] = {
        "distill": section.in_key(),
        "leak": experiment.spec.dataset.leak,
        "questions": _taught(experiment),
    }
    if not section.asks:
        return inputs
    prompt = prompt_file(section.way, experiment.spec.prompt_path)
    inputs["prompt"] = experiment.store.digest(prompt)
    if experiment.spec.teacher_path is not None:
        engine = resolve_engine(section.teacher.engine)
        inputs["distill"]["teacher"]["model"] = None  # its content counts, its folder's name not
        inputs["teacher"] = experiment.teacher_digest
        inputs["engine"] = {"engine": engine, "engine_version": engine_version(engine)}
        inputs |= decoded_anew(engine, experiment.spec.teacher_path)
    return inputs


def _taught(experiment: Experiment) -> str:
    """What decides what may be taught: all of the questions but what is only asked.

    So a model that one developed is not trained again for the number that is shown.
    """
    inputs = experiment.inputs("questions")
    only_asked = find_benchmark(experiment.spec.suite.name).only_asked
    suite = {name: value for name, value in inputs["suite"].items() if name not in only_asked}
    return stage_key({**inputs, "suite": suite})


def _build(experiment: Experiment, answering: Answering, work: Path) -> None:
    from harness.distill.distillation import distill, plan_distillation

    spec = experiment.spec
    plan = plan_distillation(
        spec.distill, spec.dataset.leak, spec.prompt_path, experiment.folder("questions"),
        chosen_suite(spec).accepting(),
    )  # fmt: skip
    distill(plan, lambda: answering.teacher(experiment), experiment.label, work)


def _shown(_: Experiment) -> Mapping[str, str]:
    return {"distill.json": "distill.json", "rejected.jsonl": "rejected.jsonl"}


STAGE = Stage(
    name="distill", version=5, reads=_reads, build=_build, belongs=is_taught, shown=_shown
)
