"""What an export reads of a run folder: its spec and summary, its training data, its adapter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.config.engines import BASELESS
from harness.config.sections import Finetune
from harness.errors import InputError
from harness.hub.names import model_name
from harness.models.adapter import CONFIG, check_adapter
from harness.models.loading import check_model
from harness.models.native import native_folder
from harness.spec import Spec, load_specs
from harness.store.files import read_json


@dataclass(frozen=True, slots=True)
class Finished:
    """A run whose model has weights, tuned or not.

    Args:
        folder: the run folder.
        spec: what it was run with.
        summary: its `summary.json`.
        base: folder of the base model.
    """

    folder: Path
    spec: Spec
    summary: Mapping[str, Any]
    base: Path

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self.summary["name"])

    @property
    def named_base(self) -> Path:
        """The folder that the spec names as its base: `base`, or what that was converted from."""
        return self.base if self.spec.base_path is None else self.spec.base_path

    @property
    def base_name(self) -> str:
        """The base as people know it: of a hub's, whose folder bears a commit, ORG/NAME."""
        return model_name(self.spec.model.base, self.named_base)

    @property
    def is_tuned(self) -> bool:
        """Whether it was trained."""
        return self.spec.finetune is not None

    @property
    def trained(self) -> Path:
        """The folder of what its training left behind, where it is tuned."""
        return self.folder / "stages" / "finetune" / self.recipe.yields

    @property
    def adapter(self) -> Path | None:
        """The folder of its adapter, absolute; `None` where it has none."""
        section = self.spec.finetune
        has_one = section is not None and section.yields == "adapter"
        return self.trained.absolute() if has_one else None

    @property
    def weights(self) -> Path:
        """The folder of its weights: the base's, or those that all of it became."""
        whole = self.is_tuned and self.adapter is None
        return self.trained.absolute() if whole else self.base

    @property
    def data(self) -> Path:
        """The rows that it was trained on, each with `messages`."""
        return self.folder / "stages" / "dataset" / "train.jsonl"

    @property
    def lora(self) -> Mapping[str, Any]:
        """The adapter's configuration, as peft wrote it; empty where it has none."""
        found: Mapping[str, Any] = {} if self.adapter is None else read_json(self.adapter / CONFIG)
        return found

    @property
    def recipe(self) -> Finetune:
        """How it was trained.

        Raises:
            InputError: it was not.
        """
        if self.spec.finetune is None:
            raise untuned(self.folder)
        return self.spec.finetune

    @property
    def quantized(self) -> bool:
        """Whether its base was held in few bits while it was trained."""
        return self.recipe.base_bits < 16

    def check_weights(self) -> None:
        """Refuse a run whose base, or adapter where it is tuned, is gone.

        Raises:
            InputError: one sentence saying what is missing.
        """
        if self.adapter is not None:
            check_adapter(self.adapter)
        elif self.is_tuned:
            check_model(self.weights)
        if not self.base.is_dir():
            raise InputError(f"{self.folder}: its base is no longer at {self.base}")

    def check_data(self) -> None:
        """Refuse a run whose training data is gone.

        Raises:
            InputError: it says where it was.
        """
        if not self.data.is_file():
            raise InputError(f"{self.folder}: its training data is no longer at {self.data}")


def untuned(folder: Path) -> InputError:
    """What to say of a run that has no adapter."""
    return InputError(f"{folder}: was not fine-tuned, so it has no weights of its own")


def open_run(folder: Path) -> Finished:
    """Read a run folder.

    Raises:
        InputError: it is no run folder, or its engine loads no weights.
        SpecError: its spec cannot be read.
    """
    for name in ("summary.json", "spec.yaml"):
        if not (folder / name).is_file():
            raise InputError(f"{folder}: no {name}, so this is no finished run")
    (spec,) = load_specs(folder / "spec.yaml")
    if spec.base_path is None or spec.model.engine in BASELESS:
        raise InputError(f"{folder}: its engine, {spec.model.engine}, has no weights")
    runs = (folder / "stages" / "questions").resolve().parent.parent
    base = native_folder(spec.base_path, runs)
    return Finished(folder, spec, read_json(folder / "summary.json"), base)


def open_tuned(folder: Path) -> Finished:
    """Read the run folder of an entry that was tuned.

    Raises:
        InputError: it is no run folder, or was not tuned.
        SpecError: its spec cannot be read.
    """
    run = open_run(folder)
    if not run.is_tuned:
        raise untuned(folder)
    return run
