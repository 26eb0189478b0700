"""From a user's own records to a leaderboard and the table of the tutorial, without weights."""

from __future__ import annotations

import json
from pathlib import Path

from reports.board import build
from reports.side_by_side import as_markdown, side_by_side
from suites.ruozhiba.data.make import records
from tests.podium import ok, write_spec


def test_records_become_a_leaderboard(tmp_path: Path) -> None:
    rows = records(3)[:40]
    (tmp_path / "mine.json").write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
    write_spec(
        tmp_path,
        {
            "name": "mine",
            "suite": {"name": "ruozhiba", "data": "mine.json", "split": "tutorial"},
            "model": {"base": None, "engine": "fake"},
            "latency": None,
            "entries": [
                {"name": "floor", "model": {"engine": "floor"}},
                {"name": "before", "model": {"skill": 0.2}},
                {"name": "after", "model": {"skill": 1.0}},
            ],
        },
    )
    ok("run", "spec.yaml", cwd=tmp_path)
    folders = [tmp_path / "runs" / f"mine-{name}" for name in ("floor", "before", "after")]
    summaries = [json.loads((folder / "summary.json").read_text("utf-8")) for folder in folders]
    scores = [summary["parts"]["AS"]["value"] for summary in summaries]
    assert scores[2] == 100
    assert max(scores[:2]) < 60
    assert [summary["n"] for summary in summaries] == [12] * 3
    assert {one["name"] for one in summaries[2]["measures"]} >= {"rouge_l", "bleu", "chrf"}
    view = side_by_side(build(folders), 5)
    assert view is not None
    assert [column.name for column in view.columns] == ["mine-after", "mine-before"]
    assert view.lines[0].reference == rows[28]["output"]
    assert view.lines[0].replies[0].text == rows[28]["output"]
    assert len([line for line in as_markdown(view).splitlines() if line.startswith("|")]) == 2 + 5
