"""The pages under axe-core in a real browser: no serious or critical fault, light and dark."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from harness.bench import bench, page
from reports import page as leaderboard
from reports.leaderboard import build
from tests.reports.chromium import Chromium
from tests.reports.conftest import eight
from tests.reports.folders import questions, write_run
from tests.reports.teaching import distillation, training_set

# One file of axe-core, which this package carries: its driver is not used.
CARRIER = "axe_playwright_python"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(importlib.util.find_spec(CARRIER) is None, reason="no axe-core"),
]
GRAVE = ("serious", "critical")
OPEN = "document.querySelectorAll('details').forEach(d => { d.open = true; })"


def faults(browser: Chromium, address: str, scheme: str = "light") -> list[tuple[str, str]]:
    """Rules that are broken gravely, with the first place of each."""
    media = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.send("Emulation.setEmulatedMedia", features=media)
    browser.open(address)
    browser.value(f"{OPEN}; new Promise(done => setTimeout(done, 300))")
    browser.value(files(CARRIER).joinpath("axe.min.js").read_text("utf-8") + "; 1")
    found: Any = json.loads(browser.value("axe.run().then(found => JSON.stringify(found))"))
    assert len(found["passes"]) > 10
    browser.send("Emulation.setEmulatedMedia", features=[])
    return [
        (fault["id"], fault["nodes"][0]["html"][:200])
        for fault in found["violations"]
        if fault["impact"] in GRAVE
    ]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The board's page, and its page of answers, of a few questions."""
    out = tmp_path_factory.mktemp("accessible")
    entrants = [replace(one, distill=distillation(), dataset=training_set()) for one in eight()[:4]]
    board = build([write_run(out / "runs", one, questions(10)) for one in entrants])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(leaderboard, "_LARGEST", 1)
        for name, content in leaderboard.pages(board).items():
            (out / name).write_bytes(content)
    (out / "whole.html").write_bytes(leaderboard.pages(board)[leaderboard.PAGE])
    (out / "bench.html").write_text(page.page(found()), "utf-8")
    return out


def found() -> bench.Found:
    """What a bench of two entries found, of whom one fell behind under load."""
    told = dict.fromkeys(("p90_s", "ttft_p95_s", "tpot_p50_s", "tokens_p50"), 0.01)
    level = {"rate": 3.0, "p50_s": 0.5, "p95_s": 1.5, "ttft_p50_s": 0.1, "queue_p50_s": 0.1,
             "tokens_per_s": 50.0, "goodput": 2.5, "within": 0.8, "saturated": True}  # fmt: skip
    entries = [
        {"name": name, "loaded": [level], "relative": None, "latency": {
            **told, "p50_s": 0.2, "p95_s": 0.9, "ttft_p50_s": 0.05, "cv": 0.03,
            "verdict": "excellent"}}
        for name in ("http://127.0.0.1:8000/v1", "=<b>evil</b>")
    ]  # fmt: skip
    section = {"questions": 30, "replicates": 4, "limit_s": 1.0}
    result = {"protocol": section, "reference": "a", "entries": entries, "noticed": ["<i>so</i>"],
              "load": {"before": 0.0, "during": 0.0, "others": 0.0}}  # fmt: skip
    curves = {str(one["name"]): [0.1 + at / 40 for at in range(30)] for one in entries}
    return bench.Found(result, curves)


@pytest.mark.parametrize(
    ("name", "scheme"),
    [("whole.html", "light"), ("whole.html", "dark"), ("leaderboard-answers.html", "light"),
     ("bench.html", "light")],
)  # fmt: skip
def test_nothing_grave_stands_in_the_way(
    browser: Chromium, made: Path, name: str, scheme: str
) -> None:
    state = urlencode({"entry": eight()[0].name, "q": "车次", "w": "10,45,45"})
    assert faults(browser, f"{(made / name).as_uri()}#{state}", scheme) == []


def test_a_grave_fault_would_be_found(browser: Chromium, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<html lang='en'><title>t</title><body><main><h1>h</h1><img src='data:,'>")
    assert [rule for rule, _ in faults(browser, page.as_uri())] == ["image-alt"]
