"""Times told as multiples of a reference model's: scored, and compared across machines."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import Any

import pytest

from reports.board import build
from reports.conditions import session_notes
from tests.podium import refused, timed, write_spec

pytestmark = pytest.mark.real
BASE = "builtin:tiny-qwen2"


def spec(name: str, **changes: Any) -> dict[str, Any]:
    """An untuned model whose times earn by themselves, beside the same model as the reference."""
    return {
        "name": name,
        "suite": {"name": "timetable", "table": "builtin:board-24.xlsx", "families": ["dwell"]},
        "model": {"engine": "hf", "base": BASE, "dtype": "float32"},
        "latency": {"questions": 12, "replicates": 4, "warmup": 2, "reference": BASE},
        "score": {"times": "relative", "art": "all"},
        **changes,
    }


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The run folders of two sessions, as of two machines."""
    folders = []
    for name in ("here", "there"):
        folder = tmp_path_factory.mktemp(name)
        write_spec(folder, spec(name))
        timed("run", "spec.yaml", cwd=folder)
        folders.append(folder / "runs" / name)
    return folders


def summary(run: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    return found


def test_a_model_takes_as_long_as_itself(machines: list[Path]) -> None:
    for run in machines:
        found = summary(run)
        ratio = found["latency"]["relative"]
        assert ratio["questions"] == 12
        assert ratio["low"] <= 1.02
        assert ratio["high"] >= 0.98
        assert "× the reference's time" in " ".join(found["scoring"]["formula"])
        assert "+" in found["scoring"]["id"]  # another profile than that of seconds


def test_what_a_time_earns_goes_by_the_multiple_and_not_by_seconds(machines: list[Path]) -> None:
    """Some milliseconds would earn everything; as long as the reference earns three quarters."""
    for run in machines:
        if summary(run)["parts"]["ART"] is None:
            continue  # a machine so busy that its times decide nothing
        at = [json.loads(line) for line in (run / "timings.jsonl").read_text("utf-8").splitlines()]
        whole = {row["sample_id"] for row in at if row["text"] and row["finish_reason"] == "stop"}
        scores = map(json.loads, (run / "scores.jsonl").read_text("utf-8").splitlines())
        earned = {row["sample_id"]: row["value"] for row in scores if row["metric"] == "response"}
        as_long = 1 - math.log(2) / math.log(16)
        middle = sorted(earned[name] for name in whole)
        assert not middle or abs(middle[len(middle) // 2] - as_long) < 0.15


def test_two_machines_compare_where_they_timed_one_reference(machines: list[Path]) -> None:
    board = build(machines)
    times = [summary(run)["parts"]["ART"] for run in machines]
    assert board.basis == ("total" if all(times) else board.basis)
    assert not session_notes(board)  # there are two sessions


def test_another_reference_does_not_compare(machines: list[Path], tmp_path: Path) -> None:
    here, there = machines
    if any(summary(run)["parts"]["ART"] is None for run in machines):
        pytest.skip("a machine so busy that its times decide nothing")
    other = tmp_path / "other"
    shutil.copytree(there, other)
    told = summary(there)
    told["signature"]["session"]["reference"] = "sha256:of another model"
    (other / "summary.json").write_text(json.dumps(told), encoding="utf-8")
    board = build([here, other])
    assert board.basis != "total"
    assert board.reason is not None
    assert board.reason.values["field"] == "signature.session.reference"


def test_multiples_of_no_reference_are_refused(tmp_path: Path) -> None:
    write_spec(tmp_path, spec("none", latency={"questions": 12}))
    said = refused("run", "spec.yaml", cwd=tmp_path)
    assert "score.times" in said
    assert "latency.reference" in said
