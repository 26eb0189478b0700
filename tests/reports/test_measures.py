"""What stands beside the score: measures, confusion matrices, findings, answers while training."""

import json
from pathlib import Path
from typing import Any

import pytest

from harness.errors import InputError
from reports import measures, noticed, watched
from reports.board import build
from reports.leaderboard import write
from reports.terminal import terminal_table
from tests.reports.folders import Entrant, questions, write_run

Row = dict[str, Any]


def rouge(value: float | None, **more: Any) -> Row:
    return {"name": "rouge_l", "value": value, "n": 30, "signature": "tok:mixed", **more}


def board_of(
    root: Path, *summaries: Row, suite: Row | None = None, rows: list[Row] | None = None
) -> Any:
    asked = questions(30)
    folders = []
    for at, summary in enumerate(summaries):
        folder = write_run(root, Entrant(f"e{at}", 0.9 - at / 10, summary=summary), asked)
        if suite is not None:
            (folder / "suite.json").write_text(json.dumps(suite), "utf-8")
        if rows is not None:
            lines = "".join(json.dumps(row) + "\n" for row in rows)
            (folder / "watched.jsonl").write_text(lines, "utf-8")
        folders.append(folder)
    return build(folders)


def test_a_line_has_a_cell_an_entry_and_marks_the_best(tmp_path: Path) -> None:
    loops = {"name": "loops", "value": 12.0, "n": 30, "better": "lower"}
    fewer = {**loops, "value": 3.0, "low": 1.0, "high": 8.5}
    board = board_of(
        tmp_path, {"measures": [rouge(40.126), loops]}, {"measures": [rouge(41.0), fewer]}
    )
    first, second = measures.lines(board)
    assert (first.name, first.mark, first.signature) == ("rouge l", "↑", "tok:mixed")
    assert [cell.text for cell in first.cells] == ["40.13", "41.00"]
    assert [cell.best for cell in first.cells] == [False, True]
    assert [cell.best for cell in second.cells] == [False, True]
    assert second.cells[1].interval == "[1.00, 8.50]"


def test_other_signatures_do_not_compare(tmp_path: Path) -> None:
    other = rouge(41.0, signature="tok:13a")
    board = board_of(tmp_path, {"measures": [rouge(40.0)]}, {"measures": [other]})
    (line,) = measures.lines(board)
    assert line.signature == ""
    assert not any(cell.best for cell in line.cells)


def test_what_cannot_be_told_says_why(tmp_path: Path) -> None:
    board = board_of(tmp_path, {"measures": [rouge(None, note="no answer in Chinese")]}, {})
    (line,) = measures.lines(board)
    assert [cell.text for cell in line.cells] == ["–", "–"]
    assert line.cells[0].note == "no answer in Chinese"


def test_every_format_shows_them(tmp_path: Path) -> None:
    suite = {
        "families": {},
        "findings": [
            {"rule": "repeated row", "where": "a.jsonl:3", "detail": "<b>x</b>", "lost": True},
            {"rule": "repeated row", "where": "a.jsonl:9", "detail": "", "lost": False},
        ],
    }
    matrix = {
        "group": "dev",
        "labels": ["A", "B"],
        "columns": ["A", "B", "?"],
        "counts": [[1, 2, 0], [0, 5, 1]],
    }
    rows = [
        {
            "step": step,
            "epoch": step / 2,
            "sample_id": "q1",
            "question": "<i>问</i>",
            "reference": "<u>参考</u>",
            "text": f"答{step}",
        }
        for step in range(0, 20, 2)
    ]
    board = board_of(
        tmp_path / "runs",
        {"measures": [rouge(40.0, group="dev")], "confusions": [matrix]},
        suite=suite,
        rows=rows,
    )
    out = tmp_path / "out"
    write(board, out)
    page = (out / "leaderboard.html").read_text("utf-8")
    for text in (
        "rouge l",
        "40.00",
        "repeated row",
        "a.jsonl:3: &lt;b&gt;x",
        "&lt;i&gt;问",
        "&lt;u&gt;参考",
        "答18",
    ):
        assert text in page
    assert "答2<" not in page  # of ten moments the page shows six
    markdown = (out / "leaderboard.md").read_text("utf-8")
    assert "| dev | rouge l ↑ | 30 | 40.00 |" in markdown
    assert "| repeated row | 2 | 1 |" in markdown
    assert "rouge" not in terminal_table(board, 100)
    (found,) = noticed.noticed(board)
    assert (found.count, found.lost) == (2, 1)
    (one,) = watched.watched(board)
    assert len(one.moments) == 6


@pytest.mark.parametrize(
    ("summary", "message"),
    [
        ({"measures": [{"name": "x"}]}, r"measures\[0\]\.n is missing"),
        (
            {"measures": [{"name": "x", "n": 1, "value": "3"}]},
            r"measures\[0\]\.value must be a number",
        ),
        (
            {"measures": [{"name": "x", "n": 1, "better": "most"}]},
            r"measures\[0\]\.better must be one of higher, lower, neither",
        ),
        (
            {"confusions": [{"labels": ["A"], "columns": ["A"], "counts": [[1, 2]]}]},
            r"confusions\[0\]\.counts must be whole numbers",
        ),
    ],
)
def test_a_broken_one_is_named(tmp_path: Path, summary: Row, message: str) -> None:
    with pytest.raises(InputError, match=message):
        board_of(tmp_path, summary)


def test_a_watched_row_that_lacks_a_field_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"watched\.jsonl row 1: has no epoch"):
        board_of(tmp_path, {}, rows=[{"step": 0, "sample_id": "a", "question": "b", "text": "c"}])
