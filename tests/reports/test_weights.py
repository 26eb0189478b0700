"""Sliders score again in the page; harness/metrics says what they must come to."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.core import Profile
from harness.metrics.clusters import Clusters
from harness.metrics.joint import joint_totals
from harness.metrics.measured import Measured
from harness.metrics.repeats import mean_over_seeds
from harness.metrics.score import response_value, score
from reports import weights
from reports.leaderboard import Leaderboard, build
from reports.page import PAGE, pages
from reports.ranking import accuracy, summarise
from reports.runs import Answer
from reports.text import points
from tests.reports.chromium import Chromium
from tests.reports.conftest import eight
from tests.reports.folders import Entrant, Row, questions, write_repeated, write_run

FIELDS = ("AS", "ART", "AE")
READ = "scores.read(document.querySelector('#weights script').textContent)"
SETTINGS: list[tuple[tuple[int, int, int], tuple[float, float]]] = [
    ((40, 30, 30), (0.5, 8.0)),
    ((10, 80, 10), (0.2, 3.0)),
    ((0, 100, 0), (1.0, 1.5)),
    ((100, 0, 0), (0.5, 8.0)),
    ((40, 30, 30), (0.5, 8.0)),
]
OWN = {"AS": 0.4, "ART": 0.3, "AE": 0.3}


def crossed(count: int, wordings: int) -> list[Row]:
    """Rows each asked in every wording, as a suite's test is."""
    samples = questions(count)
    return [
        {**sample, "row": f"r{at // wordings}", "template": f"t{at % wordings}"}
        for at, sample in enumerate(samples)
    ]


def partly_timed(folder: Path) -> Path:
    """Only every third question was chosen for timing."""
    rows = [json.loads(line) for line in (folder / "scores.jsonl").read_text("utf-8").splitlines()]
    for row in rows:
        if row["metric"] == "response" and int(row["sample_id"][1:]) % 3:
            row["value"] = None
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "scores.jsonl").write_text(text, "utf-8")
    return folder


def make(root: Path, kind: str) -> Leaderboard:
    """Boards whose clusters, times and seeds are of different kinds."""
    samples = {"crossed": crossed(120, 12), "two wordings": crossed(60, 2)}.get(kind, questions(90))
    if kind == "own rows":
        samples = [{**sample, "row": "", "template": ""} for sample in samples]
    entrants = [replace(one, lost=at) for at, one in enumerate(eight()[:5])]
    folders = [write_run(root, one, samples) for one in entrants]
    if kind == "partly timed":
        folders = [partly_timed(folder) for folder in folders]
    if kind == "seeds":
        repeated = Entrant("recipe", 0.8, spec={"finetune": {"rank": 7}})
        folders.append(write_repeated(root, repeated, (0.9, 0.8, 0.7), samples))
    return build(folders)


def earned(answer: Answer, band: tuple[float, float] | None) -> list[float]:
    """c, what ART averages within a band, and e."""
    c, second = accuracy(answer), answer.response
    if band and second is not None and second > 0 and answer.e2e_s is not None and c:
        second = c * response_value(answer.e2e_s, Profile("", {}, *band))
    return [math.nan if v is None else v for v in (c, second, answer.efficiency)]


def measured(board: Leaderboard, band: tuple[float, float] | None) -> list[Measured]:
    ids = sorted(board.first.run.answers)
    found = []
    for entry in board.ranked:
        seeds = []
        for answers in entry.run.repeats or (entry.run.answers,):
            values = np.array([earned(answers[name], band) for name in ids])
            none = np.zeros(len(ids), dtype=np.bool_)
            seeds.append(Measured(values, np.isnan(values[:, 0]), none))
        found.append(seeds[0] if len(seeds) == 1 else mean_over_seeds(seeds))
    return found


def expected(
    board: Leaderboard, over: Mapping[str, float], band: tuple[float, float] | None
) -> list[dict[str, Any]]:
    """What harness/metrics says, entry by entry in the order of the board."""
    samples = [board.samples[name] for name in sorted(board.first.run.answers)]
    clusters = Clusters(tuple(s.row for s in samples), tuple(s.template for s in samples))
    runs, profile = measured(board, band), Profile("", over, t_full=0, t_zero=0)
    totals, joint = joint_totals(runs, clusters, profile)
    order = np.argsort(-totals, kind="stable").tolist()
    ranked = summarise(totals[order], replace_joint(joint, order))
    ranks = dict(zip(order, ranked.ranks, strict=True))
    found = []
    for at, run in enumerate(runs):
        total = score(run, clusters, profile).total
        assert total is not None
        found.append(
            {"value": total.value, "low": total.low, "high": total.high,
             "rank": None if ranked.fixed else list(ranks[at])}
        )  # fmt: skip
    return found


def replace_joint(joint: Any, order: Sequence[int]) -> Any:
    at = np.ix_(order, order)
    return replace(
        joint, covariance=joint.covariance[at], variance=joint.variance[at], df=joint.df[at]
    )


@pytest.mark.browser
@pytest.mark.parametrize(
    "kind", ["as they come", "crossed", "two wordings", "own rows", "partly timed", "seeds"]
)
def test_the_page_scores_as_python_does(browser: Chromium, tmp_path: Path, kind: str) -> None:
    board = make(tmp_path / "runs", kind)
    shown = weights.view(board)
    assert shown is not None
    assert shown.band == (0.5, 8.0)
    (tmp_path / PAGE).write_bytes(pages(board)[PAGE])
    browser.open((tmp_path / PAGE).as_uri())
    browser.value(f"window.held = {READ}; 1")
    for percents, band in SETTINGS:
        found = browser.value(f"scores.score(held, {list(percents)}, {list(band)})")
        over = {part: share / 100 for part, share in zip(FIELDS, percents, strict=True) if share}
        wanted = expected(board, over, band)
        assert [one["rank"] for one in found] == [one["rank"] for one in wanted]
        for name in ("value", "low", "high"):
            values = [one[name] for one in wanted]
            assert [one[name] for one in found] == pytest.approx(values, abs=2e-4)


@pytest.fixture
def page(tmp_path: Path) -> str:
    (tmp_path / PAGE).write_bytes(pages(make(tmp_path / "runs", "crossed"))[PAGE])
    return (tmp_path / PAGE).as_uri()


ROWS = "[...document.querySelectorAll('#weights tbody tr')]"
CELLS = f"{ROWS}.map(row => [...row.cells].map(cell => cell.innerText.trim()))"


@pytest.mark.browser
def test_it_begins_at_the_numbers_of_the_profile(browser: Chromium, tmp_path: Path) -> None:
    board = make(tmp_path / "runs", "crossed")
    (tmp_path / PAGE).write_bytes(pages(board)[PAGE])
    browser.open((tmp_path / PAGE).as_uri())
    for cells, one in zip(browser.value(CELLS), expected(board, OWN, None), strict=True):
        interval = f"[{points(round(one['low'], 2))}, {points(round(one['high'], 2))}]"
        assert cells[3].split("\n") == [points(round(one["value"], 2)), interval]
        assert cells[4] == "="
    assert [cells[2] for cells in browser.value(CELLS)] == [one.label for one in board.entries]
    whose = "document.querySelector('#weights .whose').innerText"
    assert browser.value(whose) == "These are the profile's own weights."


@pytest.mark.browser
def test_keys_move_a_slider_and_the_address_keeps_it(browser: Chromium, page: str) -> None:
    browser.open(page)
    before = browser.value(CELLS)
    browser.value("document.querySelector('#weights input').focus()")
    for kind in ("keyDown", "keyUp"):
        browser.send("Input.dispatchKeyEvent", type=kind, key="Home", code="Home",
                     windowsVirtualKeyCode=36)  # fmt: skip
    browser.value("new Promise(done => setTimeout(done, 100))")
    after = browser.value(CELLS)
    assert after != before
    assert browser.value("decodeURIComponent(location.hash)") == "#w=0,30,30"
    assert browser.value("document.querySelector('#weights input').ariaValueText") == "0%"
    whose = "document.querySelector('#weights .whose').innerText"
    assert "your weights, not the profile's" in browser.value(whose)
    browser.open(browser.value("location.href"))
    assert browser.value(CELLS) == after
    browser.value("document.querySelector('#weights [type=reset]').click()")
    assert browser.value(CELLS) == before
    assert browser.value("location.hash") in ("", "#")


@pytest.mark.browser
@pytest.mark.parametrize("state", ["w=1,2", "w=a,b,c", "w=-1,2,3", "band=9,1", "w=0,0,0"])
def test_an_odd_address_breaks_nothing(browser: Chromium, page: str, state: str) -> None:
    browser.open(f"{page}#{state}")
    assert browser.happened("Runtime.exceptionThrown") == []
    assert len(browser.value(ROWS)) == 5


@pytest.mark.browser
def test_without_a_script_there_is_nothing_to_move(browser: Chromium, page: str) -> None:
    browser.send("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(page)
    browser.send("Emulation.setScriptExecutionDisabled", value=False)
    assert browser.value("document.querySelector('#weights').checkVisibility()") is False


def test_times_that_do_not_give_what_was_earned_are_not_moved(tmp_path: Path) -> None:
    folder = write_run(tmp_path, Entrant("a"), questions(20))
    rows = (folder / "timings.jsonl").read_text("utf-8").replace('"e2e_s": 0.', '"e2e_s": 1.')
    (folder / "timings.jsonl").write_text(rows, "utf-8")
    board = build([folder, write_run(tmp_path, Entrant("b", seed=2), questions(20))])
    shown = weights.view(board)
    assert shown is not None
    assert shown.band is None
    assert "The response-time band cannot be moved here" in pages(board)[PAGE].decode("utf-8")


def test_a_board_of_accuracy_alone_has_no_sliders(tmp_path: Path) -> None:
    given: dict[str, Any] = {
        "weights": {"AS": 1.0},
        "id": "own/1",
        "formula": [],
        "t_full": None,
        "t_zero": None,
    }
    total = {"value": 50.0, "low": 40.0, "high": 60.0, "weights": {"AS": 1.0}}
    entrant = Entrant("a", summary={"scoring": given, "total": total, "total_untimed": total})
    board = build([write_run(tmp_path, entrant, questions(8))])
    assert weights.view(board) is None
    assert 'id="weights"' not in pages(board)[PAGE].decode("utf-8")


def test_an_untimed_board_weighs_what_it_has(tmp_path: Path) -> None:
    runs = [Entrant(f"r{at}", 0.5 + at / 10, seed=at, timed=False) for at in (1, 2)]
    shown = weights.view(build([write_run(tmp_path, one, questions(12)) for one in runs]))
    assert shown is not None
    assert [part for part, _ in shown.parts] == ["AS", "AE"]
    assert shown.band is None


def test_nothing_in_the_data_ends_its_script(hostile: Leaderboard) -> None:
    shown = weights.view(hostile)
    assert shown is not None
    assert not set(shown.data) & {"<", ">", "&"}
    assert json.loads(shown.data)["parts"] == [0, 1, 2]
