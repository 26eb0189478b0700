"""Nights as a user has them, on a model without weights."""

from __future__ import annotations

import json
from pathlib import Path

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
