"""By what the cells of a text file are parted."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.rows.delimited import read_delimited


@pytest.mark.parametrize(
    ("text", "separator", "rows"),
    [
        ("a,b\n1,2\n", ",", [["a", "b"], ["1", "2"]]),
        ("价目表\na;b\n1,5;2\n3;4,5\n", ";", [["价目表"], ["a", "b"], ["1,5", "2"], ["3", "4,5"]]),
        ("Results, round 2\na\tb\n1\t2\n3\t4\n", "\t",
         [["Results, round 2"], ["a", "b"], ["1", "2"], ["3", "4"]]),
        ("\n\n标题,2025\na;b\n1;2\n", ";", [[], [], ["标题,2025"], ["a", "b"], ["1", "2"]]),
        ('a,b\n"x;y;z",1\n"p;q;r",2\n', ",", [["a", "b"], ["x;y;z", "1"], ["p;q;r", "2"]]),
        ("sep=;\na;b\n1;2\n", ";", [[], ["a", "b"], ["1", "2"]]),
        ("sep=\t\na\tb\n", "\t", [[], ["a", "b"]]),
        ("a\n1\n", ",", [["a"], ["1"]]),
        ("a;b;c\n1,5;2,5;3,5\n", ";", [["a", "b", "c"], ["1,5", "2,5", "3,5"]]),
    ],
)  # fmt: skip
def test_separators(tmp_path: Path, text: str, separator: str, rows: list[list[str]]) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8", newline="")
    read = read_delimited(path)
    assert ([cells for _, cells in read.rows], read.separator) == (rows, separator)
