"""Every page that Podium writes, of data as its users have them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.bench import bench
from harness.bench import page as bench_page
from harness.nightly import page as nightly_page
from harness.nightly.history import History
from harness.sweep import page as sweep_page
from reports import page as leaderboard
from reports.compare import page as compare_page
from reports.compare.comparison import compare
from reports.leaderboard import build
from tests.harness.nightly.nights import told
from tests.harness.sweep.sweeping import finished
from tests.reports.compare import runs
from tests.reports.conftest import eight
from tests.reports.folders import questions, write_run
from tests.reports.teaching import distillation, training_set

NAMES = ("leaderboard.html", "leaderboard-answers.html", "compare.html", "sweep.html",
         "bench.html", "nightly.html")  # fmt: skip


def write(out: Path) -> Path:
    """Write each page of `NAMES` into a folder, and the leaderboard with its answers in it."""
    for name, content in _boards(out).items():
        (out / name).write_bytes(content)
    folders = [runs.write(out / "compared", one) for one in (runs.GOOD, runs.BAD)]
    (out / compare_page.PAGE).write_bytes(compare_page.page(compare(folders, explain=True)))
    (out / "sweep.html").write_bytes(sweep_page.page(finished()))
    (out / "bench.html").write_bytes(bench_page.page(benched()))
    report = told(out / "nightly")
    (out / "nightly.html").write_bytes(nightly_page.page(report, History(out / "nightly")))
    return out


def _boards(out: Path) -> dict[str, bytes]:
    """The board of a few questions as one page, and as two."""
    entrants = [replace(one, distill=distillation(), dataset=training_set()) for one in eight()[:4]]
    board = build([write_run(out / "runs", one, questions(10)) for one in entrants])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(leaderboard, "_LARGEST", 1)
        apart = leaderboard.pages(board)
    return {**leaderboard.pages(board), leaderboard.ANSWERS: apart[leaderboard.ANSWERS]}


def benched() -> bench.Found:
    """What a bench of two entries found, of whom the second is slower, cold, and named oddly."""
    names = ("http://127.0.0.1:8000/v1", "=<b>evil</b>")
    slower = {"value": 1.31, "low": 1.24, "high": 1.38, "call": "slower"}
    entries = [
        {"name": name, "loaded": [_level(rate) for rate in (2.0, 4.0)], "doubt": "", "failed": 0,
         "error": None, "engine": {"engine": "vllm" if place else "api"},
         "waves": [0.5 + place, 0.4], "relative": slower if place else None,
         "latency": _times(0.2 + 0.1 * place)}
        for place, name in enumerate(names)
    ]  # fmt: skip
    section = {"questions": 30, "replicates": 4, "limit_s": 1.0}
    load = {"disturbed": 0.1, "retaken": 3, "others": 0.3, "steal": 0.0}
    result: dict[str, Any] = {
        "protocol": section, "reference": names[0], "entries": entries, "load": load,
        "noticed": ["<i>so</i>"], "unique_prompts": True, "same_lengths": None,
    }  # fmt: skip
    curves = {name: [0.1 + at / (40 - 9 * place) for at in range(30)]
              for place, name in enumerate(names)}  # fmt: skip
    return bench.Found(result, curves)


def _times(median: float) -> dict[str, Any]:
    return {"p50_s": median, "p90_s": 2 * median, "p95_s": 3 * median, "ttft_p50_s": median / 4,
            "ttft_p95_s": median / 2, "tpot_p50_s": 0.01, "tokens_p50": 14, "cv": 0.03,
            "verdict": "excellent", "cached": None}  # fmt: skip


def _level(rate: float) -> dict[str, Any]:
    return {"rate": rate, "p50_s": 0.25 * rate, "p95_s": 0.5 * rate, "ttft_p50_s": 0.1,
            "queue_p50_s": 0.05 * rate, "tokens_per_s": 50.0, "goodput": 2.5, "within": 0.8,
            "saturated": rate > 3}  # fmt: skip
