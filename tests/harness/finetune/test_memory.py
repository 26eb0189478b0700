"""The forecast of a step's memory, against real models and against torch's own count."""

from __future__ import annotations

import pytest

from harness.config.sections import Finetune
from harness.finetune.memory import (
    GIB,
    Batch,
    carried_out,
    computed_in,
    forecast,
    largest_batch,
    setup_of,
    shape_of,
)
from tests.bench.measured_memory import measure
from tests.bench.memory_bench import CASES, TINY_CASES, WITHIN, Case, asked, foretell, measured

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


@pytest.mark.parametrize("case", TINY_CASES, ids=lambda c: c.name)
def test_what_eager_attention_and_dora_keep_is_near_what_torch_counts(case: Case) -> None:
    assert foretell(case).peak == pytest.approx(measure(**asked(case))["peak"], rel=WITHIN)


def weights_of(stored: str, dtype: str, *, gpu: bool, **changes: object) -> float:
    """GiB of Qwen3-8B's frozen weights, stored in one type and trained in another."""
    shape = shape_of({**QWEN3_8B, "torch_dtype": stored})
    assert shape is not None
    section = Finetune.model_validate({"dtype": dtype, **changes})
    setup = setup_of(section, shape, gpu=gpu, computed=computed_in(section, auto=2))
    return forecast(shape, setup, Batch(1, 64, 64)).weights / GIB


@pytest.mark.parametrize("stored", ["bfloat16", "float32", "float16"])
@pytest.mark.parametrize(
    ("dtype", "gpu", "gib"),
    [
        ("bfloat16", True, 15.26),
        ("float16", True, 15.26),
        ("auto", True, 15.26),
        ("float32", True, 30.51),
        ("bfloat16", False, 30.51),  # a processor holds what it has in float32
        ("float32", False, 30.51),
    ],
)
def test_weights_are_held_in_what_is_computed_in_on_a_gpu(
    stored: str, dtype: str, gpu: bool, gib: float
) -> None:
    assert weights_of(stored, dtype, gpu=gpu) == pytest.approx(gib, abs=0.01)


def test_what_4_bits_leave_is_held_in_what_is_computed_in() -> None:
    """Embeddings and head of Qwen3-8B are 1.24 B numbers."""
    half, whole = (weights_of("bfloat16", d, gpu=True, bits=4) for d in ("bfloat16", "float32"))
    assert whole - half == pytest.approx(2 * 1.245e9 / GIB, rel=0.01)


@pytest.mark.parametrize(("width", "megabytes"), [(512, 12.58), (1024, 50.33)])
def test_eager_attention_keeps_a_number_of_each_head_and_pair(width: int, megabytes: float) -> None:
    """As measured of one layer of 12 heads in float32."""
    config = {**QWEN3_8B, "num_attention_heads": 12, "num_key_value_heads": 12,
              "num_hidden_layers": 1}  # fmt: skip
    shape = shape_of(config)
    assert shape is not None
    kept = {}
    for attn in ("eager", "sdpa"):
        section = Finetune.model_validate({"attn": attn, "gradient_checkpointing": False})
        setup = setup_of(section, shape, gpu=False, computed=4)
        kept[attn] = forecast(shape, setup, Batch(1, width, width, padded=False)).activations
    more = (kept["eager"] - kept["sdpa"] + 12 * 4 * width) / 1e6  # the other keeps a number a head
    assert more == pytest.approx(megabytes, abs=0.01)


def test_what_eager_attention_keeps_is_computed_again_rather_than_kept() -> None:
    """`gradient_checkpointing: auto` and the largest batch go by the forecast."""
    shape = shape_of(QWEN3_8B)
    assert shape is not None
    chosen, fit = {}, {}
    for attn in ("sdpa", "eager"):
        setup = setup_of(Finetune(attn=attn, dtype="bfloat16"), shape, gpu=True, computed=2)
        chosen[attn] = carried_out(shape, setup, Batch(1, 240, 240))[0].checkpointed
        fit[attn] = largest_batch(shape, setup, 2048, 79 * GIB)
    assert chosen == {"sdpa": False, "eager": True}
    assert 0 < fit["eager"] < fit["sdpa"] * 2 / 3


def test_dora_about_doubles_what_all_layers_keep() -> None:
    shape = shape_of(QWEN3_8B)
    assert shape is not None
    kept = []
    for dora in (False, True):
        section = Finetune(dora=dora, gradient_checkpointing=False)
        setup = setup_of(section, shape, gpu=True, computed=2)
        kept.append(forecast(shape, setup, Batch(4, 512, 512, padded=False)).activations)
    assert 1.6 < kept[1] / kept[0] < 2.4
