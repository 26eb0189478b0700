"""The page of a comparison in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.compare.comparison import compare
from reports.compare.files import write
from tests.reports import chromium
from tests.reports.chromium import Chromium
from tests.reports.compare import runs
from tests.reports.compare.runs import GOOD, UNTUNED
from tests.reports.conftest import HOSTILE_NAME, HOSTILE_TEXTS
from tests.reports.folders import Entrant

pytestmark = pytest.mark.browser

PROGRAM = chromium.path()


def test_it_acts_speaks_both_languages_and_runs_nothing_of_strangers(tmp_path: Path) -> None:
    if PROGRAM is None:
        pytest.skip("no Chromium on this machine")
    evil = Entrant(HOSTILE_NAME, 0.5, seed=2, texts=HOSTILE_TEXTS, summary=UNTUNED)
    folders = [runs.write(tmp_path, one) for one in (GOOD, evil)]
    page = write(compare(folders, explain=True), tmp_path / "out").as_uri()
    browser = Chromium(PROGRAM, tmp_path / "profile")
    try:
        trap = "window.boomed = 0; window.boom = () => { window.boomed += 1; };"
        browser.send("Page.addScriptToEvaluateOnNewDocument", source=trap)
        browser.open(page)
        browser.value("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        assert browser.value("window.boomed") == 0
        assert browser.value("document.querySelectorAll('img, iframe, script').length") == 1
        assert browser.value("document.querySelectorAll('#questions > .q').length") > 10
        assert browser.value("document.querySelectorAll('figure svg rect').length") > 3
        browser.value("document.querySelector('#language').click()")
        assert "差距由什么构成" in browser.value("document.body.textContent")
        assert browser.happened("Log.entryAdded") == []
        assert browser.happened("Runtime.exceptionThrown") == []
    finally:
        browser.close()
