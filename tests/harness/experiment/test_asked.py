"""What cannot be asked is told before anything is made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.errors import InputError, SpecError
from harness.pipeline import run
from harness.spec import Spec, load_specs
from tests.podium import write_spec

ADDRESS = {"engine": "api", "base_url": "http://127.0.0.1:9/v1", "model": "m"}
SCORED = [
    pytest.param({"name": "fewclue", "modes": ["ppl"]}, "bustm-dev-ppl", id="fewclue"),
    pytest.param({"name": "lm_eval"}, "podium_signs", id="lm_eval"),
]


def specs(folder: Path, suite: dict[str, Any], model: dict[str, Any]) -> list[Spec]:
    content = {
        "suite": suite, "distill": {"teacher": "template"}, "model": model, "latency": None,
        "parity": None, "entries": [{"name": "here", "model": {"engine": "fake"}}, {"name": "far"}],
    }  # fmt: skip
    path = write_spec(folder, content)
    return load_specs(path, [f"runtime.runs={json.dumps(str(folder / 'runs'))}"])


@pytest.mark.parametrize(("suite", "family"), SCORED)
def test_an_address_is_asked_for_no_likelihoods(
    tmp_path: Path, suite: dict[str, Any], family: str
) -> None:
    if suite["name"] == "lm_eval":
        pytest.importorskip("lm_eval")
    with pytest.raises(InputError, match=f"spec-far: model.engine: api .* {family}"):
        run(specs(tmp_path, suite, ADDRESS))
    assert not list(tmp_path.glob("runs/stages/*/meta.json"))


def test_nor_where_the_questions_are_there(tmp_path: Path) -> None:
    asked = specs(tmp_path, {"name": "fewclue", "modes": ["ppl"]}, ADDRESS)
    run(asked, until="questions")
    with pytest.raises(InputError, match=r"spec-far: model\.engine: api .* bustm-dev-ppl"):
        run(asked)
    assert not list(tmp_path.glob("runs/stages/infer-*"))


def test_a_misspelt_task_is_told_with_the_nearest_name(tmp_path: Path) -> None:
    pytest.importorskip("lm_eval")
    own = tmp_path / "own"
    own.mkdir()
    suite = {"name": "lm_eval", "include": str(own), "tasks": ["gsm8kk"]}
    with pytest.raises(SpecError, match=r"spec-here: suite\.tasks: .* 'gsm8kk' .*did you mean"):
        run(specs(tmp_path, suite, {"engine": "fake"}))
    assert not list(tmp_path.glob("runs/stages/*"))
