"""Which layers LoRA is laid over: each name in a spec must be one of the model's."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from harness.errors import InputError, did_you_mean

ALL = "all-linear"
# Kinds of layers that peft lays LoRA over, by the names of their classes.
_KINDS = ("Linear", "Linear4bit", "Linear8bitLt", "Embedding", "Conv1D", "Conv1d", "Conv2d")


def check_targets(targets: str | Sequence[str], network: Any) -> None:
    """Refuse a target that matches no layer, as peft matches it.

    A list holds names, or the ends of names; a text by itself is a regular expression over whole
    names, or `all-linear`.

    Nor may one match the output head: the loss reads its weights, past any adapter, and where they
    are the embeddings' too (`tie_word_embeddings`), an adapter of one changes the other in a merge.

    Raises:
        InputError: it names the layers there are.
    """
    if targets == ALL:
        return
    layers = [name for name, layer in network.named_modules() if type(layer).__name__ in _KINDS]
    if isinstance(targets, str):
        _check_pattern(targets, layers)
    else:
        for target in targets:
            if not any(map(_matcher(target), layers)):
                raise InputError(
                    f"finetune.targets: {target!r} is no layer of the base{_hint(layers, target)}"
                )
    _check_head(targets, network)


def adapted(network: Any) -> dict[str, int]:
    """How many layers an adapter lies over, by the last part of their names."""
    from peft.tuners.tuners_utils import BaseTunerLayer

    names = (name for name, layer in network.named_modules() if isinstance(layer, BaseTunerLayer))
    return dict(sorted(Counter(name.rpartition(".")[2] for name in names).items()))


def _matcher(target: str) -> Callable[[str], object]:
    return lambda layer: layer == target or layer.endswith(f".{target}")


def _check_head(targets: str | Sequence[str], network: Any) -> None:
    """Refuse the output head, and embeddings that share its weights."""
    head, embeddings = network.get_output_embeddings(), network.get_input_embeddings()
    if head is None:
        return
    tied = head.weight is embeddings.weight
    if isinstance(targets, str):
        hits: dict[str, Callable[[str], object]] = {targets: re.compile(targets).fullmatch}
    else:
        hits = {target: _matcher(target) for target in targets}
    for name, layer in network.named_modules():
        target = next((target for target, hit in hits.items() if hit(name)), None)
        if target is None or (layer is not head and not (tied and layer is embeddings)):
            continue
        shares = " and shares its weights with the embeddings" if tied else ""
        what = f"is the output head{shares}"
        if layer is embeddings:
            what = "shares its weights with the output head (tie_word_embeddings)"
        raise InputError(f"finetune.targets: {target!r} {what}, which LoRA leaves alone: drop it")


def _check_pattern(pattern: str, layers: Sequence[str]) -> None:
    try:
        matches = re.compile(pattern).fullmatch
    except re.error as error:
        raise InputError(
            f"finetune.targets: {pattern!r} is no regular expression: {error}"
        ) from error
    if any(map(matches, layers)):
        return
    if pattern in _ends(layers):
        raise InputError(f"finetune.targets: write a layer's name in a list: [{pattern}]")
    raise InputError(
        f"finetune.targets: {pattern!r} matches no layer of the base{_hint(layers, pattern)}"
    )


def _hint(layers: Sequence[str], target: str) -> str:
    """The nearest name, and all that there are."""
    ends = _ends(layers)
    near = did_you_mean(target, ends)
    known = f" (known: {', '.join(ends)}, {ALL})"
    return near.rstrip(")") + f"; known: {', '.join(ends)}, {ALL})" if "mean" in near else known


def _ends(layers: Sequence[str]) -> list[str]:
    """The last parts of the layers' names, each once."""
    return sorted({layer.rpartition(".")[2] for layer in layers})
