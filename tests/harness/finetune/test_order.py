"""A training that was killed goes on with the rows that it would have seen."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from harness.config.sections import Finetune, Runtime
from harness.finetune.checkpoints import CHECKPOINTS
from harness.finetune.order import ORDER, Order, Ordered
from harness.finetune.train import Data, finetune
from harness.store.files import read_json, write_jsonl
from tests.conftest import sample

RECIPE = Finetune(rank=4, dropout=0.1, lr=3e-3, epochs=3, batch_size=2, max_length=128)
STEPS = 18  # six an epoch


def rows() -> list[dict[str, Any]]:
    asked = [
        sample(number, "K{n}次列车几点开车？" + "请问。" * (number % 5)) for number in range(12)
    ]
    return [
        {
            "id": one.id,
            "messages": [
                {"role": "user", "content": one.question},
                {"role": "assistant", "content": one.reference},
            ],
        }
        for one in asked
    ]


def trained(folder: Path, base: Path, checkpoints: int) -> dict[str, Any]:
    folder.mkdir(exist_ok=True)
    write_jsonl(folder / "train.jsonl", rows())
    data = Data(folder / "train.jsonl", folder / "watched.jsonl")
    finetune(RECIPE, Runtime(checkpoints=checkpoints), base, data, "order", folder)
    loss: dict[str, Any] = read_json(folder / "loss.json")
    return loss


@pytest.mark.real
@pytest.mark.parametrize(("checkpoints", "step", "within"), [(6, 15, True), (3, 12, False)])
def test_the_rest_of_a_killed_training_is_as_it_would_have_been(
    tmp_path: Path, tiny_base: Path, checkpoints: int, step: int, *, within: bool
) -> None:
    whole = trained(tmp_path / "whole", tiny_base, checkpoints)
    assert whole["steps"][-1] == STEPS
    left = tmp_path / "whole" / CHECKPOINTS / f"checkpoint-{step}"
    assert (left / ORDER).is_file() is within
    killed = tmp_path / "killed"
    shutil.copytree(left, killed / CHECKPOINTS / left.name)
    assert trained(killed, tiny_base, checkpoints) == whole


class Draws:
    """A sampler that draws from torch's own generator."""

    def __len__(self) -> int:
        return 20

    def __iter__(self) -> Any:
        import torch

        return iter(torch.randperm(20).tolist())


def test_an_order_is_drawn_again_once_and_disturbs_no_draw(tmp_path: Path) -> None:
    import torch

    torch.manual_seed(3)
    first = Order(None)
    sampler = Ordered(first, Draws())
    orders = [list(sampler), list(sampler)]
    assert len(sampler) == 20
    assert orders[0] != orders[1]
    first.save(tmp_path, 1.5)
    torch.manual_seed(99)
    expected = torch.rand(3)
    torch.manual_seed(99)
    again = Ordered(Order(tmp_path), Draws())
    assert list(again) == orders[1]
    assert torch.equal(torch.rand(3), expected)
    assert list(again) != orders[1]


def test_between_two_epochs_nothing_is_kept(tmp_path: Path) -> None:
    order = Order(None)
    list(order.draw(Draws()))
    order.save(tmp_path, 2.0)
    assert not (tmp_path / ORDER).exists()
