"""A whole model, trained: saved as its base is, so that whatever loads the base loads it too."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from harness.models.folder import PICKLES, weight_files
from harness.models.saving import Saving
from harness.models.settings import read_object
from harness.models.tensors import check_finite

_CONFIG = "config.json"


def save_whole(network: Any, base: Path, out: Path) -> None:
    """Write a model folder: the network's weights, and everything else of its base.

    A network is learned in float32; it is stored in what the base is stored in.

    Raises:
        InputError: it holds numbers that are not finite.
        StoreError: the disk refuses.
    """
    with Saving(out):
        network.save_pretrained(out, state_dict=_as_stored(network, stored_dtype(base)))
        copy_rest(base, out)
        shutil.copy2(base / _CONFIG, out / _CONFIG)  # with the dtype of the weights as they are
    for path in weight_files(out):
        check_finite(path)


def copy_rest(base: Path, out: Path) -> None:
    """Copy what is no weights: tokenizer, template and generation settings, byte for byte."""
    for path in base.iterdir():
        if path.is_file() and not _is_weights(path) and path.name != _CONFIG:
            shutil.copy2(path, out / path.name)


def stored_dtype(base: Path) -> str:
    """The type that `config.json` says the weights are stored in; empty where it says none."""
    config = read_object(base / _CONFIG)
    said = config.get("dtype", config.get("torch_dtype"))
    return said.removeprefix("torch.") if isinstance(said, str) else ""


def _as_stored(network: Any, dtype: str) -> dict[str, Any]:
    """The weights in a type; those that are one tensor, as tied embeddings and head, stay one."""
    import torch

    kind = getattr(torch, dtype, None)
    cast: dict[int, Any] = {}
    return {
        name: cast.setdefault(
            tensor.data_ptr(),
            tensor.to(kind) if kind is not None and tensor.is_floating_point() else tensor,
        )
        for name, tensor in network.state_dict().items()
    }


def _is_weights(path: Path) -> bool:
    """Whether a file holds weights, or says where they lie."""
    return path.suffix in (".safetensors", *PICKLES) or path.name.endswith(".index.json")
