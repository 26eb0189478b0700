"""However a step's rows are cut into batches and parts, it teaches the same."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

import pytest

from harness.config.sections import Finetune, Runtime
from harness.finetune import fitting, memory, recipe
from harness.finetune.fitting import Plan, plan
from harness.finetune.memory import Batch, Shape, forecast, setup_of, shape_of
from harness.finetune.parts import PARTS, Parts, split
from harness.finetune.train import Data, finetune
from harness.models.settings import read_object
from harness.store.files import read_json

RECIPE = Finetune(
    rank=4,
    lr=1e-3,
    schedule="constant",
    warmup=0,
    epochs=2,
    batch_size=6,
    max_length=128,
    dtype="float32",  # in bfloat16, which some processors choose, sums differ by their order
)


def trained(section: Finetune, base: Path, rows: Path, work: Path) -> tuple[Any, dict[str, Any]]:
    """The tensors of an adapter, and what is told of its training."""
    from safetensors.torch import load_file

    work.mkdir()
    finetune(section, Runtime(), base, Data(rows, work / "none.jsonl"), "parts", work)
    return load_file(work / "adapter" / "adapter_model.safetensors"), {
        **read_json(work / "training.json"), **read_json(work / "loss.json"),
    }  # fmt: skip


def assert_alike(one: tuple[Any, dict[str, Any]], other: tuple[Any, dict[str, Any]]) -> None:
    """The same losses and the same adapter; Adam makes the last bits of small gradients larger."""
    assert one[1]["loss"] == pytest.approx(other[1]["loss"], abs=1e-5)
    for name, tensor in one[0].items():
        assert float((tensor - other[0][name]).abs().max()) < 2e-5, name


@pytest.fixture(scope="module")
def whole(
    small_base: Path, train_rows: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Any, dict[str, Any]]:
    """Trained with six rows a step in one batch."""
    return trained(RECIPE, small_base, train_rows, tmp_path_factory.mktemp("parts") / "whole")


def test_batches_of_unequal_lengths_add_up_to_one_large_one(
    whole: tuple[Any, dict[str, Any]], small_base: Path, train_rows: Path, tmp_path: Path
) -> None:
    section = RECIPE.model_copy(update={"batch_size": 1, "accumulate": 6})
    assert_alike(trained(section, small_base, train_rows, tmp_path / "work"), whole)


def test_a_batch_that_does_not_fit_is_computed_in_parts_and_teaches_the_same(
    whole: tuple[Any, dict[str, Any]], small_base: Path, train_rows: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setattr(recipe, "load_network", cramped)
    section = RECIPE.model_copy(update={"batch_size": 3, "accumulate": 2})
    with caplog.at_level(logging.WARNING, logger="podium"):
        found = trained(section, small_base, train_rows, tmp_path / "work")
    told = [m for m in caplog.messages if "not fit" in m]
    numbers = [list(map(int, re.findall("[0-9]+", message))) for message in told]
    assert numbers, "memory never ran out"
    for rows, width, tokens in numbers:
        assert rows > 1
        assert tokens == rows * width // 2
    assert found[1]["tokens_at_once"] == numbers[-1][2]
    assert_alike(found, whole)


def cramped(*args: Any, **options: Any) -> Any:
    """A base whose second layer has room for one row, from the second batch on."""
    import torch

    from harness.models.loading import load_network

    network, seen = load_network(*args, **options), iter(range(1000))

    def full(layer: Any, inputs: Any, output: Any) -> None:  # noqa: ARG001 - torch's
        if output.requires_grad:
            output.register_hook(refuse)

    def refuse(gradient: Any) -> None:
        if next(seen) and len(gradient) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory")

    network.model.layers[0].register_forward_hook(full)
    return network


def test_what_does_not_fit_row_by_row_is_an_error() -> None:
    import torch

    def never(_: Any) -> Any:
        raise torch.OutOfMemoryError("CUDA out of memory")

    parts, forgotten = Parts(), []
    batch = {
        "input_ids": torch.ones(4, 5, dtype=torch.long),
        "attention_mask": torch.ones(4, 5, dtype=torch.long),
    }
    with pytest.raises(torch.OutOfMemoryError):
        parts.compute(0, batch, never, lambda: forgotten.append(1))
    assert parts.tokens == 5
    assert forgotten == [1, 1]


def test_another_error_is_none_of_memory() -> None:
    def wrong(_: Any) -> Any:
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    parts = Parts()
    with pytest.raises(RuntimeError, match="mat1"):
        parts.compute(0, {"input_ids": [1, 2]}, wrong, lambda: None)
    assert parts.tokens is None


@pytest.mark.parametrize(
    ("tokens", "shapes"),
    [
        (None, [(4, 5)]),
        (20, [(4, 5)]),
        (19, [(3, 5), (1, 2)]),
        (10, [(2, 5), (2, 3)]),
        (8, [(1, 5), (2, 4), (1, 2)]),
        (1, [(1, 5), (1, 4), (1, 3), (1, 2)]),
    ],
)
def test_parts_take_no_more_than_they_may_and_are_as_wide_as_their_longest_row(
    tokens: int | None, shapes: list[tuple[int, int]]
) -> None:
    import torch

    widths = torch.tensor([5, 4, 3, 2])
    mask = (torch.arange(5)[None] < widths[:, None]).long()
    batch = {"input_ids": torch.arange(20).reshape(4, 5) * mask, "attention_mask": mask}
    found = list(split(batch, tokens))
    assert [tuple(part["input_ids"].shape) for part in found] == shapes
    learned = [number for part in found for row in part["input_ids"].tolist() for number in row]
    assert sorted(filter(None, learned)) == sorted(filter(None, batch["input_ids"].view(-1)))


def test_how_much_is_computed_at_once_is_kept_in_checkpoints(tmp_path: Path) -> None:
    Parts(None, 300).save(tmp_path)
    assert read_json(tmp_path / PARTS) == {"tokens": 300}
    assert Parts(tmp_path).tokens == 300
    assert Parts(tmp_path, 500).tokens == 300
    assert (Parts(None).tokens, Parts(None, 3).tokens) == (None, 3)
    Parts().save(tmp_path)
    assert Parts(tmp_path, 500).tokens is None


def small(base: Path) -> Shape:
    shape = shape_of(read_object(base / "config.json"))
    assert shape is not None
    return shape


@pytest.mark.parametrize(("share", "rows"), [(1.1, 32), (0.6, 19), (0.35, 11), (0.0, 1)])
def test_auto_begins_with_as_many_rows_as_are_forecast_to_fit(
    share: float, rows: int, small_base: Path, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(logging.INFO, "podium")
    section = Finetune(rank=4, batch_size="auto", dtype="float32", max_length=256)
    shape = small(small_base)
    setup = setup_of(section, shape, gpu=False, computed=4)
    whole, none = (forecast(shape, setup, Batch(n, 200, n * 200)).peak for n in (32, 0))
    free = (none + share * (whole - none)) / 0.9 if share else 0.0
    monkeypatch.setattr(fitting, "free_bytes", lambda: int(free))
    expected = Plan(checkpointed=False, tokens=None if rows == 32 else rows * 200)
    assert plan(section, small_base, [200, 30]) == expected
    assert ("rows of a step are computed" in caplog.text) == (rows < 32)
    fixed = section.model_copy(update={"batch_size": 32})
    assert plan(fixed, small_base, [200]) == Plan(checkpointed=False)


@pytest.mark.parametrize(
    ("kept", "changes", "expected"),
    [
        (1.0, {}, Plan(False)),
        (0.5, {}, Plan(False, 3 * 200)),
        (0.1, {}, Plan(True)),  # not even one row
        (0.5, {"gradient_checkpointing": True}, Plan(True)),
        (0.1, {"gradient_checkpointing": False}, Plan(False)),
        (0.5, {"packing": True}, Plan(True)),  # a packed batch is one row
    ],
)
def test_what_would_keep_much_is_cut_before_it_is_computed_again(
    kept: float, changes: dict[str, Any], expected: Plan, small_base: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Six rows of 200 tokens where so much of what they keep may be kept."""
    section = RECIPE.model_copy(update=changes)
    shape = small(small_base)
    whole = setup_of(
        RECIPE.model_copy(update={"gradient_checkpointing": False}), shape, gpu=False, computed=4
    )
    bytes_kept = forecast(shape, whole, Batch(6, 200, 1200)).activations
    monkeypatch.setattr(memory, "_KEPT_AT_MOST", kept * bytes_kept + 1)
    assert plan(section, small_base, [200, 60]) == expected
    monkeypatch.setenv("WORLD_SIZE", "2")
    together = Plan(True) if expected.tokens else expected
    assert plan(section, small_base, [200, 60]) == together


def test_cut_batches_teach_the_same(
    whole: tuple[Any, dict[str, Any]], small_base: Path, train_rows: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(memory, "_KEPT_AT_MOST", 3 * 2**20)
    found = trained(RECIPE, small_base, train_rows, tmp_path / "work")
    assert found[1]["checkpointed"] is False
    assert 0 < found[1]["tokens_at_once"] < 6 * found[1]["longest_row"]
    assert_alike(found, whole)


def test_auto_teaches_the_same_however_little_is_free(
    small_base: Path, train_rows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = RECIPE.model_copy(update={"batch_size": "auto"})
    whole = trained(section, small_base, train_rows, tmp_path / "whole")
    monkeypatch.setattr(fitting, "free_bytes", lambda: 0)
    cramped = trained(section, small_base, train_rows, tmp_path / "cramped")
    assert whole[1]["tokens_at_once"] is None
    assert cramped[1]["tokens_at_once"] == cramped[1]["longest_row"]
    assert_alike(cramped, whole)
