"""One answer to every test question, in batches, resumable answer by answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.config.engines import COUNTING, FAKE, REMOTE, WEIGHTLESS
from harness.core import Model
from harness.errors import RunError
from harness.models import engine_version
from harness.progress import bar
from harness.stages.stage import Inputs, Stage
from harness.store.codec import output_to, read_samples
from harness.store.files import read_jsonl, write_json, write_jsonl
from harness.store.jsonl import JsonlAppender

if TYPE_CHECKING:
    from harness.experiment.engines import Answering
    from harness.experiment.experiment import Experiment

PARTIAL = "predictions.partial.jsonl"


def infer(
    open_model: Callable[[], tuple[Model, dict[str, str]]], questions: Path, label: str, work: Path
) -> None:
    """Write `predictions.jsonl`, in the order of the questions, and `engine.json`.

    Answers that an earlier, killed attempt left behind are kept.

    Args:
        open_model: starts the model, or hands out a started one, with its engine's signature;
            called only when a question is left to answer.
        questions: folder of the questions stage.
        label: what the progress bar says.
        work: the stage's folder.

    Raises:
        RunError: no question could be answered at all.
    """
    samples = list(read_samples(questions / "test.jsonl"))
    with JsonlAppender(work / PARTIAL) as partial:
        done = {str(row["sample_id"]): row for row in read_jsonl(work / PARTIAL)}
        left = [sample for sample in samples if sample.id not in done]
        if left:
            model, signature = open_model()
            write_json(work / "engine.json", signature)
            with bar(label, total=len(samples), done=len(done)) as tick:
                for output in model.generate(left):
                    row = output_to(output)
                    partial.append(row)
                    done[output.sample_id] = row
                    tick.advance()
    failed = [row for row in done.values() if row["error"] is not None]
    if len(failed) == len(samples):
        raise RunError(f"{label}: every question failed; the first: {failed[0]['error']}")
    write_jsonl(work / "predictions.jsonl", (done[sample.id] for sample in samples))


def _reads(experiment: Experiment) -> Inputs:
    """Who answers, with what settings, and what it has learned."""
    spec, engine = experiment.spec, experiment.engine
    inputs: dict[str, Any] = {
        "model": {"engine": engine, "engine_version": engine_version(engine)},
        "generate": spec.generate.model_dump(mode="json"),
        "questions": experiment.key("questions"),
    }
    if engine in FAKE:
        inputs["model"]["skill"] = spec.model.skill
    elif engine in REMOTE:
        asked = spec.model.model_dump(mode="json", include={"base_url", "model", "extra"})
        inputs["model"] |= asked
    elif engine not in WEIGHTLESS:
        inputs["model"] |= {"dtype": spec.model.dtype, "max_length": spec.model.max_length}
        if spec.model.engine_args:
            inputs["model"]["engine_args"] = spec.model.engine_args
        inputs["base"] = experiment.base_digest
    if spec.finetune is not None:
        inputs["finetune"] = experiment.key("finetune")
    elif engine in COUNTING:
        inputs["dataset"] = experiment.key("dataset")
    return inputs


def _build(experiment: Experiment, answering: Answering, work: Path) -> None:
    questions = experiment.folder("questions")
    infer(lambda: answering.model(experiment), questions, experiment.label, work)


def _shown(_: Experiment) -> Mapping[str, str]:
    return {"predictions.jsonl": "predictions.jsonl"}


STAGE = Stage(name="infer", version=3, reads=_reads, build=_build, shown=_shown, loads_base=True)
