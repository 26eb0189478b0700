"""What a recipe says of precision, memory and speed: each way learns, and learns the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import ValidationError

from harness.config.sections import AUTO_ROWS, Finetune, Runtime
from harness.errors import InputError, MissingDependency, TrainingError
from harness.finetune.recipe import compute_dtype, load_base, training_arguments
from harness.finetune.train import Data, finetune
from harness.store.files import read_json

RECIPE: dict[str, Any] = {
    "rank": 4, "lr": 3e-3, "schedule": "constant", "warmup": 0, "epochs": 4, "batch_size": 6,
    "max_length": 128, "dtype": "float32",
}  # fmt: skip


def trained(base: Path, rows: Path, work: Path, **changes: Any) -> dict[str, Any]:
    """What is told of a training, with the loss of each step."""
    work.mkdir(parents=True)
    section = Finetune(**{**RECIPE, **changes})
    finetune(section, Runtime(), base, Data(rows, work / "none.jsonl"), "recipe", work)
    return {**read_json(work / "training.json"), **read_json(work / "loss.json")}


@pytest.fixture(scope="module")
def plain(
    small_base: Path, train_rows: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """A training in float32 that keeps every activation."""
    return trained(small_base, train_rows, tmp_path_factory.mktemp("recipe") / "plain")


def test_what_was_done_is_told(plain: dict[str, Any]) -> None:
    assert plain["loss"][-1] < plain["loss"][0] - 0.2
    assert plain["samples"] == 12
    assert (plain["cut_rows"], plain["longest_row"]) == (0, 90)
    assert (plain["computed_in"], plain["checkpointed"], plain["tokens_at_once"]) == (
        "float32", False, None
    )  # fmt: skip
    layers = dict.fromkeys(
        ("down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj"), 2
    )
    assert plain["adapted"] == layers


@pytest.mark.parametrize(
    ("changes", "within"),
    [
        ({"gradient_checkpointing": True}, 1e-5),
        ({"optimizer": "adamw_8bit"}, 0.02),
        ({"dtype": "bfloat16"}, 0.05),
        ({"bits": 8, "optimizer": "paged_adamw_8bit"}, 0.1),
        ({"bits": 4, "dtype": "bfloat16", "gradient_checkpointing": True}, 0.2),
    ],
)
def test_every_way_learns_as_the_plain_one_does(
    changes: dict[str, Any], within: float, plain: dict[str, Any], small_base: Path,
    train_rows: Path, tmp_path: Path,
) -> None:  # fmt: skip
    found = trained(small_base, train_rows, tmp_path / "work", **changes)
    assert found["loss"] == pytest.approx(plain["loss"], abs=within)
    assert found["loss"][-1] < found["loss"][0] - 0.2
    assert found["checkpointed"] is changes.get("gradient_checkpointing", False)


def test_rows_without_their_end_are_left_out_and_counted(
    small_base: Path, train_rows: Path, tmp_path: Path
) -> None:
    with pytest.raises(TrainingError, match=r"^1 of 12 rows, sample r11 first, lose the end"):
        trained(small_base, train_rows, tmp_path / "refused", max_length=89)
    found = trained(small_base, train_rows, tmp_path / "work", max_length=89, cut="drop", epochs=1)
    assert (found["samples"], found["cut_rows"], found["longest_row"]) == (11, 1, 90)


@pytest.mark.parametrize("bits", [4, 8])
def test_the_base_is_held_in_so_many_bits(bits: Literal[4, 8], small_base: Path) -> None:
    network = load_base(Finetune(bits=bits, dtype="float32"), small_base)
    kinds = {type(layer).__name__ for layer in network.model.layers.modules()}
    assert {4: "Linear4bit", 8: "Linear8bitLt"}[bits] in kinds
    if bits == 4:
        state = network.model.layers[0].mlp.up_proj.weight.quant_state
        assert (state.quant_type, state.nested) == ("nf4", True)


def test_bits_follow_the_method_where_nothing_is_said() -> None:
    assert [Finetune().base_bits, Finetune(method="qlora").base_bits] == [16, 4]
    assert Finetune(method="qlora", bits=8).base_bits == 8
    assert Finetune(batch_size="auto").rows_at_once == AUTO_ROWS == 32
    assert Finetune(batch_size="auto", accumulate=5).rows_at_once == 6
    with pytest.raises(ValidationError, match="accumulate 33: batch_size auto has 32 rows"):
        Finetune(batch_size="auto", accumulate=33)
    with pytest.raises(ValidationError, match="write method: lora"):
        Finetune(method="qlora", bits=16)


def test_what_a_machine_cannot_do_is_one_sentence(small_base: Path) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("a GPU does all of it")
    with pytest.raises(InputError, match=r"finetune.dtype: float16 needs a GPU"):
        compute_dtype(Finetune(dtype="float16"))
    with pytest.raises(MissingDependency, match="flash_attn"):
        load_base(Finetune(attn="flash"), small_base)


def rates(section: Finetune, folder: Path) -> list[float]:
    """The learning rate of each of a hundred steps, as shares of the recipe's."""
    import torch
    from transformers import get_scheduler

    arguments = training_arguments(section, Runtime(), 100, folder, checkpointed=False)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = get_scheduler(
        arguments.lr_scheduler_type, optimizer, arguments.get_warmup_steps(100), 100
    )
    found = []
    for _ in range(100):
        found.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        scheduler.step()
    return found


@pytest.mark.parametrize("schedule", ["linear", "cosine", "constant"])
def test_the_rate_rises_before_any_schedule(tmp_path: Path, schedule: str) -> None:
    found = rates(Finetune.model_validate({"schedule": schedule, "warmup": 0.1}), tmp_path)
    assert found[:11] == pytest.approx([step / 10 for step in range(11)])
    assert (found[-1] == 1.0) is (schedule == "constant")


def test_a_constant_rate_without_warmup_is_one_throughout(tmp_path: Path) -> None:
    assert set(rates(Finetune(schedule="constant", warmup=0), tmp_path)) == {1.0}


def test_a_key_tells_a_constant_rate_that_rises_from_one_of_old() -> None:
    constant = Finetune(schedule="constant", warmup=0.1)
    assert constant.in_key()["schedule"] == "constant_with_warmup"
    for section in (Finetune(schedule="constant", warmup=0), Finetune(schedule="cosine")):
        assert section.in_key()["schedule"] == section.schedule
