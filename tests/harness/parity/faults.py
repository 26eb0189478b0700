"""What goes wrong between training and serving: each takes an adapter, and serves another model.

One list, so that they can be counted. A fault writes what is served in the adapter's place, base
and adapter, into a folder of its own.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from harness.models.merge import merge
from tests.harness.parity.made import TINY, Adapter, make

WEIGHTS = "adapter_model.safetensors"
CONFIG = "adapter_config.json"
_LAYER = re.compile(r"layers\.(\d+)\.")


class Served(NamedTuple):
    """What answers: a base, and an adapter beside it where there is one."""

    base: Path
    adapter: Path | None


# An adapter's recipe, its folder, and a folder to write to.
Fault = Callable[[Adapter, Path, Path], Served]


def _edited(adapter: Path, out: Path, edit: Callable[[dict[str, Any]], dict[str, Any]]) -> Served:
    """A copy of an adapter with other weights."""
    from safetensors.torch import load_file, save_file

    shutil.copytree(adapter, out)
    weights = edit(load_file(out / WEIGHTS))
    save_file({name: one.contiguous() for name, one in weights.items()}, out / WEIGHTS)
    return Served(TINY, out)


def _set(adapter: Path, out: Path, **values: Any) -> Served:
    """A copy of an adapter with another configuration."""
    shutil.copytree(adapter, out)
    config = json.loads((out / CONFIG).read_text("utf-8"))
    (out / CONFIG).write_text(json.dumps(config | values), "utf-8")
    return Served(TINY, out)


def _without(names: Callable[[str], bool]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Weights whose second factor is zero in the layers of some names."""
    return lambda weights: {
        name: one * 0 if "lora_B" in name and names(name) else one for name, one in weights.items()
    }


def _number(name: str) -> int:
    found = _LAYER.search(name)
    return int(found[1]) if found else -1


def ignored(_: Adapter, __: Path, ___: Path) -> Served:
    """The engine answers with its base."""
    return Served(TINY, None)


def zeroed(_: Adapter, adapter: Path, out: Path) -> Served:
    """All second factors are zero, as before the first step."""
    return _edited(adapter, out, _without(lambda _: True))


def other_seed(made: Adapter, _: Path, out: Path) -> Served:
    """The adapter of another seed of the recipe."""
    return Served(TINY, make(replace(made, seed=made.seed + 100), out))


def other_recipe(made: Adapter, _: Path, out: Path) -> Served:
    """The adapter of another recipe."""
    return Served(TINY, make(replace(made, seed=made.seed + 200, rank=4, alpha=8), out))


def alpha_doubled(made: Adapter, adapter: Path, out: Path) -> Served:
    """Twice the scale."""
    return _set(adapter, out, lora_alpha=2 * made.alpha)


def alpha_halved(made: Adapter, adapter: Path, out: Path) -> Served:
    """Half the scale."""
    return _set(adapter, out, lora_alpha=made.alpha / 2)


def scale_forgotten(made: Adapter, adapter: Path, out: Path) -> Served:
    """The scale is 1, whatever alpha and rank say."""
    return _set(adapter, out, lora_alpha=made.rank)


def scaled_by_the_root(_: Adapter, adapter: Path, out: Path) -> Served:
    """The scale is alpha over the root of the rank."""
    return _set(adapter, out, use_rslora=True)


def half_of_the_layers(_: Adapter, adapter: Path, out: Path) -> Served:
    """Every second layer has lost its part."""
    return _edited(adapter, out, _without(lambda name: _number(name) % 2 == 1))


def last_layer(_: Adapter, adapter: Path, out: Path) -> Served:
    """The last of the layers has lost its part."""
    last = json.loads((TINY / "config.json").read_text("utf-8"))["num_hidden_layers"] - 1
    return _edited(adapter, out, _without(lambda name: _number(name) == last))


def attention_alone(_: Adapter, adapter: Path, out: Path) -> Served:
    """The feed-forward layers have lost their part."""
    return _edited(adapter, out, _without(lambda name: ".mlp." in name))


def values_lost(_: Adapter, adapter: Path, out: Path) -> Served:
    """Of the fused q, k and v only q and k have got theirs."""
    return _edited(adapter, out, _without(lambda name: ".v_proj." in name))


def transposed(_: Adapter, adapter: Path, out: Path) -> Served:
    """The second factors are read column by column."""
    return _edited(
        adapter,
        out,
        lambda weights: {
            name: one.T.reshape(one.shape) if "lora_B" in name else one
            for name, one in weights.items()
        },
    )


def turned(_: Adapter, adapter: Path, out: Path) -> Served:
    """The sign is wrong: it was subtracted."""
    return _edited(
        adapter,
        out,
        lambda weights: {name: -one if "lora_B" in name else one for name, one in weights.items()},
    )


def layers_shifted(_: Adapter, adapter: Path, out: Path) -> Served:
    """Each layer has got the part of its neighbour."""
    layers = json.loads((TINY / "config.json").read_text("utf-8"))["num_hidden_layers"]

    def shift(weights: dict[str, Any]) -> dict[str, Any]:
        return {
            _LAYER.sub(f"layers.{(_number(name) + 1) % layers}.", name): one
            for name, one in weights.items()
        }

    return _edited(adapter, out, shift)


def merged_twice(_: Adapter, adapter: Path, out: Path) -> Served:
    """The adapter beside a base that holds it already."""
    merge(TINY, adapter, out)
    return Served(out, adapter)


def merge_lost(_: Adapter, adapter: Path, out: Path) -> Served:
    """Merged weights in which half of the layers are the base's."""
    halved = half_of_the_layers(_, adapter, out / "half").adapter
    merge(TINY, halved or adapter, out / "merged")
    return Served(out / "merged", None)


def merge_of_another(made: Adapter, _: Path, out: Path) -> Served:
    """Merged weights of another seed's adapter."""
    merge(TINY, make(replace(made, seed=made.seed + 300), out / "other"), out / "merged")
    return Served(out / "merged", None)


def other_base(_: Adapter, adapter: Path, out: Path) -> Served:
    """The adapter beside another base of the same shape."""
    from safetensors.torch import load_file, save_file

    shutil.copytree(TINY, out)
    weights = load_file(out / "model.safetensors")
    other = {
        name: one + one.std() * 0.2 * one.sign().roll(1, 0) if one.dim() == 2 else one
        for name, one in weights.items()
    }
    save_file(
        {n: w.contiguous() for n, w in other.items()}, out / "model.safetensors", {"format": "pt"}
    )
    return Served(out, adapter)


FAULTS: Mapping[str, Fault] = {
    fault.__name__: fault
    for fault in (
        ignored, zeroed, other_seed, other_recipe, alpha_doubled, alpha_halved, scale_forgotten,
        scaled_by_the_root, half_of_the_layers, last_layer, attention_alone, values_lost,
        transposed, turned, layers_shifted, merged_twice, merge_lost, merge_of_another, other_base,
    )
}  # fmt: skip
# As many recipes as are honest: ranks, scales, layers, strengths.
HONEST: tuple[Adapter, ...] = (
    *(Adapter(seed=n, spread=s) for n, s in enumerate((0.05, 0.07, 0.1, 0.15))),
    *(Adapter(seed=n, rank=r, alpha=2 * r) for n, r in enumerate((1, 2, 4, 16, 32, 64), start=10)),
    *(Adapter(seed=n, alpha=a) for n, a in enumerate((12, 24, 32), start=20)),
    Adapter(seed=30, targets=("q_proj", "v_proj"), spread=0.15),
    Adapter(seed=31, targets=("o_proj",), spread=0.15),
    Adapter(seed=32, targets=("gate_proj", "up_proj", "down_proj"), spread=0.1),
    Adapter(seed=33, targets=("down_proj",), spread=0.15),
    Adapter(seed=34, dora=True),
    Adapter(seed=35, rslora=True),
    Adapter(seed=36, rank=32, rslora=True, spread=0.02),
)  # fmt: skip
# What hardly changes anything: it may be told to be unclear, and is no failure.
WEAK: tuple[Adapter, ...] = (Adapter(seed=40, spread=0.003), Adapter(seed=41, spread=0.015))
