"""Small random models of real architectures, and rows to train them on."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from harness.store.files import write_jsonl
from tests.harness.models.folders import TINY

SIZES: dict[str, Any] = {
    "vocab_size": 2048, "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2,
    "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 32,
    "max_position_embeddings": 256, "pad_token_id": 0, "eos_token_id": 2, "bos_token_id": None,
}  # fmt: skip


def make_network(kind: str, **changes: Any) -> Any:
    """A random network of an architecture, in float32."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    torch.manual_seed(0)
    config = AutoConfig.for_model(kind, **SIZES, **changes)
    return AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval()


@pytest.fixture(scope="session")
def small_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random Qwen2 of 200,000 parameters with the tiny base's tokenizer."""
    folder = tmp_path_factory.mktemp("small") / "base"
    make_network("qwen2", tie_word_embeddings=True).save_pretrained(folder)
    for path in TINY.iterdir():
        if path.name not in ("config.json", "model.safetensors"):
            shutil.copy(path, folder / path.name)
    return folder


@pytest.fixture(scope="session")
def train_rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve rows whose lengths differ much."""
    rows = [
        {
            "id": f"r{number}",
            "messages": [
                {"role": "user", "content": "车站" * (1 + 7 * (number % 4)) + f"K{number}几点开？"},
                {"role": "assistant", "content": f"07:{number:02d}开。" * (1 + number % 3)},
            ],
        }
        for number in range(12)
    ]
    path = tmp_path_factory.mktemp("rows") / "train.jsonl"
    write_jsonl(path, rows)
    return path
