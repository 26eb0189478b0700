"""The teacher and the judge of a spec, started when first asked, with what they have cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness import models
from harness.config.sections import Runtime
from harness.config.teachers import ApiTeacher, FakeTeacher, LocalTeacher, TemplateTeacher
from harness.core import Model, Output, Sample
from harness.distill.distillation import Teaching
from harness.experiment.experiment import Experiment
from harness.hub.names import hub_name
from harness.models.budget import Meter
from harness.models.generation import decoded_anew
from harness.models.native import native_folder
from harness.models.response_cache import RESPONSES, Remembered, Responses
from harness.models.template import TemplateModel

if TYPE_CHECKING:
    from harness.judges.judge import Judge


@dataclass(frozen=True, slots=True)
class Asked:
    """A model that the spec asks besides its own: who, from which folder, on whose account.

    `payer` is the key of the stage that pays for it.
    """

    section: ApiTeacher | LocalTeacher | FakeTeacher
    folder: Path | None
    digest: str
    payer: str


@contextmanager
def open_teacher(experiment: Experiment) -> Iterator[Teaching]:
    """Start the teacher of an experiment; it ends with its block.

    Raises:
        UsageError: its key is not in the environment, or it refuses the key.
        InputError: its model folder is not one that can be loaded.
    """
    section = experiment.spec.distill.teacher
    if isinstance(section, TemplateTeacher):
        yield Teaching(TemplateModel(), section.engine)
        return
    digest, payer = experiment.teacher_digest, experiment.key("distill")
    with _open(experiment, Asked(section, experiment.spec.teacher_path, digest, payer)) as asked:
        yield asked


@contextmanager
def open_judge(
    experiment: Experiment, section: ApiTeacher | LocalTeacher | FakeTeacher
) -> Iterator[Judge]:
    """Start the judge of an experiment's open answers.

    Raises:
        UsageError: its key is not in the environment, or it refuses the key.
        InputError: its model folder is not one that can be loaded.
    """
    from harness.judges.judge import Judge

    digest, payer = experiment.judge_digest, experiment.key("score")
    with _open(experiment, Asked(section, experiment.spec.judge_path, digest, payer)) as asked:
        yield Judge(asked.model, asked.name)


@contextmanager
def _open(experiment: Experiment, asked: Asked) -> Iterator[Teaching]:
    section, run = asked.section, experiment.spec.runtime
    with ExitStack() as stack:
        responses = stack.enter_context(closing(Responses(experiment.store.root / RESPONSES)))
        match section:
            case ApiTeacher():
                yield _remote(section, asked, run, responses, stack)
            case LocalTeacher():
                yield _local(section, asked, run, responses, stack)
            case FakeTeacher():  # its replies come from the samples, not from what they say
                request = models.engine_request(section.engine, section, None, run)
                yield Teaching(_OnDemand(request, stack), section.engine)


def _remote(
    section: ApiTeacher, asked: Asked, run: Runtime, responses: Responses, stack: ExitStack
) -> Teaching:
    from harness.models.api import open_api

    meter = Meter(run.budget, responses.spent(asked.payer))
    model = stack.enter_context(open_api(section, run, responses, meter, asked.payer))
    return Teaching(model, section.model, model.words, meter.cost)


def _local(
    section: LocalTeacher, asked: Asked, run: Runtime, responses: Responses, stack: ExitStack
) -> Teaching:
    engine = models.resolve_engine(section.engine)
    folder = None if asked.folder is None else native_folder(asked.folder, run.runs)
    model = _OnDemand(models.engine_request(engine, section, folder, run), stack)
    settings = section.model_dump(mode="json", include={"dtype", "max_length", "max_tokens"})
    identity = {
        "engine": engine,
        "version": models.engine_version(engine),
        "base": asked.digest,
        "settings": {**settings, "skill": 1.0},  # so that replies kept before are found again
        **decoded_anew(engine, asked.folder),
    }
    of_hub = hub_name(section.model)
    called = of_hub.short if of_hub is not None else asked.folder.name if asked.folder else ""
    name = f"{engine} {called}".strip()
    return Teaching(Remembered(model, responses, identity, asked.payer), name)


class _OnDemand:
    """A model that is started only when it is asked something, and ends with a stack."""

    def __init__(self, request: models.EngineRequest, stack: ExitStack) -> None:
        self._request = request
        self._stack = stack
        self._model: Model | None = None

    def generate(self, samples: Iterable[Sample]) -> Iterator[Output]:
        """Start it where it is not, and ask."""
        if self._model is None:
            self._model = self._stack.enter_context(models.open_engine(self._request)).model()
        return self._model.generate(samples)
