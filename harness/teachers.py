"""The teacher that a spec names, started when it is first asked, with what it has cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from harness.budget import Meter
from harness.core import Model, Output, Sample
from harness.experiment import Experiment, engine_version
from harness.models import EngineRequest, open_engine, resolve_engine
from harness.models.template import TemplateModel
from harness.responses import Remembered, Responses
from harness.sections import Budget, Teacher
from harness.stages.distill import Teaching

RESPONSES = "responses.sqlite3"


@contextmanager
def open_teacher(experiment: Experiment) -> Iterator[Teaching]:
    """Start the teacher of an experiment; it ends with its block.

    Raises:
        UsageError: its key is not in the environment, or it refuses the key.
        InputError: its model folder is not one that can be loaded.
    """
    teacher = experiment.spec.distill.teacher
    if teacher.engine == "template":
        yield Teaching(TemplateModel(), "template")
        return
    responses = Responses(experiment.store.root / RESPONSES)
    try:
        opened = _remote if teacher.engine == "api" else _local
        with opened(experiment, teacher, responses) as teaching:
            yield teaching
    finally:
        responses.close()


@contextmanager
def _remote(experiment: Experiment, teacher: Teacher, responses: Responses) -> Iterator[Teaching]:
    from harness.models.api import ApiSettings, open_api

    if teacher.address is None or teacher.model is None:
        raise ValueError("the spec lets no api teacher through without an address and a model")
    runtime, payer = experiment.spec.runtime, experiment.key("distill")
    settings = ApiSettings(
        address=teacher.address,
        model=teacher.model,
        key_env=teacher.key_env,
        temperature=teacher.temperature,
        max_tokens=teacher.max_tokens,
        extra=teacher.extra,
        concurrency=runtime.concurrency,
        timeout_s=runtime.timeout_s,
    )
    meter = Meter(runtime.budget, responses.spent(payer))
    with open_api(settings, responses, meter, payer) as model:
        yield Teaching(model, teacher.model, model.words, lambda: _cost(meter, runtime.budget))


@contextmanager
def _local(experiment: Experiment, teacher: Teacher, responses: Responses) -> Iterator[Teaching]:
    engine, base = resolve_engine(teacher.engine), experiment.spec.teacher_path
    runtime = experiment.spec.runtime
    request = EngineRequest(
        engine=engine,
        base=base,
        dtype=teacher.dtype,
        max_length=teacher.max_length,
        max_tokens=teacher.max_tokens,
        batch=runtime.batch,
        memory_gib=runtime.memory_gib,
        gpu_share=runtime.gpu_share,
        skill=teacher.skill,
    )
    identity = {
        "engine": engine,
        "version": engine_version(engine),
        "base": "" if base is None else experiment.teacher_digest,
        "settings": teacher.model_dump(
            mode="json", include={"dtype", "max_length", "max_tokens", "skill"}
        ),
    }
    with ExitStack() as stack:
        model = _OnDemand(lambda: stack.enter_context(open_engine(request)).model())
        if engine == "fake":  # its replies come from the samples, not from what they say
            yield Teaching(model, engine)
        else:
            payer = experiment.key("distill")
            name = f"{engine} {Path(base).name if base else ''}".strip()
            yield Teaching(Remembered(model, responses, identity, payer), name)


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
