"""The page in a real browser: what a reader with a mouse, a keyboard or a printer meets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest

from reports.leaderboard import Leaderboard, build, write
from reports.runs import Answer
from tests.reports.chromium import Chromium
from tests.reports.conftest import eight
from tests.reports.folders import questions, write_run
from tests.reports.teaching import distillation, many, training_set

pytestmark = pytest.mark.browser

SHOWN = "[...document.querySelectorAll('#questions > .q')].filter(q => !q.hidden).length"
ORDER = "[...document.querySelectorAll('[data-table=board] tbody tr')].map(r => r.dataset.name)"


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Leaderboard:
    samples, root = questions(42), tmp_path_factory.mktemp("eight")
    files = (distillation(), training_set()), (many("many", 30), training_set({}))
    entrants = [
        replace(entrant, distill=files[at % 2][0], dataset=files[at % 2][1])
        for at, entrant in enumerate(eight())
    ]
    return build([write_run(root, entrant, samples) for entrant in entrants])


@pytest.fixture(scope="module")
def page(board: Leaderboard, tmp_path_factory: pytest.TempPathFactory) -> str:
    return _written(board, tmp_path_factory.mktemp("page"))


def _written(board: Leaderboard, out: Path) -> str:
    return next(path.as_uri() for path in write(board, out) if path.suffix == ".html")


def at(page: str, **state: str) -> str:
    return f"{page}#{urlencode(state)}"


def answers(board: Leaderboard, label: str) -> dict[str, Answer]:
    entry = next(entry for entry in board.entries if entry.label == label)
    return dict(entry.run.answers)


def test_no_script_of_a_stranger_runs(
    browser: Chromium, hostile: Leaderboard, tmp_path: Path
) -> None:
    browser.open(_written(hostile, tmp_path))
    browser.value("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    browser.value("new Promise(done => setTimeout(done, 300))")
    assert browser.value("document.querySelectorAll('#questions noscript').length") == 0
    assert browser.value("window.boomed") == 0
    acting = "document.querySelectorAll('img, iframe, script:not([type=\"application/json\"])')"
    assert browser.value(f"{acting}.length") == 1
    assert browser.value("document.querySelectorAll('#questions > .q').length") == 30
    for section in ("answers", "training"):
        text = browser.value(f"document.querySelector('#{section}').textContent")
        assert "onerror=boom()" in text
    lesson = "document.querySelectorAll('#training .lesson:not([open])').length"
    assert browser.value(lesson) == 0


def test_the_policy_stops_even_markup_that_got_in(
    browser: Chromium, hostile: Leaderboard, tmp_path: Path
) -> None:
    browser.open(_written(hostile, tmp_path))
    inject = "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=boom()>')"
    browser.value(f"{inject}; new Promise(done => setTimeout(done, 200))")
    assert browser.value("window.boomed") == 0


def test_the_page_asks_for_nothing_and_complains_about_nothing(
    browser: Chromium, page: str
) -> None:
    browser.open(page)
    asked = {e["request"]["url"] for e in browser.happened("Network.requestWillBeSent")}
    assert {url for url in asked if not url.startswith("data:")} == {page}
    assert browser.happened("Log.entryAdded") == []
    assert browser.happened("Runtime.exceptionThrown") == []


def test_sorting_from_the_address(browser: Chromium, page: str, board: Leaderboard) -> None:
    browser.open(at(page, sort="board:AS:up"))
    parts = {entry.label: entry.summary.parts["AS"] for entry in board.entries}
    shown = [parts[label] for label in browser.value(ORDER)]
    values = [part.value for part in shown if part is not None]
    assert len(values) == 8
    assert values == sorted(values)


def test_a_click_sorts_turns_and_ends(browser: Chromium, page: str, board: Leaderboard) -> None:
    browser.open(page)
    labels = [entry.label for entry in board.entries]
    head = "document.querySelector('[data-table=board] [data-key=entry]')"
    click = f"{head}.querySelector('button').click()"
    browser.value(click)
    assert browser.value(ORDER) == sorted(labels)
    assert browser.value(f"{head}.getAttribute('aria-sort')") == "ascending"
    assert browser.value("decodeURIComponent(location.hash)") == "#sort=board:entry:up"
    browser.value(click)
    assert browser.value(ORDER) == sorted(labels)[::-1]
    browser.value(click)
    assert browser.value(ORDER) == labels
    assert browser.value(f"{head}.hasAttribute('aria-sort')") is False


def test_an_entry_is_found_by_name(browser: Chromium, page: str) -> None:
    browser.open(at(page, find="第3组"))
    rows = "[...document.querySelectorAll('tr[data-name]')].filter(r => !r.hidden)"
    assert browser.value(f"{rows}.map(r => r.dataset.name)") == ["第3组-lora-r8"] * 2


def test_filters_from_the_address(browser: Chromium, page: str, board: Leaderboard) -> None:
    label = board.entries[4].label
    browser.open(at(page, entry=label, status="wrong", family="时间推理"))
    expected = sum(
        answer.status == "wrong" and board.samples[name].family == "时间推理"
        for name, answer in answers(board, label).items()
    )
    assert expected > 0
    assert browser.value(SHOWN) == expected
    assert browser.value("document.querySelector('#filters [name=status]').value") == "wrong"
    assert browser.value("document.querySelector('#filters output').textContent") == (
        f"{expected} of 42 questions"
    )


def test_where_entries_disagree(browser: Chromium, page: str, board: Leaderboard) -> None:
    browser.open(at(page, status="split"))
    found = ({entry.run.answers[name].status for entry in board.entries} for name in board.samples)
    assert browser.value(SHOWN) == sum(len(statuses) > 1 for statuses in found)


def test_flips_between_two_entries(browser: Chromium, page: str, board: Leaderboard) -> None:
    first, second = (answers(board, board.entries[place].label) for place in (1, 4))
    both = [(first[name].status, second[name].status) for name in board.samples]
    told = [tuple(s if s in ("right", "partial") else "wrong" for s in pair) for pair in both]
    labels = {"entry": board.entries[1].label, "other": board.entries[4].label}
    browser.open(at(page, **labels))
    assert browser.value(SHOWN) == sum(one != other for one, other in told) > 0
    browser.open(at(page, **labels, status="right"))
    assert browser.value(SHOWN) == sum(one == "right" != other for one, other in told) > 0
    browser.value("document.querySelector('#open').click()")
    browser.value("new Promise(done => setTimeout(done, 200))")
    chosen = "[...document.querySelector('#questions .q[open] table').rows]"
    assert browser.value(f"{chosen}.map(r => r.className)").count("chosen") == 2


def test_typing_searches_and_lands_in_the_address(
    browser: Chromium, page: str, board: Leaderboard
) -> None:
    browser.open(page)
    browser.value("document.querySelector('#filters [name=q]').focus()")
    browser.send("Input.insertText", text="兰州")
    browser.value("new Promise(done => setTimeout(done, 300))")
    texts = [
        (sample.question, sample.reference, *(e.run.answers[name].text for e in board.entries))
        for name, sample in board.samples.items()
    ]
    expected = sum(any("兰州" in text for text in found) for found in texts)
    assert 0 < browser.value(SHOWN) == expected < 42
    assert browser.value("decodeURIComponent(location.hash)") == "#q=兰州"
    browser.value("document.querySelector('#open').click()")
    browser.value("new Promise(done => setTimeout(done, 300))")
    assert browser.value("CSS.highlights.get('found').size") >= expected
    browser.value("document.querySelector('#filters [type=reset]').click()")
    assert browser.value(SHOWN) == 42


def test_nothing_found_is_said(browser: Chromium, page: str) -> None:
    browser.open(at(page, q="no such thing"))
    assert browser.value(SHOWN) == 0
    assert browser.value("document.querySelector('#nothing').checkVisibility()") is True


def test_going_back_restores_the_view(browser: Chromium, page: str) -> None:
    browser.open(at(page, status="split"))
    some = browser.value(SHOWN)
    browser.value("location.hash = '#status=failed'")
    browser.value("new Promise(done => setTimeout(done, 100))")
    assert browser.value(SHOWN) == 0
    browser.value("history.back(); new Promise(done => setTimeout(done, 200))")
    assert browser.value(SHOWN) == some


def test_both_languages(browser: Chromium, page: str) -> None:
    browser.open(page)
    title = "document.querySelector('#board h2').textContent"
    label = "document.querySelector('#board figure svg').getAttribute('aria-label')"
    assert (browser.value(title), browser.value(label)) == (
        "Leaderboard",
        "Total and its 95% interval",
    )
    browser.value("document.querySelector('#language').click()")
    assert (browser.value(title), browser.value(label)) == ("排行榜", "总分及其 95% 区间")
    assert browser.value("[document.documentElement.lang, location.hash]") == ["zh", "#lang=zh"]
    browser.value("document.querySelector('#language').click()")
    assert browser.value(title) == "Leaderboard"


def test_everything_opens_at_once(browser: Chromium, page: str) -> None:
    browser.open(at(page, family="缺失"))
    browser.value("document.querySelector('#open').click()")
    opened = "document.querySelectorAll('#questions > .q[open]').length"
    assert browser.value(opened) == browser.value(SHOWN) == 6
    browser.value("document.querySelector('#open').click()")
    assert browser.value(opened) == 0


def test_training_data_folds_and_speaks_both_languages(browser: Chromium, page: str) -> None:
    browser.open(page)
    table = "document.querySelector('#training .lesson table')"
    assert browser.value(f"{table}.checkVisibility()") is False
    browser.value("document.querySelector('#training .lesson > summary').click()")
    assert browser.value(f"{table}.checkVisibility()") is True
    english = browser.value("document.querySelector('#training').innerText")
    assert "rows accepted" in english
    assert "answer is wrong" in english
    browser.value("document.querySelector('#language').click()")
    chinese = browser.value("document.querySelector('#training').innerText")
    assert chinese.startswith("训练数据")
    assert "答案错误" in chinese
    assert "rejected" not in chinese


def test_readable_with_scripts_off(browser: Chromium, page: str) -> None:
    browser.send("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(page)
    browser.send("Emulation.setScriptExecutionDisabled", value=False)
    assert browser.value("document.documentElement.classList.contains('js')") is False
    assert browser.value(ORDER.replace("dataset.name", "cells[0].checkVisibility()")) == [True] * 8
    assert browser.value("document.querySelectorAll('#questions > .q summary').length") == 42
    assert browser.value("document.querySelector('#filters').checkVisibility()") is False
    assert browser.value("document.querySelectorAll('#training .lesson > summary').length") == 2


@pytest.mark.parametrize("wide", [360, 400, 768, 1400])
def test_no_page_is_wider_than_its_window(browser: Chromium, page: str, wide: int) -> None:
    size = {"width": wide, "height": 800, "deviceScaleFactor": 1, "mobile": wide < 600}
    browser.send("Emulation.setDeviceMetricsOverride", **size)
    browser.open(page)
    browser.value("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    browser.value("new Promise(done => setTimeout(done, 200))")
    assert browser.value("document.documentElement.scrollWidth") <= wide
    browser.send("Emulation.clearDeviceMetricsOverride")


def test_it_prints(browser: Chromium, page: str) -> None:
    browser.open(page)
    assert browser.pdf().startswith(b"%PDF")
