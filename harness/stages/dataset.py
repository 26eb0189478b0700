"""Accepted rows to training data; see `harness.curate.training_set`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.stages.distill import is_taught
from harness.stages.stage import Inputs, Stage

if TYPE_CHECKING:
    from harness.experiment.engines import Answering
    from harness.experiment.experiment import Experiment


def _reads(experiment: Experiment) -> Inputs:
    """How accepted rows become training data, with the words that rows are added from."""
    section = experiment.spec.dataset
    inputs: dict[str, Any] = {
        "dataset": section.model_dump(mode="json"),
        "distill": experiment.key("distill"),
    }
    if any(section.augment.model_dump(exclude={"seed"}).values()):
        from harness.curate.augment.words import word_files

        inputs["words"] = {path.name: experiment.store.digest(path) for path in word_files()}
    return inputs


def _build(experiment: Experiment, _: Answering, work: Path) -> None:
    from harness.curate.training_set import make_dataset

    at = experiment.folder
    make_dataset(experiment.spec.dataset, at("distill"), at("questions"), work)


def _shown(_: Experiment) -> Mapping[str, str]:
    return {"dataset.json": "dataset.json"}


STAGE = Stage(
    name="dataset", version=3, reads=_reads, build=_build, belongs=is_taught, shown=_shown
)
