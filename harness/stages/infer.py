"""One answer to every test question, in batches, resumable answer by answer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.config.engines import COUNTING, FAKE, REMOTE, WEIGHTLESS
from harness.core import Model, Output, Sample
from harness.errors import InputError, RunError
from harness.models import engine_version
from harness.models.decoding import drawn
from harness.models.foreign import EngineFailed
from harness.models.generation import decoded_anew
from harness.progress import bar
from harness.stages.stage import Inputs, Stage
from harness.store.codec import output_from, output_to, read_samples
from harness.store.files import read_jsonl, write_json, write_jsonl
from harness.store.jsonl import JsonlAppender

if TYPE_CHECKING:
    from harness.experiment.engines import Answering
    from harness.experiment.experiment import Experiment

log = logging.getLogger("podium")

Opener = Callable[[], tuple[Model, dict[str, str]]]

PARTIAL = "predictions.partial.jsonl"


def infer(
    open_model: Opener, questions: Path, label: str, work: Path, again: Opener | None = None,
    number: int = 1,
) -> None:  # fmt: skip
    """Write `predictions.jsonl`, in the order of the questions, and `engine.json`.

    Answers that an earlier, killed attempt left behind are kept.

    Args:
        open_model: starts the model, or hands out a started one, with its engine's signature;
            called only when a question is left to answer.
        questions: folder of the questions stage.
        label: what the progress bar says.
        work: the stage's folder.
        again: starts it once more and asks for less, where memory runs out or the engine dies.
        number: how many answers are drawn to each question.

    Raises:
        RunError: no question could be answered at all, or the second engine failed too.
    """
    asked = list(read_samples(questions / "test.jsonl"))
    samples = list(drawn(asked, number))
    with JsonlAppender(work / PARTIAL) as partial:
        done = {str(row["sample_id"]): row for row in read_jsonl(work / PARTIAL)}
        answering = _Answers(samples, label, work, partial, done)
        try:
            answering.go_on(open_model)
        except EngineFailed as error:
            if again is None:
                raise
            log.warning("%s: %s; trying once more with less", label, error)
            answering.go_on(again)
    failed = [row for row in done.values() if row["error"] is not None]
    if len(failed) == len(samples):
        raise RunError(f"{label}: every question failed; the first: {failed[0]['error']}")
    write_jsonl(work / "predictions.jsonl", map(output_to, _together(asked, done, number)))


def _together(
    asked: Sequence[Sample], done: Mapping[str, Mapping[str, Any]], number: int
) -> Iterator[Output]:
    """The first answer to each question, which holds the others that were drawn to it."""
    for sample in asked:
        answers = [output_from(done[one.id]) for one in drawn([sample], number)]
        first, *others = (replace(answer, sample_id=sample.id) for answer in answers)
        yield replace(first, others=tuple(others))


@dataclass(frozen=True, slots=True)
class _Answers:
    """The rows of answered questions, by their ids, which grow one by one."""

    samples: Sequence[Sample]
    label: str
    work: Path
    partial: JsonlAppender
    done: dict[str, dict[str, Any]]

    def go_on(self, open_model: Opener) -> None:
        """Have a model answer what is left."""
        left = [sample for sample in self.samples if sample.id not in self.done]
        if not left:
            return
        model, signature = open_model()
        write_json(self.work / "engine.json", signature)
        with bar(self.label, total=len(self.samples), done=len(self.done)) as tick:
            for output in model.generate(left):
                row = output_to(output)
                self.partial.append(row)
                self.done[output.sample_id] = row
                tick.advance()


def check_askable(engine: str, samples: Iterable[Sample]) -> None:
    """Refuse questions that an engine can answer none of, before it is asked or paid.

    Raises:
        InputError: they are to be answered by likelihood, and the engine is at an address.
    """
    if engine in REMOTE:
        check_scored(engine, scored_family(samples))


def scored_family(samples: Iterable[Sample]) -> str | None:
    """The family of the first question that is answered by likelihood."""
    return next((sample.family for sample in samples if sample.candidates), None)


def check_scored(engine: str, family: str | None) -> None:
    """Refuse a family that is answered by likelihood, where the engine is at an address.

    Raises:
        InputError: it is.
    """
    if engine in REMOTE and family is not None:
        raise InputError(
            f"model.engine: {engine} answers in text and cannot say how likely it finds the "
            f"candidates of {family}: ask them of vllm, hf or server, or leave them out of "
            "suite in the spec"
        )


def _reads(experiment: Experiment) -> Inputs:
    """Who answers, with what settings, and what it has learned."""
    spec, engine = experiment.spec, experiment.engine
    inputs: dict[str, Any] = {
        "model": {"engine": engine, "engine_version": engine_version(engine)},
        "generate": spec.generate.decides(),
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
        inputs |= decoded_anew(engine, spec.base_path)
    if spec.finetune is not None:
        inputs["finetune"] = experiment.key("finetune")
    elif engine in COUNTING:
        inputs["dataset"] = experiment.key("dataset")
    return inputs


def _build(experiment: Experiment, answering: Answering, work: Path) -> None:
    questions = experiment.folder("questions")
    check_askable(experiment.engine, read_samples(questions / "test.jsonl"))
    infer(
        lambda: answering.first_of_many(experiment), questions, experiment.label, work,
        again=lambda: answering.with_less(experiment), number=experiment.spec.generate.samples,
    )  # fmt: skip


def _shown(_: Experiment) -> Mapping[str, str]:
    return {"predictions.jsonl": "predictions.jsonl"}


STAGE = Stage(name="infer", version=4, reads=_reads, build=_build, shown=_shown, loads_base=True)
