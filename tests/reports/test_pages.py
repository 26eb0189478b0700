"""What every page has in common, in a real browser: one frame, two languages, light and dark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from harness.nightly import page as nightly_page
from harness.nightly.history import History
from harness.sweep import page as sweep_page
from reports.html import TEMPLATES
from tests.harness.nightly.nights import told
from tests.harness.sweep.sweeping import finished
from tests.reports import every_page
from tests.reports.chromium import Chromium

pytestmark = pytest.mark.browser

A4 = 718  # pixels between the margins of a printed page
PAPER = "getComputedStyle(document.body).backgroundColor"
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return every_page.write(tmp_path_factory.mktemp("pages"))


@pytest.fixture(params=every_page.NAMES)
def page(made: Path, request: pytest.FixtureRequest) -> str:
    return (made / str(request.param)).as_uri()


@pytest.fixture
def dark(browser: Chromium) -> Iterator[None]:
    """A reader whose system is dark."""
    media = [{"name": "prefers-color-scheme", "value": "dark"}]
    browser.send("Emulation.setEmulatedMedia", features=media)
    yield
    browser.send("Emulation.setEmulatedMedia", features=[])


def test_it_asks_for_nothing_and_complains_about_nothing(browser: Chromium, page: str) -> None:
    browser.open(page)
    browser.value("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    browser.value("document.querySelector('#theme').click()")
    browser.value("document.querySelector('#language').click()")
    asked = {e["request"]["url"] for e in browser.happened("Network.requestWillBeSent")}
    assert {url for url in asked if not url.startswith("data:")} == {page}
    assert browser.happened("Log.entryAdded") == []
    assert browser.happened("Runtime.exceptionThrown") == []


def test_every_heading_is_chinese_at_a_click(browser: Chromium, page: str) -> None:
    browser.open(page)
    heads = "[...document.querySelectorAll('h1, h2')].map(h => h.textContent)"
    english = browser.value(heads)
    browser.value("document.querySelector('#language').click()")
    chinese = browser.value(heads)
    assert browser.value("[document.documentElement.lang, location.hash]") == ["zh", "#lang=zh"]
    assert len(chinese) == len(english) > 0
    assert [text for text in chinese if not CHINESE.search(text)] == []
    browser.value("document.querySelector('#language').click()")
    assert browser.value(heads) == english


def test_what_is_said_is_translated(browser: Chromium, page: str) -> None:
    """No English sentence stands on the Chinese page but what runs and models are named and say."""
    browser.open(f"{page}#lang=zh")
    texts = browser.value(
        "[...document.querySelectorAll('th, figcaption, .hint, .lead, .facts li, aside li')]"
        ".filter(e => e.scope !== 'row').map(e => e.textContent.trim())"
    )
    sentences = [text for text in texts if re.search(r"[a-z]+ [a-z]+ [a-z]+ [a-z]+", text)]
    assert [text for text in sentences if not CHINESE.search(text)] == []


COLUMNS = """
[...document.querySelectorAll("table.compact.sortable")].map((table) => {
  const heads = [...table.tHead.rows[0].cells];
  const texts = (at) => [...table.tBodies[0].rows].map((row) => row.cells[at].textContent.trim());
  return heads.map((_, at) => {
    const shown = [texts(at)];
    for (let click = 0; click < 3; click++) {
      heads[at].querySelector("button").click();
      shown.push(texts(at));
    }
    return { is_number: heads[at].classList.contains("num"), shown };
  });
})
"""


def first_number(text: str) -> float | None:
    found = re.search(r"[−-]?\d[\d,]*(?:\.\d+)?", text)
    return None if found is None else float(found.group().replace(",", "").replace("−", "-"))


def test_tables_sort_at_a_click(browser: Chromium, page: str) -> None:
    """Upwards and downwards, or words first upwards; what has no number stays last."""
    browser.open(page)
    for column in (column for table in browser.value(COLUMNS) for column in table):
        before, once, twice, ended = column["shown"]
        assert ended == before
        if column["is_number"]:
            down, up = (
                [v for t in texts if (v := first_number(t)) is not None] for texts in (once, twice)
            )
            assert (down, up) == (sorted(down, reverse=True), sorted(up))
            missing = [texts[len(down) :] for texts in (once, twice)]
            assert all(first_number(text) is None for texts in missing for text in texts)
        assert sorted(once) == sorted(twice) == sorted(before)


def test_a_sweep_has_tables_that_sort(browser: Chromium, made: Path) -> None:
    browser.open((made / "sweep.html").as_uri())
    assert len(browser.value(COLUMNS)) > 0


def test_light_and_dark_at_a_click(browser: Chromium, page: str) -> None:
    browser.open(page)
    light = browser.value(PAPER)
    label = "document.querySelector('#theme').innerText"
    assert browser.value(label) == "Dark"
    browser.value("document.querySelector('#theme').click()")
    assert browser.value(PAPER) != light
    assert browser.value("location.hash") == "#theme=dark"
    assert browser.value(label) == "Light"
    browser.value("document.querySelector('#theme').click()")
    assert browser.value(PAPER) == light
    assert browser.value("location.hash") == ""


def test_the_page_beside_opens_as_this_one_is_read(browser: Chromium, made: Path) -> None:
    browser.open(f"{(made / 'leaderboard-answers.html').as_uri()}#q=x")
    browser.value("document.querySelector('#theme').click()")
    browser.value("document.querySelector('#language').click()")
    link = browser.value("document.querySelector('main a[href]').href")
    assert link == f"{(made / 'leaderboard.html').as_uri()}#lang=zh&theme=dark"


@pytest.mark.usefixtures("dark")
def test_the_system_is_dark_until_the_button_says_otherwise(browser: Chromium, made: Path) -> None:
    page = (made / "nightly.html").as_uri()
    browser.open(page)
    dark = browser.value(PAPER)
    assert browser.value("document.documentElement.dataset.theme") == "dark"
    browser.value("document.querySelector('#theme').click()")
    assert browser.value("location.hash") == "#theme=light"
    assert browser.value(PAPER) != dark
    browser.open(f"{page}#lang=zh&theme=light")
    assert browser.value("document.querySelector('#theme').innerText") == "深色"


@pytest.mark.parametrize("wide", [360, 390, 768, 1400])
def test_none_is_wider_than_its_window(browser: Chromium, page: str, wide: int) -> None:
    size = {"width": wide, "height": 800, "deviceScaleFactor": 1, "mobile": wide < 600}
    browser.send("Emulation.setDeviceMetricsOverride", **size)
    for language in ("en", "zh"):
        browser.open(f"{page}#lang={language}")
        browser.value("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        browser.value("new Promise(done => setTimeout(done, 100))")
        assert browser.value("document.documentElement.scrollWidth") <= wide
    browser.send("Emulation.clearDeviceMetricsOverride")


def test_what_scrolls_can_be_reached_by_keyboard(browser: Chromium, page: str) -> None:
    size = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    browser.send("Emulation.setDeviceMetricsOverride", **size)
    browser.open(page)
    unreachable = (
        "[...document.querySelectorAll('.scroll')].filter(e => e.checkVisibility() && "
        "e.scrollWidth > e.clientWidth && e.tabIndex !== 0).length"
    )
    assert browser.value(unreachable) == 0
    browser.send("Emulation.clearDeviceMetricsOverride")


def test_it_can_be_read_with_scripts_off(browser: Chromium, page: str) -> None:
    browser.send("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(page)
    browser.send("Emulation.setScriptExecutionDisabled", value=False)
    assert browser.value("document.querySelector('#theme').checkVisibility()") is False
    assert browser.value("document.querySelector('#language').checkVisibility()") is False
    assert browser.value("document.querySelector('main section').checkVisibility()") is True


def test_it_prints_dark_on_white_and_whole(browser: Chromium, page: str) -> None:
    browser.send("Emulation.setEmulatedMedia", media="print")
    size = {"width": A4, "height": 1000, "deviceScaleFactor": 1, "mobile": False}
    browser.send("Emulation.setDeviceMetricsOverride", **size)
    browser.open(f"{page}#theme=dark")
    assert browser.value(PAPER) == "rgb(255, 255, 255)"
    assert browser.value("getComputedStyle(document.body).color") == "rgb(24, 25, 28)"
    assert browser.value("document.documentElement.scrollWidth") <= A4
    browser.send("Emulation.clearDeviceMetricsOverride")
    browser.send("Emulation.setEmulatedMedia", media="")
    assert browser.pdf().startswith(b"%PDF")


def test_every_page_has_the_one_frame(made: Path) -> None:
    frame = (TEMPLATES / "page.html").read_text("utf-8").partition("<title>")[0]
    kept = [line for line in frame.splitlines() if "{{" not in line]
    for name in every_page.NAMES:
        text = (made / name).read_text("utf-8")
        assert [line for line in kept if line not in text] == []
        assert text.count("<main>") == text.count("<footer>") == text.count("<h1") == 1


def test_no_script_of_a_stranger_runs(browser: Chromium, tmp_path: Path) -> None:
    """Names, answers, errors and recipes are text, on the pages of nights and of sweeps."""
    evil = "</script><img src=x onerror=boom()>"
    report = replace(told(tmp_path / "nights", quiet=2, answer=evil), failed={evil: evil})
    found = {**finished(), "name": evil, "not_apart": [evil], "failed_finals": {evil: evil}}
    found["trials"][0]["values"] = {"finetune.rank": evil}
    written = {
        "nightly.html": nightly_page.page(report, History(tmp_path / "nights")),
        "sweep.html": sweep_page.page(found),
    }
    for name, content in written.items():
        (tmp_path / name).write_bytes(content)
        browser.open((tmp_path / name).as_uri())
        browser.value("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        browser.value("document.querySelector('#language').click()")
        browser.value("new Promise(done => setTimeout(done, 200))")
        assert browser.value("window.boomed") == 0
        assert browser.value("document.querySelectorAll('img, iframe, script').length") == 1
        assert browser.value("document.body.textContent.includes('onerror=boom()')")
        assert browser.happened("Log.entryAdded") == []
