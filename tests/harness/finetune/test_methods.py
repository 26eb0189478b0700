"""DoRA, rank-stabilized scaling, an earlier adapter to go on from, and batches without padding."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from harness.config.sections import Finetune, Runtime
from harness.errors import InputError
from harness.finetune.checkpoints import newest_checkpoint
from harness.finetune.head import IGNORED, add_answer_loss
from harness.finetune.train import Data, finetune
from harness.models.adapter import check_continued
from harness.models.loading import load_network
from harness.models.merge import merge
from harness.store.files import read_json
from tests.harness.finetune.conftest import make_network
from tests.harness.models.folders import change

RECIPE: dict[str, Any] = {
    "rank": 4, "lr": 3e-3, "schedule": "constant", "warmup": 0, "epochs": 2, "batch_size": 6,
    "max_length": 128, "dtype": "float32",
}  # fmt: skip


def trained(base: Path, rows: Path, work: Path, **changes: Any) -> list[float]:
    """The loss of each step."""
    work.mkdir(parents=True)
    section = Finetune(**{**RECIPE, **changes})
    finetune(section, Runtime(), base, Data(rows, work / "none.jsonl"), "methods", work)
    loss: list[float] = read_json(work / "loss.json")["loss"]
    return loss


@pytest.fixture(scope="module")
def plain(
    small_base: Path, train_rows: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[float]]:
    """A folder of a plain training, and its losses."""
    work = tmp_path_factory.mktemp("methods") / "plain"
    return work, trained(small_base, train_rows, work)


@pytest.mark.parametrize("kind", ["dora", "rslora"])
def test_a_method_learns_and_its_adapter_can_be_merged(
    kind: str, plain: tuple[Path, list[float]], small_base: Path, train_rows: Path, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    loss = trained(small_base, train_rows, work, **{kind: True})
    assert loss[0] == pytest.approx(plain[1][0], abs=1e-4)  # nothing is learned yet
    assert loss[-1] < loss[0] - 0.1
    assert loss != plain[1]
    assert read_json(work / "adapter" / "adapter_config.json")[f"use_{kind}"] is True
    merge(small_base, work / "adapter", tmp_path / "merged")
    assert (tmp_path / "merged" / "model.safetensors").is_file()


def test_an_earlier_adapter_is_learned_on(
    plain: tuple[Path, list[float]], small_base: Path, train_rows: Path, tmp_path: Path
) -> None:
    earlier = plain[0] / "adapter"
    loss = trained(small_base, train_rows, tmp_path / "work", **{"from": earlier})
    assert loss[0] < plain[1][-1] + 0.05
    assert loss[-1] < loss[0]


def test_all_of_a_base_is_learned_and_saved_as_the_base_is(
    small_base: Path, train_rows: Path, tmp_path: Path
) -> None:
    import torch

    base = shutil.copytree(small_base, tmp_path / "base")
    change(base / "config.json", dtype="bfloat16")
    work = tmp_path / "work"
    loss = trained(base, train_rows, work, method="full")
    assert loss[-1] < loss[0] - 0.1
    about = read_json(work / "training.json")
    before, after = (load_network(folder, "auto") for folder in (base, work / "model"))
    assert about["trainable_parameters"] == after.num_parameters()
    assert not (work / "adapter").exists()
    assert after.dtype == torch.bfloat16
    assert after.lm_head.weight is after.get_input_embeddings().weight
    changed = [
        name
        for (name, old), new in zip(before.named_parameters(), after.parameters(), strict=True)
        if not torch.equal(old, new)
    ]
    assert {"model.embed_tokens.weight", "model.layers.1.mlp.up_proj.weight"} <= set(changed)
    names = {path.name for path in (work / "model").iterdir()}
    assert {"tokenizer.json", "chat_template.jinja", "generation_config.json"} <= names
    assert newest_checkpoint(work / "checkpoints") is not None


@pytest.mark.parametrize(
    "more", [{"bits": 4}, {"bits": 8}, {"dora": True}, {"rslora": True}, {"from": "earlier"}]
)
def test_what_is_of_adapters_is_refused_where_none_is_trained(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=f"{next(iter(more))} is of adapters"):
        Finetune(**{"method": "full", **more})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rank": 8}, "finetune.rank: .* has another: write 4$"),
        ({"alpha": 32}, "finetune.alpha: .* has another: write 16$"),
        ({"dora": True}, "finetune.dora: .* has another: write false$"),
        (
            {"targets": ("q_proj",)},
            r"finetune.targets: .* has others: write \[down_proj, gate_proj, ",
        ),
    ],
)
def test_an_adapter_of_another_shape_is_not_gone_on_from(
    changes: dict[str, Any], said: str, plain: tuple[Path, list[float]]
) -> None:
    check_continued(plain[0] / "adapter", Finetune(**RECIPE))
    with pytest.raises(InputError, match=said):
        check_continued(plain[0] / "adapter", Finetune(**{**RECIPE, **changes}))


@pytest.mark.parametrize("kind", ["qwen2", "qwen3", "gemma3_text"])
def test_rows_that_stand_together_do_not_see_one_another(kind: str) -> None:
    import torch
    from trl.trainer.sft_trainer import DataCollatorForLanguageModeling

    # Large weights, so that a token that looks at a neighbour's row would say something else.
    network = make_network(kind, initializer_range=0.5)
    add_answer_loss(network)
    drawn = torch.Generator().manual_seed(0)
    ids = [torch.randint(3, 2048, (size,), generator=drawn).tolist() for size in (9, 17, 5)]
    rows = [{"input_ids": one, "labels": [IGNORED] * 3 + one[3:]} for one in ids]
    together = DataCollatorForLanguageModeling(pad_token_id=0, padding_free=True)
    with torch.no_grad():
        packed = network(**together(rows), answer_loss=True).item()
        alone = sum(network(**together([row]), answer_loss=True).item() for row in rows)
        whole = {name: v for name, v in together(rows).items() if name in ("input_ids", "labels")}
        leaking = network(**whole, answer_loss=True).item()
    assert packed == pytest.approx(alone, rel=1e-5)
    assert abs(leaking - alone) > 1e-3 * alone


def test_a_training_without_padding_is_the_same(
    plain: tuple[Path, list[float]], small_base: Path, train_rows: Path, tmp_path: Path
) -> None:
    loss = trained(small_base, train_rows, tmp_path / "work", packing=True)
    assert loss == pytest.approx(plain[1], abs=1e-5)
