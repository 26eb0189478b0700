"""Models made by others load; `PODIUM_REAL_MODELS` names a folder of such folders."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.models.chat import load_tokenizer, prompt_ids
from harness.models.loading import check_model, check_network
from tests.conftest import sample

ROOT = os.environ.get("PODIUM_REAL_MODELS")
FOLDERS = sorted(p for p in Path(ROOT).iterdir() if p.is_dir()) if ROOT else []


@pytest.mark.skipif(not FOLDERS, reason="PODIUM_REAL_MODELS names no folder of models")
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_a_real_model_is_whole_and_can_be_asked(folder: Path) -> None:
    check_model(folder)
    check_network(folder)
    tokenizer = load_tokenizer(folder)
    assert len(prompt_ids(tokenizer, sample(1))) > 10
