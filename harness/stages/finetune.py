"""LoRA over a base; see `harness.finetune.train`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from harness.stages.stage import Inputs, Stage

if TYPE_CHECKING:
    from harness.experiment.engines import Answering
    from harness.experiment.experiment import Experiment


def _belongs(experiment: Experiment) -> bool:
    return experiment.spec.finetune is not None


def _reads(experiment: Experiment) -> Inputs:
    section = experiment.spec.finetune
    return {
        "finetune": None if section is None else section.in_key(),
        "from": experiment.from_digest,
        "base": experiment.base_digest,
        "dataset": experiment.key("dataset"),
    }


def _build(experiment: Experiment, _: Answering, work: Path) -> None:
    from harness.finetune.train import Data, finetune

    spec, at = experiment.spec, experiment.folder
    if spec.finetune is None or spec.base_path is None:
        raise ValueError(f"{spec.name} has nothing to train")
    data = Data(at("dataset") / "train.jsonl", at("questions") / "watched.jsonl")
    section = spec.finetune.model_copy(update={"from_": spec.from_path})
    finetune(section, spec.runtime, spec.base_path, data, experiment.label, work)


def _shown(_: Experiment) -> Mapping[str, str]:
    return {name: name for name in ("loss.json", "loss.png", "watched.jsonl")}


STAGE = Stage(
    name="finetune", version=5, reads=_reads, build=_build, belongs=_belongs, shown=_shown,
    loads_base=True,
)  # fmt: skip
