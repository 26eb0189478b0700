"""What the engine that answers makes of the probe: how likely each token is, tuned and untuned.

It stands beside `infer`, while the engine that answered is up; `parity` compares it with the rest.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from harness.config.engines import BASELESS
from harness.errors import RunError
from harness.models import LocalModel
from harness.models.chat import load_tokenizer
from harness.parity.probe import conversations, drawn
from harness.parity.tokens import bounded
from harness.stages.stage import Inputs, Stage
from harness.store.codec import read_outputs, read_samples
from harness.store.files import write_json

if TYPE_CHECKING:
    from harness.experiment.engines import Answering
    from harness.experiment.experiment import Experiment

SERVED = "served.json"


def belongs(experiment: Experiment) -> bool:
    """Whether parity is checked: of what is tuned, of the first seed where there are several."""
    spec = experiment.spec
    asked = spec.finetune is not None and spec.parity is not None
    return asked and experiment.engine not in BASELESS and experiment.timed_as is experiment


def _reads(experiment: Experiment) -> Inputs:
    section = experiment.spec.parity
    return {
        "parity": None if section is None else section.model_dump(mode="json"),
        "infer": experiment.key("infer"),
    }


def _build(experiment: Experiment, answering: Answering, work: Path) -> None:
    """Write `served.json`: the conversations as token ids, and what each token scored.

    Raises:
        RunError: no conversation could be made.
    """
    spec, at = experiment.spec, experiment.folder
    if spec.parity is None or experiment.base_path is None:
        raise ValueError(f"{experiment.label} is not checked for parity")
    asked = drawn(spec.parity, list(read_samples(at("questions") / "test.jsonl")))
    said = {o.sample_id: o.text for o in read_outputs(at("infer") / "predictions.jsonl")}
    tokenizer = load_tokenizer(experiment.base_path)
    rows = conversations(tokenizer, asked, said, spec.model.max_length)
    if not rows:
        raise RunError(f"{experiment.label}: the chat template renders no conversation to compare")
    model = cast("LocalModel", answering.model(experiment)[0])
    base = cast("LocalModel | None", answering.base(experiment))
    write_json(
        work / SERVED,
        {
            "questions": [sample.id for sample in asked],
            "rows": rows,
            "base": None if base is None else bounded(base.logprobs(rows)),
            "adapter": bounded(model.logprobs(rows)),
        },
    )


STAGE = Stage(
    name="served", version=1, reads=_reads, build=_build, belongs=belongs, loads_base=True
)
