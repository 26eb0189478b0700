"""Tasks run by lm-eval itself and by Podium: one model, one engine, the same metrics."""

from __future__ import annotations

import contextlib
import importlib.metadata
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from harness.core import Output, Suite
from harness.models import EngineRequest, open_engine
from harness.models.hardware import release_memory
from harness.stages.questions import write_questions
from harness.store.codec import output_from, output_to, read_suite
from suites.lm_eval import Options, build, grade
from suites.lm_eval.tasks import silenced
from tests.suites.lm_eval.made import make

pytestmark = pytest.mark.real

TASKS = ("made_minutes", "made_stations")
SHOTS = 2
LENGTH = 512


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("tasks"))


@pytest.fixture(scope="module")
def theirs(tasks: Path, tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What lm-eval reports of its own model class for an engine, each run once."""
    known_as_vllm(tmp_path_factory.mktemp("packages"))
    opened = {"hf": their_transformers, "vllm": their_vllm}

    @cache
    def found(engine: str) -> Mapping[str, Any]:
        with silenced(), contextlib.chdir(tasks), opened[engine](tiny_base) as model:
            return evaluated(model, tasks)

    return found


@contextlib.contextmanager
def their_transformers(base: Path) -> Iterator[Any]:
    from lm_eval.models.huggingface import HFLM

    yield HFLM(pretrained=str(base), dtype="float32", device="cpu", batch_size=16)


@contextlib.contextmanager
def their_vllm(base: Path) -> Iterator[Any]:
    from lm_eval.models.vllm_causallms import VLLM

    model = VLLM(
        pretrained=str(base), dtype="float32", max_model_len=LENGTH, batch_size="auto",
        enforce_eager=True,
    )  # fmt: skip
    yield model
    model.model.llm_engine.engine_core.shutdown()
    release_memory()


def known_as_vllm(folder: Path) -> None:
    """Have vLLM's version found, which the build for a processor keeps under another name."""
    try:
        importlib.metadata.version("vllm")
    except importlib.metadata.PackageNotFoundError:
        import vllm

        version = f"{vllm.__version__.partition('+')[0]}+cpu"
        told = folder / f"vllm-{version}.dist-info"
        told.mkdir()
        (told / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: vllm\nVersion: {version}\n", encoding="utf-8"
        )
        sys.path.append(str(folder))


def evaluated(model: Any, tasks: Path) -> Mapping[str, Any]:
    import lm_eval
    from lm_eval.tasks import TaskManager

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


@pytest.fixture(scope="module")
def ours(asked: tuple[Options, Suite], tiny_base: Path) -> Any:
    """What Podium's engines answer, each asked once; as the disk gives it back."""
    _, suite = asked

    @cache
    def answers(engine: str) -> list[Output]:
        request = EngineRequest(engine, tiny_base, dtype="float32", max_length=LENGTH)
        with open_engine(request) as started:
            return [output_from(output_to(o)) for o in started.model().generate(suite.test)]

    return answers


@pytest.mark.parametrize(("engine", "reference"), [("hf", "hf"), ("vllm", "hf"), ("vllm", "vllm")])
def test_lm_eval_and_podium_report_the_same(
    engine: str,
    reference: str,
    asked: tuple[Options, Suite],
    ours: Callable[[str], list[Output]],
    theirs: Callable[[str], Mapping[str, Any]],
) -> None:
    if reference == "vllm":
        pytest.importorskip("more_itertools", reason="lm-eval's vLLM needs more-itertools")
    options, suite = asked
    outputs, told = ours(engine), theirs(reference)
    assert not [output.error for output in outputs if output.failed]
    graded = grade(options, suite, outputs, None)
    found = {(m.group, m.name): m.value for m in graded.measures}
    expected = {
        (task, name): round(value, 4)
        for task in TASKS
        for name, value in told["results"][task].items()
        if isinstance(value, float) and "stderr" not in name
    }
    assert {key: found[key] for key in expected} == expected
    assert len(expected) == 5
    same_answers(outputs, told)
    worth_something(found)


def same_answers(outputs: list[Output], theirs: Mapping[str, Any]) -> None:
    said = {output.sample_id: output for output in outputs}
    for sample in theirs["samples"]["made_minutes"]:
        assert said[f"made_minutes-{sample['doc_id']}"].text == sample["resps"][0][0]
    for sample in theirs["samples"]["made_stations"]:
        output = said[f"made_stations-{sample['doc_id']}"]
        assert output.loglikelihood is not None
        for label, resps in enumerate(sample["resps"]):
            assert output.loglikelihood[str(label)] == pytest.approx(resps[0][0], abs=2e-3)
            assert (str(label) in output.greedy) == resps[0][1]


def worth_something(found: Mapping[tuple[str, str], float | None]) -> None:
    """Metrics that are all 0 or all 1 would agree whatever either side does."""
    assert 0 < (found["made_minutes", "exact_match,digit"] or 0) < 1
    assert 0 < (found["made_stations", "acc,none"] or 0) < 1
    assert found["made_stations", "acc,none"] != found["made_stations", "acc_norm,none"]
