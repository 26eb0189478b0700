"""Adapters multiplied one by one, against vLLM's own functions."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from harness.models import cpu_lora

torch = pytest.importorskip("torch")

TOKENS, ADAPTERS, IN, RANK = 40, 3, 16, 4
# One adapter for all, some in few runs, and one after the other.
NUMBERS = ([1] * TOKENS, [0] * 9 + [2] * 11 + [0] * 20, [n % 3 for n in range(TOKENS)])


@pytest.fixture(scope="module")
def theirs() -> object:
    pytest.importorskip("vllm")
    found = importlib.import_module("vllm.lora.ops.torch_ops.lora_ops")
    names = ("bgmv_shrink", "bgmv_expand", "bgmv_expand_slice")
    if any(getattr(found, name).__module__ != found.__name__ for name in names):
        pytest.skip("an engine of this process has put ours in their place")
    return found


def numbers(*shape: int) -> Any:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape)))


@pytest.mark.parametrize("which", NUMBERS)
@pytest.mark.parametrize("nested", [True, False])
def test_each_says_what_vllm_says(theirs: object, which: list[int], nested: bool) -> None:
    of = torch.tensor(which)
    shape = (ADAPTERS, 1) if nested else (ADAPTERS,)
    down, up = numbers(*shape, RANK, IN), numbers(*shape, IN, RANK)
    inputs, between = numbers(TOKENS, IN), numbers(TOKENS, RANK)
    cases = [
        ("bgmv_shrink", (inputs, down), numbers(TOKENS, RANK), (0.5,)),
        *(("bgmv_expand", (between, up), numbers(TOKENS, IN), (add,)) for add in (True, False)),
        *(
            ("bgmv_expand_slice", (between, up), numbers(TOKENS, 3 * IN), (IN, IN, add))
            for add in (True, False)
        ),
    ]
    for name, given, output, more in cases:
        expected, found = output.clone(), output.clone()
        getattr(theirs, name)(*given, expected, of, *more)
        getattr(cpu_lora, name)(*given, found, of, *more)
        torch.testing.assert_close(found, expected, msg=name)


def test_a_token_without_an_adapter_gets_nothing() -> None:
    for of in ([-1, 1, -1], [-1, 1] * TOKENS):
        found = cpu_lora.multiplied(
            numbers(len(of), IN), numbers(2, RANK, IN), torch.tensor(of), torch.float32
        )
        assert found[torch.tensor(of) < 0].abs().sum() == 0
        assert found[1].abs().sum() > 0


@pytest.mark.usefixtures("theirs")
def test_vllm_multiplies_so_once_it_is_told() -> None:
    kept = [importlib.import_module(name) for name in cpu_lora._MODULES]
    names = ("bgmv_shrink", "bgmv_expand", "bgmv_expand_slice")
    before = [[getattr(module, name) for name in names] for module in kept]
    try:
        cpu_lora.use_grouped()
        for module in kept:
            assert [getattr(module, name) for name in names] == [
                getattr(cpu_lora, name) for name in names
            ]
    finally:
        for module, functions in zip(kept, before, strict=True):
            for name, function in zip(names, functions, strict=True):
                setattr(module, name, function)
