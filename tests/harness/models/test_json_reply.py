import json
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from harness.models.json_reply import by_id, is_yaml, item_id, read_items, said, without_thinking

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


ITEMS = [{"id": 1, "question": "甲", "answer": "乙"}, {"id": 2, "question": "丙", "answer": "丁"}]
WRITTEN = json.dumps(ITEMS, ensure_ascii=False)
WITHOUT_IDS = [{k: v for k, v in item.items() if k != "id"} for item in ITEMS]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(WRITTEN),
        json.dumps(json.dumps(WRITTEN)),
        f"```json\n{json.dumps(WRITTEN)}\n```",
        WRITTEN.replace('"', '\\"'),
        f'结果："{WRITTEN.replace(chr(34), chr(92) + chr(34))}"',
        json.dumps([json.dumps(item) for item in ITEMS]),
        json.dumps({"questions": ITEMS}),
        json.dumps({"questions": WRITTEN}),
        json.dumps({"total": 2, "questions": ITEMS}),
        json.dumps({"id": "x", "questions": ITEMS}),
        json.dumps({"data": {"items": ITEMS}}),
        json.dumps({"output": ITEMS}),
        json.dumps({"questions": {"1": ITEMS[0], "2": ITEMS[1]}}),
        json.dumps({"first": ITEMS[:1], "second": ITEMS[1:]}),
        f"好的[注1]，见{{表}}：\n{WRITTEN}\n以上。",
        f"Here [1]:\n{WRITTEN}\n[2] {{end}}",
        f"```python\nprint(1)\n```\n{WRITTEN}",
    ],
)
def test_lists_however_they_are_wrapped(text: str) -> None:
    assert read_items(text) == ITEMS


@pytest.mark.parametrize("name", ["{}", "Q{}", "问题{}", "第{}题", "question_{}", "#{}"])
@pytest.mark.parametrize("around", [False, True])
def test_items_under_their_ids(name: str, around: bool) -> None:
    keyed: dict[str, Any] = {name.format(n + 1): item for n, item in enumerate(WITHOUT_IDS)}
    items = read_items(json.dumps({"questions": keyed} if around else keyed))
    assert items is not None
    found = by_id(items)
    assert {n: [{**item, "id": n} for item in group] for n, group in found.items()} == {
        1: [ITEMS[0]],
        2: [ITEMS[1]],
    }


@pytest.mark.parametrize(
    "text",
    [
        "- id: 1\n  question: 甲\n  answer: 乙\n- id: 2\n  answer: [K1, K2]\n",
        "```yaml\nquestions:\n  - id: 1\n    answer: 3\n```",
        "id: 1\nanswer: 甲",
        "问题: 甲\n答案: 乙\n",
        "items:\n- id: 1\n  a: x\n",
    ],
)
def test_yaml_is_told_by_name(text: str) -> None:
    assert read_items(text) is None
    assert is_yaml(text)


@pytest.mark.parametrize(
    "text", ["", "抱歉，我无法回答。", "Note: I cannot.", "a: b, c", "12:30 开"]
)
def test_prose_is_no_yaml(text: str) -> None:
    assert not is_yaml(text)


@pytest.mark.parametrize(
    "written",
    ["9" * 4301, "1e400", "-1e999", "NaN", "Infinity", "-Infinity", "9" * 19, "0.1e500"],
)
@pytest.mark.parametrize("form", ['[{{"id": 1, "answer": {}}}]', '[{{"id": 1, "answer": {},}},]'])
def test_wild_numbers_are_text(written: str, form: str) -> None:
    items = read_items(form.format(written))
    assert items is None or json.dumps(items, allow_nan=False)
    assert all(isinstance(item["answer"], str | None) for item in items or [])


@pytest.mark.parametrize(
    "form", ['[{{"id": {}, "answer": "甲"}}]', '[{{"id": {}, "answer": "甲",}}]']
)
def test_an_id_of_thousands_of_digits_is_none(form: str) -> None:
    assert by_id(read_items(form.format("9" * 4301)) or []) == {}


@pytest.mark.parametrize(
    "text",
    [
        "{" * 300_000,
        "}" * 300_000,
        "{}" * 150_000,
        "}{" * 150_000,
        "} " * 150_000,
        "}" + " " * 300_000 + "x",
        "[]" * 150_000,
        "[{" * 150_000,
        "[{}," * 75_000,
        '"' * 300_000,
        '"a": ' * 60_000,
        '{"a": x' + " " * 300_000 + 'y"',
        '{"a": "' + "\\" * 300_000,
        "<think>" * 50_000,
        "```" * 100_000,
        ('{"a":' * 900 + "x") * 60,
        "a:\n" * 100_000,
        "[注" * 100_000,
        "{" * 8000,
        '{"a": ' * 8000,
    ],
)
def test_no_reply_takes_long(text: str) -> None:
    began = time.process_time()
    by_id(read_items(text) or [])
    is_yaml(text)
    assert time.process_time() - began < 2


@pytest.mark.parametrize("depth", [41, 500, 900])
def test_an_item_that_nests_beyond_reason_is_left_out(depth: int) -> None:
    deep = '{"id": 1, "answer": ' + '{"a": ' * depth + "1" + "}" * depth + "}"
    assert not read_items(deep)
    assert read_items(f"[{deep}, {json.dumps(ITEMS[1])}]") in ([ITEMS[1]], None)
