"""`podium compare` as a user starts it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.podium import podium, refused
from tests.reports.compare import runs
from tests.reports.compare.runs import BAD, GOOD


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("compared")
    for entrant in (GOOD, BAD):
        runs.write(root, entrant)
    return root


def test_a_run_that_is_worse_ends_in_one_and_the_files_are_there(root: Path) -> None:
    found = podium("compare", "good", "bad", "--explain", "--out", "out", cwd=root)
    assert found.returncode == 1, found.stderr
    assert found.stdout.startswith("bad is worse than good: ")
    assert "What the difference is made of" in found.stdout
    assert found.stderr.split() == ["out/compare.html"]
    assert sorted(path.name for path in (root / "out").iterdir()) == [
        "compare.html", "compare.json", "compare.md",
    ]  # fmt: skip


def test_json_is_for_scripts(root: Path) -> None:
    found = podium("compare", "bad", "good", "--json", cwd=root)
    assert found.returncode == 0
    told = json.loads(found.stdout)
    assert told["others"][0]["call"] == "better"
    assert told["others"][0]["causes"] == []
    assert (told["basis"], told["exit_code"]) == ("total", 0)


def test_mistakes_are_one_line(root: Path) -> None:
    assert "named twice" in refused("compare", "good", "good", cwd=root)
    assert "no such run folder" in refused("compare", "good", "godo", cwd=root)
    (root / "broken").mkdir(exist_ok=True)
    (root / "broken" / "summary.json").write_text("{", "utf-8")
    assert "not valid JSON" in refused("compare", "good", "broken", cwd=root)
