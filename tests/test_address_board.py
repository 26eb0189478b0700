"""An address as the only entry of a run: asked, timed, scored, and not asked again."""

from __future__ import annotations

import json
from pathlib import Path

from tests.gateway_server import gateway
from tests.harness.models.test_address import DONE, USAGE, event, stream
from tests.podium import timed, write_spec


def test_an_address_is_run_timed_and_never_asked_again(tmp_path: Path) -> None:
    wire = stream(event({"content": "07:25"}), event({}, "stop", usage=USAGE), DONE)
    with gateway(wire) as server:
        spec = {
            "name": "remote",
            "suite": {
                "name": "timetable", "table": "builtin:board-24.xlsx", "families": ["dwell"],
            },
            "model": {"engine": "api", "base_url": server.address, "model": "m"},
            "latency": {"questions": 3, "replicates": 4, "warmup": 1},
        }  # fmt: skip
        write_spec(tmp_path, spec)
        timed("run", "spec.yaml", cwd=tmp_path)
        calls = server.calls
        timed("run", "spec.yaml", cwd=tmp_path)
        assert server.calls == calls
    folder = tmp_path / "runs" / "remote"
    rows = (folder / "predictions.jsonl").read_text(encoding="utf-8").splitlines()
    session = json.loads((folder / "stages" / "latency" / "session.json").read_text("utf-8"))
    (waves,) = session["waves"].values()
    again = list((folder / "stages" / "latency").glob("*.disturbed.jsonl"))
    retaken = sum(len(file.read_text(encoding="utf-8").splitlines()) for file in again)
    # The questions, those that are timed, the waves of warm-up, and what came under load.
    assert calls == len(rows) + 3 * 4 + len(waves) + 3 + retaken
    assert session["unique_prompts"]
    timings = (folder / "timings.jsonl").read_text(encoding="utf-8").splitlines()
    times = [json.loads(line) for line in timings]
    assert all(0 < row["ttft_s"] <= row["e2e_s"] for row in times)
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert summary["model"]["base"] == "m"
    assert summary["model"]["engine"] == "api"
