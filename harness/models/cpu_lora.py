"""What vLLM multiplies adapters with on a processor, adapter by adapter.

Its own way copies an adapter's matrices once for every token of a batch before it multiplies, some
hundred megabytes a layer: several times the work of the base itself. Sums differ by rounding.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

# Runs of tokens that are cheaper to take one by one than to gather by adapter.
_MOST_RUNS = 16
# Where vLLM keeps them, and where it has taken their names.
_MODULES = ("vllm.lora.ops.torch_ops.lora_ops", "vllm.lora.punica_wrapper.punica_cpu")


def bgmv_shrink(
    inputs: Any, lora_b_weights: Any, output_tensor: Any, lora_indices_tensor: Any,
    scaling: float = 1.0,
) -> None:  # fmt: skip
    """Into an adapter's rank: tokens × rank, scaled, written to `output_tensor`."""
    outputs = multiplied(inputs, lora_b_weights, lora_indices_tensor, output_tensor.dtype)
    output_tensor[:, : outputs.shape[1]] = scaling * outputs


def bgmv_expand(
    inputs: Any, lora_b_weights: Any, output_tensor: Any, lora_indices_tensor: Any,
    add_inputs: bool = True,
) -> None:  # fmt: skip
    """Out of an adapter's rank: tokens × outputs, as far as `output_tensor` reaches."""
    outputs = multiplied(inputs, lora_b_weights, lora_indices_tensor, output_tensor.dtype)
    rows = 1 if outputs.shape[0] == 1 else output_tensor.shape[0]
    common = min(outputs.shape[1], output_tensor.shape[1])
    _put(output_tensor[:, :common], outputs[:rows, :common], add=add_inputs)


def bgmv_expand_slice(
    inputs: Any, lora_b_weights: Any, output_tensor: Any, lora_indices_tensor: Any,
    slice_offset: int, slice_size: int, add_inputs: bool = True,
) -> None:  # fmt: skip
    """The same into some columns of `output_tensor`: those of a query, key or value."""
    outputs = multiplied(inputs, lora_b_weights, lora_indices_tensor, output_tensor.dtype)
    _put(output_tensor[:, slice_offset : slice_offset + slice_size], outputs, add=add_inputs)


def multiplied(inputs: Any, weights: Any, numbers: Any, dtype: Any) -> Any:
    """Each token's input times the matrix of its adapter; zero where it has none.

    Args:
        inputs: tokens × inputs.
        weights: adapters × 1 × outputs × inputs, or without the 1.
        numbers: the adapter of each token; -1 for none.
        dtype: to multiply in.
    """
    import torch

    weights = weights.squeeze(dim=1) if weights.dim() == 4 else weights
    inputs = inputs.to(dtype=dtype)
    outputs = inputs.new_zeros(inputs.shape[0], weights.shape[1])
    for number, rows in _places(numbers):
        matrix = weights[number].to(dtype=dtype).T
        if isinstance(rows, slice):
            torch.mm(inputs[rows], matrix, out=outputs[rows])
        else:
            outputs[rows] = inputs[rows] @ matrix
    return outputs


def _places(numbers: Any) -> Iterator[tuple[int, Any]]:
    """Which tokens each adapter has: as a slice for each run of them, where the runs are few."""
    import torch

    found, counts = torch.unique_consecutive(numbers, return_counts=True)
    runs = list(zip(found.tolist(), counts.tolist(), strict=True))
    if len(runs) > _MOST_RUNS:
        for number in torch.unique(numbers).tolist():
            if number >= 0:
                yield number, (numbers == number).nonzero().squeeze(dim=1)
        return
    begin = 0
    for number, count in runs:
        if number >= 0:
            yield number, slice(begin, begin + count)
        begin += count


def use_grouped() -> None:
    """Have vLLM multiply so from now on; another version whose functions differ is left alone."""
    import importlib

    modules = [importlib.import_module(name) for name in _MODULES]
    for ours in (bgmv_shrink, bgmv_expand, bgmv_expand_slice):
        for module in modules:
            theirs = getattr(module, ours.__name__, None)
            if theirs is not None and _parameters(theirs) == _parameters(ours):
                setattr(module, ours.__name__, ours)


def _parameters(function: Any) -> list[str]:
    return list(inspect.signature(function).parameters)


def _put(place: Any, outputs: Any, *, add: bool) -> None:
    if add:
        place += outputs
    else:
        place[:] = outputs
