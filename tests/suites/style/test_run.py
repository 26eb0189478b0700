"""From a user's own csv to a leaderboard, on models without weights."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from suites.style.data.make import COLUMNS, rows
from tests.podium import ok, write_spec

ENTRIES = [
    {"name": "floor", "model": {"engine": "floor"}},
    {"name": "poor", "model": {"skill": 0.2}},
    {"name": "perfect", "model": {"skill": 1.0}},
]


def spec(folder: Path, **suite: Any) -> None:
    with (folder / "mine.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows(7), ("在吗", "高冷", "不在")])
    write_spec(
        folder,
        {
            "name": "mine",
            "suite": {"name": "style", "data": "mine.csv", **suite},
            "model": {"base": None, "engine": "fake"},
            "latency": None,
            "entries": ENTRIES,
        },
    )


def summary(folder: Path, entry: str) -> Any:
    return json.loads((folder / "runs" / f"mine-{entry}" / "summary.json").read_text("utf-8"))


@pytest.mark.parametrize("prompt", ["bare", "asked"])
def test_a_csv_becomes_a_leaderboard(tmp_path: Path, prompt: str) -> None:
    spec(tmp_path, prompt=prompt)
    printed = ok("run", "spec.yaml", cwd=tmp_path)
    means = {name: summary(tmp_path, name)["parts"]["AS"]["value"] for name in ("floor", "perfect")}
    assert means["perfect"] == 100
    assert means["floor"] < 40
    assert summary(tmp_path, "poor")["parts"]["AS"]["value"] < 60
    measured = {
        (one["name"], one.get("group", "")): one for one in summary(tmp_path, "perfect")["measures"]
    }
    assert measured["adherence", "毒舌"]["value"] == 100
    assert "zh" in measured["bleu", ""]["signature"]
    assert "mine-perfect" in printed


def test_what_the_ungrouped_split_leaks_is_told_and_may_be_trained_on(tmp_path: Path) -> None:
    spec(tmp_path, split="ungrouped")
    ok("run", "spec.yaml", "--until", "dataset", cwd=tmp_path)
    ok("run", "spec.yaml", "--until", "dataset", "--set", "dataset.leak=null", cwd=tmp_path)
    stages = tmp_path / "runs" / "stages"
    taught = [
        json.loads(path.read_text("utf-8"))["rows"]
        for path in stages.glob("dataset-*/dataset.json")
    ]
    assert len(taught) == 2
    assert min(taught) < max(taught) == 320
    [suite] = stages.glob("questions-*/suite.json")
    rules = {one["rule"] for one in json.loads(suite.read_text("utf-8"))["findings"]}
    assert rules == {"unknown style", "user line in two parts"}
