"""Calls of tools from OpenAI's messages to what is taught, and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.data.convert import convert
from harness.data.formats import FORMATS, detect
from harness.data.formats.calls import JOIN, functions
from harness.data.validate import Question, validate
from harness.rows.files import read_records, write_records
from harness.rows.record import Record

USER = {"role": "user", "content": "查"}
DONE = {"role": "assistant", "content": "好"}


def call(name: str, arguments: Any, **more: Any) -> dict[str, Any]:
    return {"id": f"c-{name}", "type": "function",
            "function": {"name": name, "arguments": arguments}, **more}  # fmt: skip


def calling(*calls: Any, said: str | None = None) -> dict[str, Any]:
    return {"role": "assistant", "content": said, "tool_calls": list(calls)}


def answer(text: str, call: str) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": call, "content": text}


def shared(*messages: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What messages become in ShareGPT, and what is lost; they come back whole."""
    row = {"messages": list(messages)}
    conversation = FORMATS["messages"].read(Record("a:1", row))
    assert FORMATS["messages"].write(conversation) == row
    made = FORMATS["sharegpt"].write(conversation)
    again = FORMATS["sharegpt"].read(Record("b:1", json.loads(json.dumps(made))))
    assert FORMATS["messages"].write(again) == row
    return made, FORMATS["sharegpt"].loses(conversation)


@pytest.mark.parametrize(
    ("arguments", "taught"),
    [
        ('{"a": 1}', {"a": 1}), ("{}", {}), ('{"城": "北京", "n": [1, {"x": null}]}',
        {"城": "北京", "n": [1, {"x": None}]}), ('{"a": "{\\"b\\": 1}"}', {"a": '{"b": 1}'}),
        ({"a": 1}, {"a": 1}), ("not json", "not json"), ("[1]", "[1]"), ('"x"', '"x"'),
        ("", ""), ('{"a": NaN}', '{"a": NaN}'),
    ],
)  # fmt: skip
def test_arguments_are_an_object_where_they_are_one(arguments: Any, taught: Any) -> None:
    made, _ = shared(USER, calling(call("f", arguments)), answer("3", "c-f"), DONE)
    turn = made["conversations"][1]
    assert turn["from"] == "function_call"
    assert json.loads(turn["value"]) == [{"name": "f", "arguments": taught}]


def test_text_beside_a_call_is_named_where_it_is_lost() -> None:
    _, lost = shared(USER, calling(call("f", "{}"), said="我查一下"), answer("3", "c-f"), DONE)
    assert lost == ("content (beside tool_calls)",)
    for nothing in ("", None):
        assert (
            shared(USER, calling(call("f", "{}"), said=nothing), answer("3", "c-f"), DONE)[1] == ()
        )
    parts: Any = [{"type": "text", "text": "我查"}]
    assert shared(USER, calling(call("f", "{}"), said=parts), answer("3", "c-f"), DONE)[1]


@pytest.mark.parametrize("count", [2, 3, 5])
def test_calls_made_together_are_valid(count: int) -> None:
    calls = [call(f"f{n}", f'{{"n": {n}}}') for n in range(count)]
    answers = [answer(f"结果{n}", f"c-f{n}") for n in range(count)]
    made, lost = shared(USER, calling(*calls), *answers, DONE)
    assert [turn["from"] for turn in made["conversations"]] == [
        "human", "function_call", "observation", "gpt",
    ]  # fmt: skip
    assert made["conversations"][2]["value"] == JOIN.join(f"结果{n}" for n in range(count))
    assert lost == ()


def test_twice_in_one_talk_and_after_a_system_text() -> None:
    made, _ = shared(
        {"role": "system", "content": "你是助手"}, USER,
        calling(call("f", "{}"), call("g", "{}")), answer("1", "c-f"), answer("2", "c-g"), DONE,
        USER, calling(call("h", "{}")), answer("3", "c-h"), DONE,
    )  # fmt: skip
    assert len(made["conversations"]) == 9


def test_the_old_field_function_call_is_read() -> None:
    old = {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}}
    made, _ = shared(USER, old, {"role": "function", "name": "f", "content": "3"}, DONE)
    assert json.loads(made["conversations"][1]["value"]) == [{"name": "f", "arguments": {}}]


def test_two_answers_of_a_tool_that_nobody_called_are_still_a_fault(tmp_path: Path) -> None:
    row = {"messages": [{"role": "tool", "content": "1"}, {"role": "tool", "content": "2"}, DONE]}
    write_records(tmp_path / "a.jsonl", [row])
    assert not validate(Question(tmp_path / "a.jsonl")).fine


@pytest.mark.parametrize(
    "value",
    [
        '{"name": "f", "arguments": {"a": 1}}',
        '[{"name": "f", "arguments": {"a": 1}}]',
        '{"arguments":{"城":"北京"},"name":"f"}',
        '[{"name": "f", "arguments": {}}, {"name": "g", "arguments": {}}]',
        '{"name": "f", "arguments": "{}"}',
        ' {"name": "f", "arguments": {}}',
    ],
)
@pytest.mark.parametrize("seen", ["3", JOIN.join("12"), JOIN.join("123"), ""])
def test_function_call_becomes_what_openais_readers_know(value: str, seen: str) -> None:
    row = {"conversations": [
        {"from": "human", "value": "查"}, {"from": "function_call", "value": value},
        {"from": "observation", "value": seen}, {"from": "gpt", "value": "好"}]}  # fmt: skip
    conversation = FORMATS["sharegpt"].read(Record("a:1", row))
    made = FORMATS["messages"].write(conversation)
    assert FORMATS["messages"].loses(conversation) == ()
    roles = [message["role"] for message in made["messages"]]
    assert set(roles) == {"user", "assistant", "tool"}
    calls = made["messages"][1]["tool_calls"]
    assert [c["function"]["name"] for c in calls] == [f["name"] for f in functions(value)]
    assert all(isinstance(json.loads(c["function"]["arguments"]), dict) for c in calls)
    ids = [c["id"] for c in calls]
    assert {m["tool_call_id"] for m in made["messages"] if m["role"] == "tool"} <= set(ids)
    back = FORMATS["messages"].read(Record("b:1", json.loads(json.dumps(made))))
    assert FORMATS["sharegpt"].write(back) == row
    assert FORMATS["messages"].write(back) == made


@pytest.mark.parametrize(
    "value",
    [
        "f()",
        "{}",
        "[]",
        '{"name": "f"}',
        '[{"name": 1, "arguments": {}}]',
        '{"name": "f", "arguments": {}, "id": 1}',
        "[1]",
        "{",
        "null",
    ],
)
def test_what_is_no_call_stays_as_it_is(value: str) -> None:
    row = {"conversations": [
        {"from": "human", "value": "查"}, {"from": "function_call", "value": value}]}  # fmt: skip
    conversation = FORMATS["sharegpt"].read(Record("a:1", row))
    made = FORMATS["messages"].write(conversation)
    assert made["messages"][1] == {"role": "function_call", "content": value}
    assert FORMATS["sharegpt"].write(FORMATS["messages"].read(Record("b:1", made))) == row


# --- special tokens ------------------------------------------------------------------------------

TOKENS = [
    "<|im_end|>",
    "<|im_start|>",
    "</s>",
    "<s>",
    "<|endoftext|>",
    "<eos>",
    "[INST]",
    "[/INST]",
    "<|eot_id|>",
    "<|start_header_id|>",
    "<start_of_turn>",
    "<end_of_turn>",
    "<<SYS>>",
    "<｜end▁of▁sentence｜>",
    "<｜User｜>",
    "<|user|>",
    "<|assistant|>",
    "<|end|>",
    "[gMASK]",
    "<pad>",
    "<unk>",
    "<bos>",
    "<extra_id_0>",
    "[SEP]",
    "<|end_of_text|>",
    "<reserved_106>",
]
PLAIN = [
    "<b>粗</b>",
    "a < b > c",
    "[1]",
    "|x|",
    "<|>",
    "<||>",
    "arr[i]",
    "<sub>",
    "</span>",
    "[MASKE]",
    "s>",
    "< s >",
    "eos",
    "<think>想</think>",
]


@pytest.mark.parametrize("token", TOKENS)
def test_a_special_token_is_found(tmp_path: Path, token: str) -> None:
    path = tmp_path / "a.jsonl"
    write_records(path, [{"instruction": "问", "output": f"答{token}后"},
                         {"instruction": f"问{token}", "output": "答复"}])  # fmt: skip
    checked = validate(Question(path))
    assert {harm for harm, rule in checked.counts if rule == "special token"} == {"wrong", "note"}
    assert not checked.fine
    assert repr(token) in checked.faults[0].detail
    done = convert(path, tmp_path / "b.json", target_format="alpaca")
    assert done.counts == {"special token": 2}
    assert done.written == 2


@pytest.mark.parametrize("text", PLAIN)
def test_what_is_no_token_is_not(tmp_path: Path, text: str) -> None:
    write_records(tmp_path / "a.jsonl", [{"instruction": "问", "output": text}])
    assert "special token" not in {
        rule for _, rule in validate(Question(tmp_path / "a.jsonl")).counts
    }


# --- ms-swift ------------------------------------------------------------------------------------

SWIFT: list[dict[str, Any]] = [
    {"query": "问", "response": "答"},
    {"query": "问", "response": "答", "history": [["一", "二"], ["三", "四"]]},
    {"query": "问", "response": "答", "system": "你是助手"},
    {"system": "s", "query": "问", "response": "答", "history": []},
    {"query": "问", "response": "答", "system": None, "history": None},
    {"query": "", "response": "答", "id": 7},
]


@pytest.mark.parametrize("row", SWIFT)
@pytest.mark.parametrize("ending", ["jsonl", "json", "csv"])
def test_swift_rows(tmp_path: Path, row: dict[str, Any], ending: str) -> None:
    source = tmp_path / "a.jsonl"
    write_records(source, [row])
    assert detect(source) is FORMATS["swift"]
    target = tmp_path / f"b.{ending}"
    convert(source, target, target_format="messages")
    convert(target, tmp_path / "c.jsonl", target_format="swift")
    (back,) = [dict(record.fields) for record in read_records(tmp_path / "c.jsonl")]
    said = {name: value for name, value in row.items() if value not in (None, [])}
    assert {name: str(back[name]) for name in said} == {k: str(v) for k, v in said.items()}


def test_swift_as_alpaca(tmp_path: Path) -> None:
    write_records(tmp_path / "a.jsonl", SWIFT[1:3])
    done = convert(tmp_path / "a.jsonl", tmp_path / "b.json", target_format="alpaca", dataset="d")
    assert (done.source_format, done.written, done.lost) == ("swift", 2, ())
    assert [dict(r.fields) for r in read_records(tmp_path / "b.json")] == [
        {"instruction": "问", "input": "", "output": "答", "history": [["一", "二"], ["三", "四"]]},
        {"instruction": "问", "input": "", "output": "答", "system": "你是助手"},
    ]


@pytest.mark.parametrize(
    "row",
    [
        {"query": 3, "response": "答"},
        {"query": "问", "response": None},
        {"query": "问", "response": ""},
        {"query": "问", "response": "答", "history": [["一"]]},
        {"query": "问", "response": "答", "history": "x"},
        {"query": "问", "response": "答", "system": 4},
    ],
)
def test_faulty_swift_rows(tmp_path: Path, row: dict[str, Any]) -> None:
    write_records(tmp_path / "a.jsonl", [row])
    assert "lost" in {harm for harm, _ in validate(Question(tmp_path / "a.jsonl")).counts}
