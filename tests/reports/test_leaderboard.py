from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from harness.errors import StoreError
from reports.leaderboard import Leaderboard, build, write
from tests.reports.conftest import MakeBoard, eight
from tests.reports.folders import Entrant

FILES = ["leaderboard.md", "leaderboard.json", "leaderboard.html", "leaderboard.xlsx"]


def test_writes_the_four_formats_and_no_more(hostile: Leaderboard, tmp_path: Path) -> None:
    written = write(hostile, tmp_path / "deep" / "out")
    assert [path.name for path in written] == FILES
    assert sorted(path.name for path in (tmp_path / "deep/out").iterdir()) == sorted(FILES)


def test_writing_again_touches_nothing(make_board: MakeBoard, tmp_path: Path) -> None:
    board = make_board(*eight())
    out = tmp_path / "out"
    before = {path: path.stat() for path in write(board, out)}
    folders = [entry.run.folder for entry in board.entries]
    again = write(build(folders[::-1]), out)
    assert {path: path.stat().st_mtime_ns for path in again} == {
        path: stat.st_mtime_ns for path, stat in before.items()
    }
    assert {path.stat().st_ino for path in again} == {stat.st_ino for stat in before.values()}


def test_json_is_the_summaries_in_rank_order(make_board: MakeBoard, tmp_path: Path) -> None:
    board = make_board(Entrant("weak", 0.1, 6), Entrant("strong", 0.99, 0.3), count=60)
    write(board, tmp_path)
    rows = json.loads((tmp_path / "leaderboard.json").read_text("utf-8"))
    assert [(row["name"], row["rank"]) for row in rows] == [("strong", [1, 1]), ("weak", [2, 2])]
    for row, entry in zip(rows, board.entries, strict=True):
        summary = json.loads((entry.run.folder / "summary.json").read_text("utf-8"))
        assert {key: row[key] for key in summary} == summary


def test_answers_of_an_earlier_report_do_not_stay(hostile: Leaderboard, tmp_path: Path) -> None:
    stale = tmp_path / "leaderboard-answers.html"
    stale.write_text("old")
    write(hostile, tmp_path)
    assert not stale.exists()


def test_a_folder_that_cannot_be(hostile: Leaderboard, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="leaderboard"):
        write(hostile, tmp_path / "file")


def test_building_loads_nothing_heavy(hostile: Leaderboard) -> None:
    folders = [str(entry.run.folder) for entry in hostile.entries]
    code = (
        "import sys; from pathlib import Path; from reports.leaderboard import build\n"
        f"build([Path(name) for name in {folders!r}])\n"
        "print(sorted({'torch', 'pandas', 'openpyxl', 'jinja2', 'matplotlib', 'transformers'}"
        " & set(sys.modules)))\n"
        "print(sorted(name for name in sys.modules if name.startswith('harness.stages')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "[]"]
