"""Questions of the next entries wait behind those of the one that answers, and harm it nowhere."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest

from harness.core import Model, Output, Sample
from harness.errors import InputError, RunError
from harness.experiment.engines import Answering, _Job
from harness.experiment.experiment import Experiment
from harness.experiment.recipe import prepare
from harness.models import Engine
from harness.models.fake import FakeEngine
from harness.models.foreign import EngineFailed
from harness.pipeline import run
from harness.spec import load_specs
from tests.conftest import sample
from tests.podium import write_spec

ENTRIES = [{"name": name} for name in ("a", "b", "c")]
OTHER = {"name": "other", "model": {"skill": 0.5}}
SPEC: dict[str, Any] = {
    "name": "job",
    "suite": {"name": "timetable", "table": "builtin:board-24.xlsx", "families": ["dwell"]},
    "model": {"base": None, "engine": "fake"},
    "latency": None,
    "entries": [*ENTRIES, OTHER],
}


class Queue(Engine):
    """Notes who is handed in, takes nothing from whom it refuses, and may break down."""

    queues: ClassVar[bool] = True

    def __init__(self, refused: int = 0, *, broken: bool = False) -> None:
        self.asked: list[int] = []
        self._refused = refused
        self._broken = broken
        self._inner = FakeEngine(1.0)

    def begin(self, adapter: Path | None, samples: Sequence[Sample]) -> None:  # noqa: ARG002 - none has one
        self.asked.append(len(samples))
        if len(self.asked) == self._refused:
            raise InputError("no adapter")

    def model(self, adapter: Path | None = None) -> Model:  # noqa: ARG002 - as above
        return self

    def generate(self, samples: Iterable[Sample]) -> Iterator[Output]:
        yield from self._inner.generate(samples)
        if self._broken:
            raise RunError("it broke down")

    def signature(self) -> dict[str, str]:
        return self._inner.signature()


@pytest.fixture(scope="module")
def experiments(tmp_path_factory: pytest.TempPathFactory) -> list[Experiment]:
    folder = tmp_path_factory.mktemp("job")
    path = write_spec(folder, SPEC)
    specs = load_specs(path, [f"runtime.runs={json.dumps(str(folder / 'runs'))}"])
    run(specs, until="questions")
    return [member for recipe in prepare(specs) for member in recipe.members]


def questions(experiment: Experiment) -> int:
    lines = (experiment.folder("questions") / "test.jsonl").read_text("utf-8").splitlines()
    return len(lines)


def test_a_batch_of_others_waits_and_no_more(experiments: list[Experiment]) -> None:
    number = questions(experiments[0])
    for batch, waiting in ((1, 1), (number, 1), (number + 1, 2), (9 * number, 2)):
        engine = Queue()
        job = _Job(engine, None, batch, lambda: iter(experiments[1:3]))
        assert len(list(job.generate([sample(0)]))) == 1
        assert engine.asked == [1, *[number] * waiting]


def test_one_that_is_refused_is_passed_over(experiments: list[Experiment]) -> None:
    number = questions(experiments[0])
    engine = Queue(refused=2)
    outputs = list(_Job(engine, None, 1, lambda: iter(experiments[1:3])).generate([sample(0)]))
    assert engine.asked == [1, number, number]
    assert outputs[0].error is None


def test_a_failure_beside_others_is_tried_again_alone(experiments: list[Experiment]) -> None:
    broken = Queue(broken=True)
    with pytest.raises(EngineFailed, match="it broke down"):
        list(_Job(broken, None, 1, lambda: iter(experiments[1:2])).generate([sample(0)]))
    with pytest.raises(RunError, match="it broke down") as caught:
        list(_Job(broken, None, 1, lambda: iter(())).generate([sample(0)]))
    assert not isinstance(caught.value, EngineFailed)


def test_those_that_share_the_engine_and_have_no_answers_come_next(
    experiments: list[Experiment],
) -> None:
    first, second, third, other = experiments
    with Answering(experiments) as answering:
        assert list(answering.following(first)) == [second, third]
        assert list(answering.following(other)) == []
