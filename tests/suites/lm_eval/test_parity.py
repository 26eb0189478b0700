"""A task run by lm-eval itself and by Podium: one model, one engine, the same metrics."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.core import Output, Suite
from harness.models import EngineRequest, open_engine
from harness.stages.questions import write_questions
from harness.store.codec import output_from, output_to, read_suite
from suites.lm_eval import Options, build, grade
from suites.lm_eval.tasks import silenced
from tests.suites.lm_eval.made import make

pytestmark = pytest.mark.real

TASKS = ("made_minutes", "made_stations")
SHOTS = 2


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("tasks"))


@pytest.fixture(scope="module")
def theirs(tasks: Path, tiny_base: Path) -> Mapping[str, Any]:
    """What lm-eval reports of its own model class."""
    with silenced(), contextlib.chdir(tasks):
        import lm_eval
        from lm_eval.models.huggingface import HFLM
        from lm_eval.tasks import TaskManager

        model = HFLM(pretrained=str(tiny_base), dtype="float32", device="cpu", batch_size=16)
        found = lm_eval.simple_evaluate(
            model=model, tasks=list(TASKS), num_fewshot=SHOTS, bootstrap_iters=0,
            task_manager=TaskManager(include_path=str(tasks), include_defaults=False),
        )  # fmt: skip
    assert found is not None
    return dict(found)


@pytest.fixture(scope="module")
def asked(tasks: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Options, Suite]:
    """The suite as the stages after the first read it."""
    options = Options(tasks=TASKS, include=tasks, num_fewshot=SHOTS)
    folder = tmp_path_factory.mktemp("questions")
    write_questions(build(options), folder)
    return options, read_suite(folder)


def ours(suite: Suite, base: Path, engine: str) -> list[Output]:
    request = EngineRequest(engine, base, dtype="float32", max_length=512)
    with open_engine(request) as started:
        return [output_from(output_to(o)) for o in started.model().generate(suite.test)]


@pytest.mark.parametrize("engine", ["hf", "vllm"])
def test_lm_eval_and_podium_report_the_same(
    engine: str, asked: tuple[Options, Suite], theirs: Mapping[str, Any], tiny_base: Path
) -> None:
    options, suite = asked
    outputs = ours(suite, tiny_base, engine)
    assert not [output.error for output in outputs if output.failed]
    graded = grade(options, suite, outputs, None)
    found = {(m.group, m.name): m.value for m in graded.measures}
    expected = {
        (task, name): round(value, 4)
        for task in TASKS
        for name, value in theirs["results"][task].items()
        if isinstance(value, float) and "stderr" not in name
    }
    assert {key: found[key] for key in expected} == expected
    _same_answers(outputs, theirs)
    _worth_something(found)


def _same_answers(outputs: list[Output], theirs: Mapping[str, Any]) -> None:
    said = {output.sample_id: output for output in outputs}
    for sample in theirs["samples"]["made_minutes"]:
        assert said[f"made_minutes-{sample['doc_id']}"].text == sample["resps"][0][0]
    for sample in theirs["samples"]["made_stations"]:
        output = said[f"made_stations-{sample['doc_id']}"]
        assert output.loglikelihood is not None
        for label, resps in enumerate(sample["resps"]):
            assert output.loglikelihood[str(label)] == pytest.approx(resps[0][0], abs=2e-3)
            assert (str(label) in output.greedy) == resps[0][1]


def _worth_something(found: Mapping[tuple[str, str], float | None]) -> None:
    """Metrics that are all 0 or all 1 would agree whatever either side does."""
    assert 0 < (found["made_minutes", "exact_match,digit"] or 0) < 1
    assert 0 < (found["made_stations", "acc,none"] or 0) < 1
    assert found["made_stations", "acc,none"] != found["made_stations", "acc_norm,none"]
