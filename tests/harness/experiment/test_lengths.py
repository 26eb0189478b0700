"""A length that nobody wrote gives way to a model of fewer positions; a written one does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.errors import SpecError
from harness.experiment.lengths import fitted
from harness.spec import load_specs
from tests.podium import write_spec


def told(folder: Path, config: dict[str, Any], **sections: Any) -> tuple[tuple[int, int], int]:
    """Both lengths of a spec over a base of that configuration, and how many gave way."""
    (folder / "base").mkdir()
    (folder / "base" / "config.json").write_text(json.dumps(config), "utf-8")
    model = {"base": "base", "engine": "hf", **sections.pop("model", {})}
    write_spec(folder, {"name": "short", "model": model, "finetune": {}, **sections})
    spec, sentences = fitted(load_specs(folder / "spec.yaml")[0])
    assert spec.finetune is not None
    assert fitted(spec) == (spec, ())
    return (spec.model.max_length, spec.finetune.max_length), len(sentences)


@pytest.mark.parametrize(
    ("config", "sections", "expected"),
    [
        ({"max_position_embeddings": 4096}, {}, ((1024, 512), 0)),
        ({"max_position_embeddings": 700}, {}, ((700, 512), 1)),
        ({"n_positions": 256}, {}, ((256, 256), 2)),
        ({"text_config": {"max_position_embeddings": 256}}, {}, ((256, 256), 2)),
        ({"max_position_embeddings": 256}, {"model": {"max_length": 1024}}, ((1024, 256), 1)),
        ({"max_position_embeddings": 256}, {"finetune": {"max_length": 300}}, ((256, 300), 1)),
        ({}, {}, ((1024, 512), 0)),
    ],
)
def test_defaults_give_way(
    config: dict[str, Any], sections: dict[str, Any], expected: object, tmp_path: Path
) -> None:
    assert told(tmp_path, config, **sections) == expected


def test_an_answer_must_still_have_room(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"generate\.max_tokens 64 leaves no room .* max_length 64"):
        told(tmp_path, {"max_position_embeddings": 64})
