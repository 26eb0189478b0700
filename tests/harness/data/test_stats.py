from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from harness.data.report import stats_text
from harness.data.stats import measure
from harness.errors import InputError
from harness.metrics.diversity import distinct
from harness.text.display import shown, table, width
from tests.harness.data.made import roleplay_rows, write_array, write_lines

CASES = yaml.safe_load((Path(__file__).parent / "cases/stats.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case['format']}: {case['file'][1][:30]}"
)
def test_cases(case: dict[str, Any], tmp_path: Path) -> None:
    name, text = case.pop("file")
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    found = asdict(measure(path))
    assert {name: found[name] for name in case} == case


def test_a_role_play_set(tmp_path: Path) -> None:
    rows = roleplay_rows()
    stats = measure(write_array(tmp_path / "roleplay.json", rows))
    assert (stats.rows, stats.unread) == (3729, 0)
    assert (stats.repeats.duplicate_pairs, stats.repeats.repeated_instructions) == (112, 238)
    assert stats.empty == {"input": 3729}
    replies = [row["output"] for row in rows]
    assert stats.distinct_1 == distinct(replies, 1)
    assert stats.distinct_2 == distinct(replies, 2)


@given(
    st.lists(
        st.text("ab 你好\n", min_size=1, max_size=30).filter(str.strip), min_size=1, max_size=30
    )
)
def test_lengths_are_those_of_the_replies(
    tmp_path_factory: pytest.TempPathFactory, replies: list[str]
) -> None:
    rows = [{"instruction": "q", "output": reply} for reply in replies]
    found = measure(write_lines(tmp_path_factory.mktemp("s") / "a.jsonl", rows)).lengths["reply"]
    lengths = sorted(map(len, replies))
    assert (found.minimum, found.maximum, found.total) == (lengths[0], lengths[-1], sum(lengths))
    assert found.median == median(lengths)
    within = sum(length <= found.p95 for length in lengths)
    below = sum(length < found.p95 for length in lengths)
    assert within >= 0.95 * len(lengths) > below


def test_the_report_lines_up_and_names_what_was_not_read(tmp_path: Path) -> None:
    rows = [{"user": "累", "style": " 毒舌", "assistant": "活该"}, {"user": "累", "style": "温柔"}]
    lines = stats_text(measure(write_lines(tmp_path / "a.jsonl", rows))).splitlines()
    assert lines[0].endswith("a.jsonl: style, 1 rows, 1 more not read")
    head, *body = lines[2:5]
    ends = {line.rstrip()[-1:].isdigit() for line in body}
    assert ends == {True}
    assert len({width(line) for line in (head, *body)}) == 1
    assert "style: ' 毒舌' 1 (100%)" in lines
    assert "left out: empty output" in lines[-1]


def test_wide_characters_take_two_columns() -> None:
    lines = list(table([("名字", "n"), ("a", "12")], right=(1,)))
    assert lines == ["名字   n", "a     12"]
    assert shown("一二三四", 5) == "一二…"
    assert shown("a\nb\x1b") == "a⏎b�"
    assert list(table([])) == []


def test_a_file_of_no_format_is_the_users_mistake(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no known format"):
        measure(write_lines(tmp_path / "a.jsonl", [{"frage": "a"}]))
