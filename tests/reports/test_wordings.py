"""Which wordings were asked, and the spread over them, in every format."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from harness.errors import InputError
from reports.markdown import markdown
from reports.page import PAGE, pages
from reports.terminal import terminal_table
from reports.workbook import workbook
from tests.reports.conftest import MakeBoard
from tests.reports.folders import Entrant

SPREAD = {"n": 36, "low": 81.25, "high": 100.0, "sd": 4.5}
SAID = {
    "report": ("Asked in wordings kept for reporting.", "所用问法专为报告成绩而留。"),
    "test": (
        "Asked in the wordings to develop on: not for a headline.",
        "所用问法是开发时用的那一套：不可作为对外公布的成绩。",
    ),
}


def entrants(wordings: str | None, spread: dict[str, Any] | None) -> list[Entrant]:
    """One entry with a spread and one without."""
    return [
        Entrant("good", 0.9, summary={"wordings": wordings, "phrasings": spread}),
        Entrant("bad", 0.2, seed=2, summary={"wordings": wordings, "phrasings": None}),
    ]


@pytest.mark.parametrize("wordings", SAID)
def test_every_format_says_it(wordings: str, make_board: MakeBoard) -> None:
    english, chinese = SAID[wordings]
    board = make_board(*entrants(wordings, SPREAD))
    page = pages(board)[PAGE].decode()
    assert english in page
    assert chinese in page
    assert english in markdown(board).partition("## How the score is made")[0]
    assert english in terminal_table(board, 100)
    notes = load_workbook(io.BytesIO(workbook(board)))["notes"]
    assert ("wordings", english) in notes.iter_rows(values_only=True)


def test_the_spread_stands_beside_the_families(make_board: MakeBoard) -> None:
    board = make_board(*entrants("report", SPREAD))
    page = pages(board)[PAGE].decode()
    assert '<td class="num">81.2–100.0 (sd 4.5)</td>' in page
    assert "over wordings</span><small>n=36</small>" in page
    table = markdown(board).partition("## Families\n\n")[2].splitlines()
    assert table[0].endswith("| over wordings (36) |")
    assert [line.rstrip(" |").rpartition("| ")[2] for line in table[2:4]] == [
        "81.2–100.0 (sd 4.5)", "–",
    ]  # fmt: skip
    rows = list(load_workbook(io.BytesIO(workbook(board)))["families"].iter_rows(values_only=True))
    assert [row[-4:] for row in rows] == [
        ("wordings", "lowest wording AS", "highest wording AS", "sd over wordings"),
        (36, 81.25, 100.0, 4.5),
        (None, None, None, None),
    ]


def test_questions_without_phrasings_say_nothing(make_board: MakeBoard) -> None:
    board = make_board(*entrants(None, None))
    texts = (markdown(board), pages(board)[PAGE].decode(), terminal_table(board, 100))
    assert all("wordings" not in text for text in texts)
    families = load_workbook(io.BytesIO(workbook(board)))["families"]
    assert "wordings" not in next(families.iter_rows(values_only=True))


@pytest.mark.parametrize(
    ("summary", "sentence"),
    [
        ({"wordings": "best"}, "wordings must be one of test, report"),
        (
            {"phrasings": {"n": -1, "low": 0, "high": 1, "sd": 0}},
            "phrasings.n must not be negative",
        ),
        ({"phrasings": {"n": 2, "low": "?", "high": 1, "sd": 0}}, "phrasings.low must be a number"),
    ],
)
def test_a_summary_that_cannot_be(
    summary: dict[str, Any], sentence: str, make_board: MakeBoard
) -> None:
    with pytest.raises(InputError, match=sentence):
        make_board(Entrant("a", summary=summary))
