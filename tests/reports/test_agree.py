"""Page, Markdown, JSON and sheet of one board say the same numbers."""

from __future__ import annotations

import io
import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from reports.leaderboard import build, write
from reports.text import points
from tests.reports.conftest import eight
from tests.reports.folders import questions, write_run

SCORES = ("total", "AS", "ART", "AE")
Table = list[dict[str, str]]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("agree")
    samples = questions(60)
    write(build([write_run(root / "runs", entrant, samples) for entrant in eight()]), root)
    return root


def of_page(out: Path, section: str) -> Table:
    """The first table of a section, its cells as one reads them."""
    text = (out / "leaderboard.html").read_text("utf-8")
    whole = re.search(rf'<section id="{section}".*?</section>', text, re.DOTALL)
    assert whole is not None
    table = re.search(r"<table.*?</table>", whole[0], re.DOTALL)
    assert table is not None
    rows = [
        [_plain(cell) for cell in re.findall(r"<t[hd][ >].*?</t[hd]>", row, re.DOTALL)]
        for row in re.findall(r"<tr.*?</tr>", table[0], re.DOTALL)
    ]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def _plain(cell: str) -> str:
    without = re.sub(r"<svg.*?</svg>|<small>(?!\[).*?</small>", "", cell, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", " ", without)).strip().replace("  ", " ")


def of_markdown(out: Path) -> Table:
    """The table with the ranks."""
    lines = (out / "leaderboard.md").read_text("utf-8").splitlines()
    start = next(at for at, line in enumerate(lines) if "| total" in line)
    rows = [
        [cell.strip().replace("\\", "").replace("*", "") for cell in line.strip("|").split("|")]
        for line in lines[start : start + 10]
    ]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[2:]]


def of_sheet(out: Path, name: str) -> list[dict[str, Any]]:
    book = openpyxl.load_workbook(io.BytesIO((out / "leaderboard.xlsx").read_bytes()))
    head, *rows = book[name].iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def of_json(out: Path) -> list[dict[str, Any]]:
    return list(json.loads((out / "leaderboard.json").read_text("utf-8")))


def test_every_score_is_the_same_everywhere(out: Path) -> None:
    every = of_page(out, "board"), of_markdown(out), of_sheet(out, "leaderboard"), of_json(out)
    assert [len(rows) for rows in every] == [8] * 4
    for shown, written, cells, told in zip(*every, strict=True):
        assert shown["entry"] == written["entry"] == cells["entry"] == told["name"]
        for name in SCORES:
            own = told["total"] if name == "total" else told["parts"][name]
            text = f"{points(own['value'])} [{points(own['low'])}, {points(own['high'])}]"
            assert " ".join(shown[name].split()) == text
            assert written[name] == text
            assert cells[name] == pytest.approx(own["value"])
        best, worst = told["rank"]
        assert shown["rank"] == (f"{best}" if best == worst else f"{best}–{worst}")
        assert written["rank"] == shown["rank"]


def test_every_pair_is_the_same_everywhere(out: Path) -> None:
    shown, cells = of_page(out, "pairs"), of_sheet(out, "pairs")
    against = {row["name"]: row["against"] for row in of_json(out)}
    assert len(shown) == len(cells) == 28
    for row, cell in zip(shown, cells, strict=True):
        told = against[row["entry"]][row["against"]]
        mirrored = against[row["against"]][row["entry"]]
        for name in ("difference", "low", "high", "detectable"):
            assert row[name] == points(cell[name])
            assert told[name] == pytest.approx(cell[name], abs=0.006)
        assert (mirrored["low"], mirrored["high"]) == (-told["high"], -told["low"])
        assert (row["told apart"] == "✓") == told["apart"] == (cell["told apart"] == "yes")


def test_what_no_entry_differs_in_has_no_column(out: Path) -> None:
    text = (out / "leaderboard.html").read_text("utf-8")
    assert "n" not in of_page(out, "board")[0]
    assert not {"unscored", "variation", "training"} & of_page(out, "raw")[0].keys()
    same = [_plain(each) for each in re.findall(r'<p class="hint">.*?</p>', text, re.DOTALL)]
    assert any("The same for every entry" in each and "n 60" in each for each in same)
    assert any("variation 3.4%" in each and "unscored 0" in each for each in same)
