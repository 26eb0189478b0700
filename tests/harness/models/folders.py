"""Model folders made from the tiny base, whole or broken in one place."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import struct
import tempfile
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from harness.spec import BASELINES

TINY = BASELINES / "tiny-qwen2"
WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"
Weights = dict[str, tuple[str, list[int], bytes]]


def copy(at: Path) -> Path:
    """A whole model; its weights are one file with the tiny base's."""
    at.mkdir(parents=True)
    for path in TINY.iterdir():
        if path.name == WEIGHTS:
            link(_own_weights(), at / path.name)
        else:
            shutil.copy(path, at / path.name)
    return at


@lru_cache
def _own_weights() -> Path:
    """A copy of the tiny base's weights, for links: the file in the repository stays alone."""
    folder = Path(tempfile.mkdtemp(prefix="podium-weights-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(shutil.copy(TINY / WEIGHTS, folder))


def link(source: Path, at: Path) -> None:
    """One file under two names, where the disk can; it must not be written to."""
    try:
        os.link(source, at)
    except OSError:
        shutil.copy(source, at)


def change(path: Path, **values: Any) -> None:
    """Lay values over a JSON file; `...` takes a key away."""
    tree = json.loads(path.read_text("utf-8")) | values
    path.write_text(json.dumps({k: v for k, v in tree.items() if v is not ...}), "utf-8")


def weights() -> Weights:
    """The tiny base's tensors: type, shape and bytes of each."""
    data = (TINY / WEIGHTS).read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    body = data[8 + length :]
    return {
        name: (at["dtype"], at["shape"], body[slice(*at["data_offsets"])])
        for name, at in header.items()
    }


def write_weights(path: Path, tensors: Mapping[str, tuple[str, list[int], bytes]]) -> None:
    """A safetensors file."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    at = 0
    for name, (dtype, shape, data) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + len(data)]}
        at += len(data)
    text = json.dumps(header).encode()
    path.unlink(missing_ok=True)
    parts = [struct.pack("<Q", len(text)), text, *(data for *_, data in tensors.values())]
    path.write_bytes(b"".join(parts))


def reweigh(folder: Path, edit: Callable[[Weights], Weights]) -> Path:
    """Change the weights of a copy."""
    write_weights(folder / WEIGHTS, edit(weights()))
    return folder


def shard(folder: Path) -> dict[str, str]:
    """Split a copy's weights into two files with an index; return the index's map."""
    tensors = weights()
    names = sorted(tensors)
    files = {name: f"model-0000{1 + (i % 2)}-of-00002.safetensors" for i, name in enumerate(names)}
    for file in sorted(set(files.values())):
        write_weights(folder / file, {n: tensors[n] for n in names if files[n] == file})
    (folder / WEIGHTS).unlink()
    (folder / INDEX).write_text(json.dumps({"metadata": {}, "weight_map": files}), "utf-8")
    return files
