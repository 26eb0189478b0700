"""However a step's rows are cut into batches and parts, it teaches the same."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

import pytest

from harness.config.sections import Finetune, Runtime
from harness.finetune import fitting, recipe
from harness.finetune.fitting import parts_to_begin_with
from harness.finetune.memory import Batch, forecast, setup_of, shape_of
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
    assert found[1]["batch_parts"] == 4
    told = [m for m in caplog.messages if "does not fit" in m]
    assert [re.findall("[0-9]+", message) for message in told] == [["3", "2"], ["3", "1"]]
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
    batch = {"input_ids": torch.ones(4, 5), "attention_mask": torch.ones(4, 5)}
    with pytest.raises(torch.OutOfMemoryError):
        parts.compute(0, batch, never, lambda: forgotten.append(1))
    assert parts.count == 4
    assert forgotten == [1, 1]


def test_another_error_is_none_of_memory() -> None:
    def wrong(_: Any) -> Any:
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    parts = Parts()
    with pytest.raises(RuntimeError, match="mat1"):
        parts.compute(0, {"input_ids": [1, 2]}, wrong, lambda: None)
    assert parts.count == 1


def test_parts_are_as_wide_as_their_longest_row_and_kept_in_checkpoints(tmp_path: Path) -> None:
    import torch

    mask = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0], [1, 1, 1, 0]])
    batch = {"input_ids": torch.arange(12).reshape(3, 4), "attention_mask": mask}
    found = list(split(batch, 2))
    assert [part["input_ids"].shape for part in found] == [(2, 4), (1, 3)]
    parts = Parts()
    parts.count = 2
    parts.save(tmp_path)
    assert read_json(tmp_path / PARTS) == 2
    assert Parts(tmp_path).count == 2
    assert Parts(tmp_path, 3).count == 2
    assert (Parts(None).count, Parts(None, 3).count) == (1, 3)


@pytest.mark.parametrize(("share", "expected"), [(1.1, 1), (0.6, 2), (0.35, 3), (0.0, 32)])
def test_auto_begins_with_the_largest_batch_that_is_forecast_to_fit(
    share: float, expected: int, small_base: Path, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(logging.INFO, "podium")
    section = Finetune(rank=4, batch_size="auto", dtype="float32", max_length=256)
    shape = shape_of(read_object(small_base / "config.json"))
    assert shape is not None
    setup = setup_of(section, shape, gpu=False, computed=4)
    whole, none = (forecast(shape, setup, Batch(n, 200, n * 200)).peak for n in (32, 0))
    free = (none + share * (whole - none)) / 0.9 if share else 0.0
    monkeypatch.setattr(fitting, "free_bytes", lambda: int(free))
    assert parts_to_begin_with(section, small_base, 200) == expected
    assert ("rows of a step are computed" in caplog.text) == (expected > 1)
    fixed = section.model_copy(update={"batch_size": 32})
    assert parts_to_begin_with(fixed, small_base, 200) == 1


def test_auto_teaches_the_same_however_little_is_free(
    small_base: Path, train_rows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = RECIPE.model_copy(update={"batch_size": "auto"})
    whole = trained(section, small_base, train_rows, tmp_path / "whole")
    monkeypatch.setattr(fitting, "free_bytes", lambda: 0)
    cramped = trained(section, small_base, train_rows, tmp_path / "cramped")
    assert (whole[1]["batch_parts"], cramped[1]["batch_parts"]) == (1, 32)
    assert_alike(cramped, whole)
