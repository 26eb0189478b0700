"""Folders whose architecture comes with code: converted once to one that loads without it.

The one family so far is InternLM2 (`harness.models.internlm2`). What is made lies in the store, as
a stage of its own, named by the digest of its source; so it is made once, by one process, wholly
or not at all.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.models.folder import MODEL_FILES, check_model_folder, weight_files
from harness.models.internlm2.convert import VERSION, convert
from harness.models.internlm2.settings import KIND
from harness.models.settings import read_object
from harness.models.tensors import check_finite
from harness.store.digests import digest_value
from harness.store.store import Store

STAGE = "convert"
_MODEL = "model"  # its folder in the stage's


def comes_with_code(folder: Path) -> bool:
    """Whether a folder holds a model that is converted before anything loads it."""
    try:
        return read_object(folder / "config.json").get("model_type") == KIND
    except InputError:
        return False  # what is wrong with it is told by whoever checks it


def native_folder(folder: Path, runs: Path) -> Path:
    """The folder that engines load for a model folder: itself, or what it is converted to.

    Args:
        folder: a model.
        runs: root of the store, which keeps what is made.

    Raises:
        InputError: the folder is not whole, or holds what the conversion does not know.
        MissingDependency: sentencepiece is not installed.
        StoreError: the disk refuses.
    """
    if not comes_with_code(folder):
        return folder
    store = Store(runs)
    made = store.make(STAGE, _inputs(folder, store), lambda work: convert(folder, work / _MODEL))
    return made / _MODEL


def model_digest(folder: Path, store: Store) -> str:
    """What a model that is loaded from a folder depends on; nothing is converted for it.

    Raises:
        InputError: the folder is not whole, or its weights hold what is no number.
    """
    foreign = comes_with_code(folder)
    check_model_folder(folder, code_unread=foreign)
    for path in weight_files(folder):
        store.once("finite", path, check_finite)
    return digest_value(_inputs(folder, store)) if foreign else store.digest(folder, MODEL_FILES)


def _inputs(folder: Path, store: Store) -> dict[str, Any]:
    """Everything that decides what a conversion writes."""
    return {
        "version": VERSION,
        "from": KIND,
        "to": "llama",
        "source": store.digest(folder, MODEL_FILES),
    }
