"""Which option a right answer is, however it is spelled."""

from __future__ import annotations

import pytest

from harness.errors import InputError
from harness.question_files.choices import NoOption, first_number, read_choices, right_options

OPTIONS = {"A": "上海", "B": "北京", "C": "广州", "D": "北京西"}


@pytest.mark.parametrize(
    "answer",
    ["B", "b", "B.", "(B)", "（Ｂ）", "【B】", "选B", "答案：B", "正确答案是B。", "B. 北京",
     "B、北京", "北京", "答案选B", "B选项", "Option B", "the answer is B",
     "B 选项是正确的。", "B项正确", "B是对的", "B正确."],
)  # fmt: skip
def test_one_option_in_every_spelling(answer: str) -> None:
    assert right_options(answer, OPTIONS, None) == ("B",)


@pytest.mark.parametrize(
    "answer", ["AC", "CA", "A、C", "A,C", "A和C", "上海、广州", ["A", "C"], "ac"]
)
def test_several_options_in_every_spelling(answer: object) -> None:
    assert right_options(answer, OPTIONS, None) == ("A", "C")


@pytest.mark.parametrize("answer", ["E", "天津", "B. 上海", "AE", "AA", "2", "无"])
def test_what_is_none_of_them_is_said_to_be(answer: str) -> None:
    with pytest.raises(NoOption) as caught:
        right_options(answer, OPTIONS, None)
    assert "A, B, C, D" in caught.value.reason


def test_options_that_are_numbers_go_by_what_they_say() -> None:
    assert right_options(3, {"A": "3", "B": "1", "C": "2"}, 1) == ("A",)
    assert right_options("-1", {"A": "1", "B": "-1"}, None) == ("B",)


def test_numbers_count_from_where_the_file_counts() -> None:
    assert first_number([0, 3], [4, 4]) == 0
    assert first_number([1, 4], [4, 4]) == 1
    assert first_number([1, 2], [4, 4]) is None
    assert right_options(2, OPTIONS, 0) == ("C",)
    assert right_options(2, OPTIONS, 1) == ("B",)


@pytest.mark.parametrize(
    "value",
    [
        ["甲", "乙"], {"A": "甲", "B": "乙"}, {"text": ["乙", "甲"], "label": ["B", "A"]},
        "A. 甲\nB. 乙", '["甲", "乙"]', ["A. 甲", "B. 乙"], "甲|乙",
    ],
)  # fmt: skip
def test_options_as_files_hold_them(value: object) -> None:
    assert read_choices("q.jsonl:1", value) == {"A": "甲", "B": "乙"}


@pytest.mark.parametrize("value", [["甲"], 7, [["甲"], ["乙"]], {"A": "甲", "C": "乙"}])
def test_what_are_no_options_is_told_by_row(value: object) -> None:
    with pytest.raises(InputError, match=r"q\.jsonl:1: choices"):
        read_choices("q.jsonl:1", value)
