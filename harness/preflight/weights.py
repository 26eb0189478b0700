"""The weights of a base and of an adapter: numbers that cannot be meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.hub.names import model_name
from harness.models.adapter import CONFIG, check_adapter
from harness.models.adapter import WEIGHTS as ADAPTER
from harness.models.folder import weight_files
from harness.models.settings import read_object
from harness.models.tensors import Tensor, check_safetensors
from harness.preflight.problem import Problem, error, listed, note, warning

_CHUNK = 2**20  # bytes
_PART = re.compile(
    r"^base_model\.model\.(?P<layer>.+)\.lora_(?:embedding_)?(?P<part>[AB])(?:\.weight)?$"
)


def check_zero_layers(folder: Path) -> Iterator[Problem]:
    """Layers of a base that are zero throughout: what passes through them is lost."""
    zero = [
        name
        for path in weight_files(folder)
        for name, tensor in check_safetensors(path).items()
        if len(tensor.shape) > 1 and _is_zero(path, tensor)
    ]
    if zero:
        yield error(
            "zero-layer", f"{listed(zero)} of the base's weights are zero throughout",
            "take the weights again from where they came", count=len(zero),
        )  # fmt: skip


def _is_zero(path: Path, tensor: Tensor) -> bool:
    """Whether every byte of a tensor is 0; the first other one ends the reading."""
    with path.open("rb") as file:
        file.seek(tensor.begin)
        left = tensor.end - tensor.begin
        while left > 0:
            read = file.read(min(_CHUNK, left))
            if not read or any(read):
                return False
            left -= len(read)
    return True


def check_adapter_fits(
    adapter: Path, base: Path, network: Any, named: str | None
) -> Iterator[Problem]:
    """An adapter that is broken, of another base, or that changes nothing.

    Args:
        adapter: its folder.
        base: the folder that it would be laid over.
        network: that base, with or without numbers.
        named: that base, as the spec names it.
    """
    try:
        check_adapter(adapter)
    except InputError as refused:
        yield error("adapter-broken", str(refused), "train it again")
        return
    header = check_safetensors(adapter / ADAPTER)
    yield from check_shapes(adapter, header, network)
    yield from check_dead(adapter, header)
    yield from check_base_name(adapter, base, named)


def check_base_name(adapter: Path, base: Path, named: str | None) -> Iterator[Problem]:
    """The base that an adapter says it was trained on.

    Folders of one model differ between machines and caches, so it goes by the model's name.

    Args:
        adapter: its folder.
        base: the folder that it would be laid over, which may be a conversion of the one named.
        named: that base, as the spec names it.
    """
    said = read_object(adapter / CONFIG).get("base_model_name_or_path")
    if not isinstance(said, str) or not said:
        return
    trained, asked = model_name(None, Path(said)), model_name(named, Path(named or base))
    if _short(trained) not in (_short(asked), _short(model_name(None, base))):
        yield warning(
            "adapter-names-other-base",
            f"{adapter / CONFIG} was trained on {trained!r}, and model.base is {asked!r}",
            "name the base that it was trained on", field="model.base",
        )  # fmt: skip


def _short(name: str) -> str:
    """A model's name without its owner, which many tools leave out."""
    return name.rpartition("/")[2]


def check_shapes(adapter: Path, header: Mapping[str, Tensor], network: Any) -> Iterator[Problem]:
    """Layers that the base lacks, or has in another shape."""
    layers = dict(network.named_modules())
    missing, other = [], []
    for name, tensor in header.items():
        found = _PART.match(name)
        if found is None:
            continue
        layer = layers.get(found["layer"])
        if layer is None:
            missing.append(found["layer"])
        elif not name.count("embedding") and not _fits(layer, found["part"], tensor.shape):
            other.append(found["layer"])
    gone, other = sorted(set(missing)), sorted(set(other))
    if gone or other:
        what = f"has no {listed(gone)}" if gone else f"has {listed(other)} in another shape"
        yield error(
            "adapter-of-other-base", f"{adapter} was made for another base: model.base {what}",
            "name the base that it was trained on", field="model.base",
            count=len(gone) + len(other),
        )  # fmt: skip


def _fits(layer: Any, part: str, shape: tuple[int, ...]) -> bool:
    weight = getattr(layer, "weight", None)
    if weight is None or weight.ndim != 2 or len(shape) != 2:
        return True
    out, into = weight.shape
    return bool(shape[1] == into if part == "A" else shape[0] == out)


def check_dead(adapter: Path, header: Mapping[str, Tensor]) -> Iterator[Problem]:
    """Modules of an adapter that change nothing: one of their two factors is zero throughout."""
    modules: dict[str, bool] = {}
    for name, tensor in header.items():
        found = _PART.match(name)
        layer = name if found is None else found["layer"]
        dead = _is_zero(adapter / ADAPTER, tensor)
        modules[layer] = modules.get(layer, False) or dead
    zero = [layer for layer, dead in modules.items() if dead]
    if zero:
        yield error(
            "adapter-dead",
            f"{len(zero)} of {len(modules)} modules of {adapter} change nothing, such as "
            f"{listed(zero)}",
            "train it again: no gradient has reached them", count=len(zero),
        )  # fmt: skip
    else:
        yield note("adapter", f"each of {len(modules)} modules of {adapter.name} changes the base")
