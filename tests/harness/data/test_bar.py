from pathlib import Path

import pytest

from harness.data.bar import lines_in, watching


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [("a.jsonl", "{}\n{}\n", 2), ("a.csv", "a,b\n1,2\n", 2), ("a.json", "[\n]\n", 0)],
)
def test_lines_are_counted_where_a_row_is_one(
    tmp_path: Path, name: str, text: str, lines: int
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert lines_in(path) == lines
    assert lines_in(tmp_path / f"nowhere-{name}") == 0


def test_a_file_that_is_not_there_is_no_error_of_the_bar(tmp_path: Path) -> None:
    with watching("reading", tmp_path / "nowhere.jsonl") as shown:
        shown.advance()
