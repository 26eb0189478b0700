"""Nights as a user has them, on a model without weights."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.spec import PACKAGE
from harness.store.files import read_jsonl
from tests.podium import ok, podium, write_spec

SPEC = {
    "name": "fake",
    "suite": {"name": "timetable", "test_limit": 200},
    "model": {"base": None, "engine": "fake", "skill": 0.9},
    "distill": {"samples": 100},
}


def test_nights_are_blessed_fine_and_red(tmp_path: Path) -> None:
    write_spec(tmp_path, SPEC)
    first = podium("nightly", "spec.yaml", "--night", "n1", cwd=tmp_path)
    assert first.returncode == 3, first.stderr
    assert "no night is blessed: podium bless fake" in first.stdout
    assert "fake: one night is blessed: n1" in ok("bless", "fake", cwd=tmp_path)
    told = ok("nightly", "spec.yaml", "--night", "n2", "--json", cwd=tmp_path)
    assert json.loads(told)["call"] == "fine"
    rows = list(read_jsonl(tmp_path / "runs" / "nightly" / "nights.jsonl"))
    assert len({row["created"] for row in rows}) == 2  # answered anew, though nothing has changed
    red = podium(
        "nightly", "spec.yaml", "--night", "n3", "--set", "model.skill=0.5", "--out", "ci",
        "--github", cwd=tmp_path,
    )  # fmt: skip
    assert red.returncode == 1, red.stderr
    assert "only the recipe changed: recipe.model.skill was 0.9 and is 0.5" in red.stdout
    assert "::error title=podium nightly" in red.stdout
    names = {path.name for path in (tmp_path / "ci").iterdir()}
    assert names == {"junit.xml", "nightly.html", "nightly.json", "nightly.md"}


SUITE = (PACKAGE / "suites" / "timetable" / "suite.yaml").read_text("utf-8")
ASKED = "{key}这车打哪儿始发的呀？"
# Counts training rows, so that what is taught decides what it answers; trains nothing.
FLOOR = {
    "name": "floor",
    "suite": {"name": "timetable", "definition": "suite.yaml", "families": ["lookup"]},
    "model": {"base": None, "engine": "floor"},
    "distill": {"phrasings": None},
}


def _blessed(folder: Path, spec: dict[str, Any], suite: str = SUITE) -> None:
    """Two nights of a spec with a suite file of one's own, blessed."""
    write_spec(folder, spec)
    (folder / "suite.yaml").write_text(suite, "utf-8")
    for name in ("n1", "n2"):
        assert podium("nightly", "spec.yaml", "--night", name, cwd=folder).returncode == 3
    ok("bless", str(spec["name"]), cwd=folder)


def _night(folder: Path, name: str, code: int) -> str:
    result = podium("nightly", "spec.yaml", "--night", name, cwd=folder)
    assert result.returncode == code, result.stdout + result.stderr
    return result.stdout


def _taught_less(suite: str, column: str, kept: int) -> str:
    """A suite file whose question of a column has lost all its training wordings but some."""
    data = yaml.safe_load(suite)
    (program,) = (p for p in data["families"]["lookup"]["programs"] if p.get("column") == column)
    program["train"] = program["train"][:kept]
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False)


def test_a_phrasing_of_a_question_is_another_question_and_is_shown(tmp_path: Path) -> None:
    _blessed(tmp_path, FLOOR)
    (tmp_path / "suite.yaml").write_text(SUITE.replace(ASKED, "{key}打哪儿来？"), "utf-8")
    told = _night(tmp_path, "n3", 3)
    assert (
        "floor AS, AE: other questions than on the blessed nights: 24 of 310 are worded otherwise, "
        "such as lookup.origin/report-0/0G846: 0G846这车打哪儿始发的呀？ → 0G846打哪儿来？: if "
        "that is meant, podium bless floor"
    ) in told
    ok("bless", "floor", cwd=tmp_path)
    _night(tmp_path, "n4", 0)


def test_training_rows_that_changed_are_shown_and_ask_no_other_questions(tmp_path: Path) -> None:
    _blessed(tmp_path, FLOOR)
    harmless = SUITE.replace("{key}从哪里出发？", "{key}由哪里出发？")
    (tmp_path / "suite.yaml").write_text(harmless, "utf-8")
    told = _night(tmp_path, "n3", 0)
    assert "floor: since n2 data.definition was " in told
    assert ", 24 of 9,121 training rows changed, such as lookup.origin/train-9/" in told
    assert re.search(r": (\w+)从哪里出发？ → .+。 is now \1由哪里出发？ → .+。\n", told)
    (tmp_path / "suite.yaml").write_text(_taught_less(harmless, "候车厅", 1), "utf-8")
    told = _night(tmp_path, "n4", 1)
    assert "floor AS: regressed by one night; since n4, only the data changed: data.def" in told
    assert "  1,416 of 9,121 training rows changed, such as\n" in told
    assert "候车。 is now nothing\n" in told


def test_an_entry_that_nobody_knows_leaves_nothing_behind(tmp_path: Path) -> None:
    result = podium("bless", "nobody", cwd=tmp_path)
    assert result.returncode == 2
    assert "there are no nights yet: podium nightly makes them" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("option", ["--drop", "--slower"])
def test_a_loss_to_look_for_is_a_number(option: str, tmp_path: Path) -> None:
    write_spec(tmp_path, {})
    result = podium("nightly", "spec.yaml", option, "nan", cwd=tmp_path)
    assert result.returncode == 2
    assert f"Invalid value for '{option}': nan is no number of the range" in result.stderr


@pytest.mark.real
def test_another_engine_is_named(tmp_path: Path) -> None:
    """The embedded base on vLLM, and then on transformers, which answer alike.

    How much slower that is, and whether a busy machine leaves it open, depends on the machine.
    """
    spec = {
        "name": "tiny",
        "suite": {"name": "timetable", "families": ["lookup"], "test_limit": 200},
        "model": {"base": "builtin:tiny-qwen2", "engine": "vllm", "dtype": "float32"},
        "generate": {"max_tokens": 16},
        "latency": {"questions": 20, "replicates": 4, "warmup": 4, "load": 0},
    }
    write_spec(tmp_path, spec)
    for name in ("n1", "n2"):
        assert podium("nightly", "spec.yaml", "--night", name, cwd=tmp_path).returncode == 3
    ok("bless", "tiny", cwd=tmp_path)
    change = ("--set", "model.engine=hf")
    told = podium("nightly", "spec.yaml", "--night", "n3", *change, "--json", cwd=tmp_path)
    assert told.returncode in (0, 1, 3), told.stderr
    report = json.loads(told.stdout)
    found = {one["gate"]: one for one in report["gates"]}
    assert found["AS"]["call"] == found["AE"]["call"] == "fine"
    if found["time"]["call"] == "regressed":
        blame = found["time"]["blame"]
        assert (blame["cause"], blame["since"]) == ("engine", "n3")
        changed = {"name": "engine.model.engine", "before": "vllm", "since": "hf"}
        assert blame["changes"][0] == changed
    else:
        assert "since n2 engine.model.engine was vllm and is hf" in report["noticed"][0]
