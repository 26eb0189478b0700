"""Accepted rows to training data; see `harness.curate.training_set`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import InputError
from harness.spec import Spec
from harness.stages.distill import is_taught
from harness.stages.stage import Inputs, Stage

if TYPE_CHECKING:
    from harness.experiment.engines import Answering
    from harness.experiment.experiment import Experiment


def _reads(experiment: Experiment) -> Inputs:
    """How accepted rows become training data, with the words that rows are added from."""
    section = experiment.spec.dataset
    inputs: dict[str, Any] = {
        "dataset": section.model_dump(mode="json", exclude={"replay"}),
        "distill": experiment.key("distill"),
    }
    if any(section.augment.model_dump(exclude={"seed"}).values()):
        from harness.curate.augment.words import word_files

        inputs["words"] = {path.name: experiment.store.digest(path) for path in word_files()}
    if section.replay is not None:
        inputs["replay"] = {
            **section.replay.model_dump(mode="json", exclude={"file"}),
            "content": experiment.store.digest(replay_file(experiment.spec)),
        }
    return inputs


def replay_file(spec: Spec) -> Path:
    """The file of the rows that are replayed.

    Raises:
        InputError: it is not there.
    """
    path = spec.replay_path
    if path is None or not path.is_file():
        raise InputError(f"dataset.replay.file: {path}: no such file")
    return path


def _build(experiment: Experiment, _: Answering, work: Path) -> None:
    from harness.curate.training_set import make_dataset
    from harness.distill.replayed import read_replay

    at, spec = experiment.folder, experiment.spec
    others = read_replay(spec.replay_path)
    make_dataset(spec.dataset, at("distill"), at("questions"), work, others)


def _shown(_: Experiment) -> Mapping[str, str]:
    return {"dataset.json": "dataset.json"}


STAGE = Stage(
    name="dataset", version=3, reads=_reads, build=_build, belongs=is_taught, shown=_shown
)
