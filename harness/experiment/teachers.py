"""The teacher and the judge of a spec, started when first asked, with what they have cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.config.sections import Budget, Teacher
from harness.core import Model, Output, Sample
from harness.distill.distillation import Teaching
from harness.experiment.experiment import Experiment
from harness.models import EngineRequest, engine_version, open_engine, resolve_engine
from harness.models.budget import Meter
from harness.models.response_cache import Remembered, Responses
from harness.models.template import TemplateModel

if TYPE_CHECKING:
    from harness.judges.judge import Judge

RESPONSES = "responses.sqlite3"


@dataclass(frozen=True, slots=True)
class Asked:
    """A model that the spec asks besides its own: who, from which folder, on whose account.

    `payer` is the key of the stage that pays for it.
    """

    section: Teacher
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
    spec = experiment.spec
    if spec.distill.teacher.engine == "template":
        yield Teaching(TemplateModel(), "template")
        return
    digest = "" if spec.teacher_path is None else experiment.teacher_digest
    payer = experiment.key("distill")
    with _open(experiment, Asked(spec.distill.teacher, spec.teacher_path, digest, payer)) as asked:
        yield asked


@contextmanager
def open_judge(experiment: Experiment) -> Iterator[Judge | None]:
    """Start the judge of an experiment's open answers, where it has one.

    Raises:
        UsageError: its key is not in the environment, or it refuses the key.
        InputError: its model folder is not one that can be loaded.
    """
    section = experiment.spec.score.judge
    if section is None:
        yield None
        return
    from harness.judges.judge import Judge

    digest, payer = experiment.judge_digest, experiment.key("score")
    with _open(experiment, Asked(section, experiment.spec.judge_path, digest, payer)) as asked:
        yield Judge(asked.model, asked.name)


@contextmanager
def _open(experiment: Experiment, asked: Asked) -> Iterator[Teaching]:
    responses = Responses(experiment.store.root / RESPONSES)
    try:
        opened = _remote if asked.section.engine == "api" else _local
        with opened(experiment, asked, responses) as teaching:
            yield teaching
    finally:
        responses.close()


@contextmanager
def _remote(experiment: Experiment, asked: Asked, responses: Responses) -> Iterator[Teaching]:
    from harness.models.api import ApiSettings, open_api

    section, runtime = asked.section, experiment.spec.runtime
    if section.address is None or section.model is None:
        raise ValueError("the spec lets no api model through without an address and a name")
    settings = ApiSettings(
        address=section.address,
        model=section.model,
        key_env=section.key_env,
        temperature=section.temperature,
        max_tokens=section.max_tokens,
        extra=section.extra,
        concurrency=runtime.concurrency,
        timeout_s=runtime.timeout_s,
    )
    meter = Meter(runtime.budget, responses.spent(asked.payer))
    with open_api(settings, responses, meter, asked.payer) as model:
        yield Teaching(model, section.model, model.words, lambda: _cost(meter, runtime.budget))


@contextmanager
def _local(experiment: Experiment, asked: Asked, responses: Responses) -> Iterator[Teaching]:
    section, runtime = asked.section, experiment.spec.runtime
    engine, base = resolve_engine(section.engine), asked.folder
    request = EngineRequest(
        engine=engine,
        base=base,
        dtype=section.dtype,
        max_length=section.max_length,
        max_tokens=section.max_tokens,
        batch=runtime.batch,
        memory_gib=runtime.memory_gib,
        gpu_share=runtime.gpu_share,
        skill=section.skill,
    )
    identity = {
        "engine": engine,
        "version": engine_version(engine),
        "base": asked.digest,
        "settings": section.model_dump(
            mode="json", include={"dtype", "max_length", "max_tokens", "skill"}
        ),
    }
    with ExitStack() as stack:
        model = _OnDemand(lambda: stack.enter_context(open_engine(request)).model())
        if engine == "fake":  # its replies come from the samples, not from what they say
            yield Teaching(model, engine)
        else:
            name = f"{engine} {Path(base).name if base else ''}".strip()
            yield Teaching(Remembered(model, responses, identity, asked.payer), name)


def _cost(meter: Meter, budget: Budget) -> dict[str, float]:
    """What was paid, over all attempts; money only where there are prices."""
    spent = meter.spent
    told = {"calls": spent.calls, "prompt_tokens": spent.prompt_tokens,
            "output_tokens": spent.output_tokens}  # fmt: skip
    return told | ({"money": round(money, 6)} if (money := spent.money(budget)) else {})


class _OnDemand:
    """A model that is started only when it is asked something."""

    def __init__(self, start: Callable[[], Model]) -> None:
        self._start = start
        self._model: Model | None = None

    def generate(self, samples: Iterable[Sample]) -> Iterator[Output]:
        """Start it where it is not, and ask."""
        if self._model is None:
            self._model = self._start()
        return self._model.generate(samples)
