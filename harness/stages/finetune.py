"""LoRA over a base; see `harness.finetune.train`."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import InputError
from harness.metrics.summary import grade
from harness.models.generation import decoded_anew
from harness.spec import Spec, chosen_suite
from harness.stages.stage import Inputs, Stage
from harness.store.codec import read_suite

if TYPE_CHECKING:
    from harness.experiment.engines import Answering
    from harness.experiment.experiment import Experiment
    from harness.finetune.probe import Questions

log = logging.getLogger("podium")


def _belongs(experiment: Experiment) -> bool:
    return experiment.spec.finetune is not None


def _reads(experiment: Experiment) -> Inputs:
    section = experiment.spec.finetune
    asks = section is not None and section.watch  # on transformers, while it trains
    return {
        "finetune": None if section is None else section.in_key(),
        "from": experiment.from_digest,
        "base": experiment.base_digest,
        "dataset": experiment.key("dataset"),
        **(decoded_anew("hf", experiment.spec.base_path) if asks else {}),
    }


def _build(experiment: Experiment, _: Answering, work: Path) -> None:
    from harness.finetune.train import Data, finetune

    spec, at = experiment.spec, experiment.folder
    if spec.finetune is None or experiment.base_path is None:
        raise ValueError(f"{spec.name} has nothing to train")
    questions = at("questions")
    data = Data(
        at("dataset") / "train.jsonl", questions / "watched.jsonl", probe_of(spec, questions)
    )
    section = spec.finetune.model_copy(update={"from_": spec.from_path})
    finetune(section, spec.runtime, experiment.base_path, data, experiment.label, work)


def probe_of(spec: Spec, folder: Path) -> Questions | None:
    """What the model is judged by while it is trained.

    Raises:
        InputError: the recipe goes by a score, and the suite has no questions for one.
    """
    from harness.finetune.probe import Questions

    section = spec.finetune
    if section is None or not section.probe or not section.watch:
        return None
    if not (folder / "probe.jsonl").is_file():
        lacking = f"suite {spec.suite.name} has no questions in wordings to develop on alone"
        if section.keep == "best" or section.early_stop is not None:
            field = "early_stop" if section.keep == "last" else "keep: best"
            raise InputError(f"finetune.{field}: {lacking}, so no score to go by")
        log.info("finetune: %s, so no score is taken while it trains", lacking)
        return None
    suite = read_suite(folder, "probe.jsonl")
    suite = dataclasses.replace(suite, test=suite.test[: section.probe])
    return Questions(suite, partial(grade, chosen_suite(spec)))


def _shown(_: Experiment) -> Mapping[str, str]:
    return {name: name for name in ("loss.json", "loss.png", "watched.jsonl", "probe.json")}


STAGE = Stage(
    name="finetune", version=7, reads=_reads, build=_build, belongs=_belongs, shown=_shown,
    loads_base=True,
)  # fmt: skip
