"""The forecast of a step's memory, against real models and against torch's own count."""

from __future__ import annotations

import pytest

from harness.config.sections import Finetune
from harness.finetune.memory import (
    GIB,
    Batch,
    carried_out,
    forecast,
    largest_batch,
    setup_of,
    shape_of,
)
from tests.bench.memory_bench import CASES, WITHIN, Case, foretell, measured

QWEN3_8B = {
    "model_type": "qwen3", "hidden_size": 4096, "intermediate_size": 12288,
    "num_hidden_layers": 36, "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128,
    "vocab_size": 151_936, "tie_word_embeddings": False, "torch_dtype": "bfloat16",
}  # fmt: skip


@pytest.mark.parametrize("kind", ["qwen2", "qwen3", "llama"])
@pytest.mark.parametrize("tied", [True, False])
def test_parameters_are_counted_as_transformers_has_them(kind: str, tied: bool) -> None:
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    config = {
        "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 3, "head_dim": 32,
        "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 500,
        "tie_word_embeddings": tied,
    }  # fmt: skip
    if kind != "qwen3":
        config["head_dim"] = 16
    with torch.device("meta"):
        network = AutoModelForCausalLM.from_config(AutoConfig.for_model(kind, **config))
    shape = shape_of({"model_type": kind, **config})
    assert shape is not None
    assert shape.parameters == network.num_parameters()


def test_activations_of_qwen3_8b_are_as_they_were_measured() -> None:
    """11.7 MB a token at rank 64 in float32, without checkpointing or padding."""
    shape = shape_of(QWEN3_8B)
    assert shape is not None
    section = Finetune(rank=64, gradient_checkpointing=False)
    setup = setup_of(section, shape, gpu=False, computed=4)
    found = forecast(shape, setup, Batch(4, 256, 256, padded=False))
    assert found.activations / 1024 == pytest.approx(11.7e6, rel=0.01)


def test_each_way_of_saving_saves() -> None:
    shape = shape_of(QWEN3_8B)
    assert shape is not None

    def peak(**changes: object) -> float:
        section = Finetune.model_validate({"rank": 64, "dropout": 0.1, **changes})
        setup = setup_of(section, shape, gpu=True, computed=2)
        return forecast(shape, setup, Batch(2, 1024, 512)).peak

    whole = peak(gradient_checkpointing=False)
    for change in ({"bits": 8}, {"bits": 4}, {"dropout": 0.0}, {"optimizer": "adamw_8bit"},
                   {"rank": 8}, {"targets": ["q_proj", "v_proj"]}):  # fmt: skip
        assert peak(gradient_checkpointing=False, **change) < whole, change
    assert peak(gradient_checkpointing=True) < whole


@pytest.mark.parametrize(
    ("rows", "gpu", "changes", "expected"),
    [
        (2, False, {}, (False, 2)),
        (9, False, {}, (False, 3)),  # a processor computes three at a time
        (9, False, {"gradient_checkpointing": True}, (True, 9)),
        (9, False, {"gradient_checkpointing": False}, (False, 9)),
        (9, False, {"packing": True}, (True, 9)),
        (2, True, {}, (False, 2)),
        (9, True, {}, (True, 9)),
    ],
)
def test_a_large_batch_is_cut_or_computed_again(
    rows: int, gpu: bool, changes: dict[str, object], expected: tuple[bool, int]
) -> None:
    """At 11.7 MB a token 183 tokens keep 2 GiB: three rows of 60."""
    shape = shape_of(QWEN3_8B)
    assert shape is not None
    section = Finetune.model_validate({"rank": 64, **changes})
    setup = setup_of(section, shape, gpu=gpu, computed=4)
    done, part = carried_out(shape, setup, Batch(rows, 60, rows * 60, padded=False))
    assert (done.checkpointed, part.rows) == expected
    assert part.learned == part.rows * 60


def test_a_batch_in_parts_takes_the_memory_of_one_and_of_gradients() -> None:
    shape = shape_of(QWEN3_8B)
    assert shape is not None
    setup = setup_of(Finetune(rank=64), shape, gpu=False, computed=4)
    three, nine, ninety = (forecast(shape, setup, Batch(n, 60, n * 60, False)) for n in (3, 9, 90))
    assert nine == ninety
    assert nine.activations == pytest.approx(three.activations + three.gradients)


@pytest.mark.parametrize("room", [6.5, 7.0, 7.5, 8.0, 23.5, 79.0])
def test_what_fits_and_what_does_not_lie_next_to_each_other(room: float) -> None:
    shape = shape_of(QWEN3_8B)
    assert shape is not None
    setup = setup_of(Finetune(rank=64, bits=4), shape, gpu=True, computed=2)
    fits = [forecast(shape, setup, Batch(n, 64, n * 64)).peak <= room * GIB for n in range(1, 600)]
    largest = largest_batch(shape, setup, 64, room * GIB, most=599)
    assert largest == max((n for n, fit in enumerate(fits, start=1) if fit), default=0)


def test_the_largest_batch_is_the_last_that_fits() -> None:
    shape = shape_of(QWEN3_8B)
    assert shape is not None
    setup = setup_of(Finetune(rank=64, bits=4), shape, gpu=True, computed=2)
    rows = largest_batch(shape, setup, 512, 23.5 * GIB)
    peaks = [forecast(shape, setup, Batch(n, 512, n * 512)).peak for n in (rows, rows + 1)]
    assert peaks[0] <= 23.5 * GIB < peaks[1]
    assert largest_batch(shape, setup, 512, 2 * GIB) == 0


@pytest.mark.parametrize("config", [{}, {"hidden_size": "wide"}, {"model_type": "mamba"}])
def test_what_cannot_be_counted_is_not_forecast(config: dict[str, object]) -> None:
    assert shape_of(config) is None


@pytest.mark.real
@pytest.mark.parametrize(
    "case", [c for c in CASES if " dropout" in c.name][:1], ids=lambda c: c.name
)
def test_a_forecast_is_near_what_torch_counts(case: Case) -> None:
    assert foretell(case).peak == pytest.approx(measured(case)["peak"], rel=WITHIN)
