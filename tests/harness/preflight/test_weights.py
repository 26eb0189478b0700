"""An adapter is held against its base by the base's name, not by a folder's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.preflight.weights import check_base_name

COMMIT = "989aa7980e4cf806f80c7fef2b1adb7bc71aa306"
OTHER = "0" * 40
NAME = "Qwen2.5-1.5B-Instruct"


def cached(commit: str = COMMIT, name: str = f"Qwen--{NAME}") -> str:
    return f"/cache/hub/models--{name}/snapshots/{commit}"


@pytest.mark.parametrize(
    ("trained", "base", "named", "told"),
    [
        (f"/models/{NAME}", cached(), f"hf:Qwen/{NAME}@main", ""),
        (NAME, cached(), f"ms:Qwen/{NAME}@master", ""),
        (f"Qwen/{NAME}", cached(), cached(), ""),
        (cached(OTHER), cached(), f"hf:Qwen/{NAME}@{COMMIT}", ""),
        (cached(OTHER), f"/models/{NAME}", f"/models/{NAME}", ""),
        ("/ms/models/Qwen/Qwen2___5-1___5B-Instruct", cached(), f"ms:Qwen/{NAME}", ""),
        ("/models/internlm2", "/runs/stages/convert-1/model", "/models/internlm2", ""),
        ("/models/tiny-qwen2", "/podium/tiny-qwen2", "builtin:tiny-qwen2", ""),
        (cached(name="Qwen--Qwen3-8B"), cached(), f"hf:Qwen/{NAME}@main",
         f"was trained on 'Qwen/Qwen3-8B', and model.base is 'Qwen/{NAME}'"),
        (cached(name="Qwen--Qwen3-8B"), f"/models/{NAME}", f"/models/{NAME}",
         f"was trained on 'Qwen/Qwen3-8B', and model.base is '{NAME}'"),
    ],
)  # fmt: skip
def test_one_model_has_one_name_wherever_it_lies(
    trained: str, base: str, named: str, told: str, tmp_path: Path
) -> None:
    config = json.dumps({"base_model_name_or_path": trained})
    (tmp_path / "adapter_config.json").write_text(config, "utf-8")
    found = list(check_base_name(tmp_path, Path(base), named))
    assert len(found) == bool(told)
    assert all(told in problem.finding.detail for problem in found)
