"""The pages under axe-core in a real browser: no serious or critical fault, light and dark."""

from __future__ import annotations

import importlib.util
import json
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.reports import every_page
from tests.reports.chromium import Chromium
from tests.reports.conftest import eight

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
    """Every page."""
    return every_page.write(tmp_path_factory.mktemp("accessible"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", every_page.NAMES)
def test_nothing_grave_stands_in_the_way(
    browser: Chromium, made: Path, name: str, scheme: str
) -> None:
    state = urlencode({"entry": eight()[0].name, "q": "车次", "w": "10,45,45"})
    assert faults(browser, f"{(made / name).as_uri()}#{state}", scheme) == []


def test_a_grave_fault_would_be_found(browser: Chromium, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<html lang='en'><title>t</title><body><main><h1>h</h1><img src='data:,'>")
    assert [rule for rule, _ in faults(browser, page.as_uri())] == ["image-alt"]
