"""What training refuses before it starts, and which checkpoint it goes on from."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.errors import TrainingError
from harness.finetune.checkpoints import newest_checkpoint
from harness.finetune.trainable import check_trainable
from harness.models.chat import load_tokenizer
from tests.harness.models.folders import TINY, copy, write_weights

EACH = "{% for m in messages %}{{ m.content }}|{% endfor %}"


def row(question: str = "K1次列车几点开车？", answer: str = "07:25开。") -> dict[str, Any]:
    turns = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return {"id": "q1", "messages": turns}


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return load_tokenizer(TINY)


def test_tokens_of_an_epoch_are_counted(tokenizer: Any) -> None:
    whole = tokenizer.apply_chat_template(row()["messages"], tokenize=True, return_dict=False)
    assert check_trainable([row(), row()], tokenizer, 512) == 2 * len(whole)


@pytest.mark.parametrize(
    ("rows", "length", "said"),
    [
        ([], 512, "no sample is left to train on"),
        ([row(answer=" ")], 512, "no trainable token"),
        ([row()], 8, "no trainable token: its prompt takes"),
        ([row(), row(question="车" * 600)], 512, "no trainable token: its prompt takes"),
    ],
)
def test_rows_that_teach_nothing_are_refused(
    tokenizer: Any, rows: list[dict[str, Any]], length: int, said: str
) -> None:
    with pytest.raises(TrainingError, match=said):
        check_trainable(rows, tokenizer, length)


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (EACH + "\n{% if messages | length > 1 %}{{ raise_exception('one turn') }}{% endif %}",
         r"sample q1: .*jinja:2: the chat template cannot render it: one turn"),
        (EACH + "{% if messages | length > 1 %}{{ messages[1].a.b }}{% endif %}", "UndefinedError"),
        (EACH + "{% if messages | length > 1 %}{{ 1 / 0 }}{% endif %}", "ZeroDivisionError"),
        (EACH + "{% if messages | length > 1 %}{{ 1 + 'a' }}{% endif %}", "TypeError"),
        ("{{ messages | length }}" + EACH, "renders the prompt differently once an answer follows"),
    ],
)  # fmt: skip
def test_a_template_that_cannot_be_trained_on_names_the_sample(
    template: str, said: str, tmp_path: Path
) -> None:
    folder = copy(tmp_path / "model")
    (folder / "chat_template.jinja").write_text(template, "utf-8")
    with pytest.raises(TrainingError, match=said):
        check_trainable([row()], load_tokenizer(folder), 512)


def checkpoint(folder: Path, step: int) -> Path:
    at = folder / f"checkpoint-{step}"
    at.mkdir(parents=True)
    (at / "trainer_state.json").write_text(json.dumps({"global_step": step}), "utf-8")
    (at / "optimizer.pt").write_bytes(b"x")
    write_weights(at / "adapter_model.safetensors", {"a": ("F32", [1], struct.pack("<f", 1))})
    return at


@pytest.mark.parametrize(
    "tear",
    [
        lambda at: (at / "adapter_model.safetensors").write_bytes(b"\x10"),
        lambda at: (at / "adapter_model.safetensors").write_bytes(b""),
        lambda at: (at / "adapter_model.safetensors").unlink(),
        lambda at: write_weights(at / "adapter_model.safetensors", {}),
        lambda at: (at / "trainer_state.json").write_text("{", "utf-8"),
        lambda at: (at / "optimizer.pt").unlink(),
    ],
)
def test_a_torn_checkpoint_is_passed_over(tear: Callable[[Path], object], tmp_path: Path) -> None:
    whole, torn = checkpoint(tmp_path, 9), checkpoint(tmp_path, 10)
    tear(torn)
    assert newest_checkpoint(tmp_path) == whole
    assert not torn.exists()
