from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from harness.distill.replies import by_id, item_id, read_items, said, without_thinking

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "golden" / "replies.yaml").read_text("utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_teachers_write(case: dict[str, Any]) -> None:
    assert read_items(case["text"]) == case["items"]


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    items = read_items(text)
    assert items is None or all(isinstance(item, dict) for item in items)


@given(
    st.lists(
        st.fixed_dictionaries({"id": st.integers(0, 99), "question": st.text(max_size=20),
                               "answer": st.text(max_size=20)}),
        min_size=1, max_size=5,
    )
)  # fmt: skip
def test_valid_json_is_never_changed(items: list[dict[str, Any]]) -> None:
    import json

    assert read_items(json.dumps(items, ensure_ascii=True)) == items


@pytest.mark.parametrize("written", [3, "3", "Q3", "3.", "第3题", "#3", "(3)"[1:]])
def test_a_number_however_it_is_written(written: object) -> None:
    assert item_id({"id": written}) == 3


@pytest.mark.parametrize("written", ["", None, "三", "1-2", True])
def test_no_number_is_no_number(written: object) -> None:
    assert item_id({"id": written}) is None


def test_items_are_found_by_id_in_any_order() -> None:
    found = by_id([{"id": 2, "answer": "乙"}, {"id": "1", "answer": "甲"}, {"answer": "丙"}])
    assert found == {2: [{"id": 2, "answer": "乙"}], 1: [{"id": "1", "answer": "甲"}]}


def test_the_same_twice_is_once_but_two_answers_are_two() -> None:
    same, other = {"id": 1, "answer": "甲"}, {"id": 1, "answer": "乙"}
    assert by_id([same, same]) == {1: [same]}
    assert by_id([same, other]) == {1: [same, other]}


def test_fields_as_text() -> None:
    assert said(["K1", 2]) == "K1、2"
    assert said(3.0) == "3"
    assert said(None) == ""
    assert said(" 07:06 \n") == "07:06"


def test_thinking_ends_at_its_last_mark() -> None:
    assert without_thinking("a</think>b</think>c") == "c"
    assert without_thinking("<think>a") is None
    assert without_thinking("a") == "a"


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 50_000, '[{"a":' * 50_000 + "1", "{" * 3000]
)
def test_nesting_beyond_reason_is_nothing(text: str) -> None:
    assert not read_items(text)
