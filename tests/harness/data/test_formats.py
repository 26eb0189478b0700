from pathlib import Path
from typing import Any

import pytest

from harness.core import Finding
from harness.data.conversation import Turn
from harness.data.formats import FORMATS, Faulty, detect, find
from harness.errors import InputError
from harness.rows.files import write_records
from harness.rows.record import Record


def record(**fields: Any) -> Record:
    return Record("a.jsonl:1", fields)


def faults(name: str, **fields: Any) -> list[tuple[str, str]]:
    with pytest.raises(Faulty) as caught:
        FORMATS[name].read(record(**fields))
    assert all(f.where == "a.jsonl:1" and f.lost for f in caught.value.findings)
    return [(f.rule, f.detail) for f in caught.value.findings]


def through(source: str, target: str, **fields: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    conversation = FORMATS[source].read(record(**fields))
    return FORMATS[target].write(conversation), FORMATS[target].loses(conversation)


@pytest.mark.parametrize(
    ("source", "fields", "target", "row", "lost"),
    [
        (
            "qa",
            {"instruction": "几号站台", "output": "2"},
            "alpaca",
            {"instruction": "几号站台", "input": "", "output": "2"},
            (),
        ),
        (
            "alpaca",
            {"instruction": "翻译", "input": "早", "output": "morning", "history": [["一", "1"]]},
            "xtuner",
            {
                "conversation": [
                    {"input": "一", "output": "1"},
                    {"input": "翻译\n早", "output": "morning"},
                ],
                "_podium": '{"input":1}',
            },
            (),
        ),
        (
            "alpaca",
            {"instruction": "翻译", "input": "早", "output": "morning", "system": "译员"},
            "qa",
            {"instruction": "翻译\n早", "output": "morning"},
            ("system", "input"),
        ),
        (
            "alpaca",
            {"instruction": "问", "input": "", "output": "答", "system": "", "history": []},
            "qa",
            {"instruction": "问", "output": "答"},
            ("system (empty)", "history (empty)"),
        ),
        (
            "xtuner",
            {"conversation": [{"input": "问\n", "output": "答", "output_with_loss": False}]},
            "alpaca",
            {"instruction": "问\n", "input": "", "output": "答"},
            ("loss",),
        ),
        (
            "style",
            {"user": "累了", "style": "温柔", "assistant": "抱抱"},
            "xtuner",
            {"conversation": [{"input": "累了", "output": "温柔\n抱抱"}], "style": "温柔"},
            (),
        ),
        (
            "style",
            {"user": "累了", "style": "温柔", "assistant": "抱抱"},
            "qa",
            {"instruction": "累了", "output": "温柔\n抱抱"},
            ("style",),
        ),
        (
            "xtuner",
            {"conversation": [{"input": "累了", "output": "温柔\n抱抱"}]},
            "style",
            {"user": "累了", "style": "", "assistant": "温柔\n抱抱"},
            (),
        ),
        (
            "sharegpt",
            {
                "conversations": [
                    {"from": "human", "value": "查"},
                    {"from": "function_call", "value": "f()"},
                    {"from": "observation", "value": "3"},
                    {"from": "gpt", "value": "是 3"},
                ],
                "system": "助手",
            },
            "messages",
            {
                "messages": [
                    {"role": "user", "content": "查"},
                    {"role": "function_call", "content": "f()"},
                    {"role": "tool", "content": "3"},
                    {"role": "assistant", "content": "是 3"},
                ],
                "system": "助手",
            },
            (),
        ),
        (
            "cqia",
            {
                "instruction": "散",
                "input": "",
                "output": "聚",
                "domain": ["通用"],
                "human_verified": True,
            },
            "messages",
            {
                "messages": [
                    {"role": "user", "content": "散"},
                    {"role": "assistant", "content": "聚"},
                ],
                "domain": ["通用"],
                "human_verified": True,
            },
            (),
        ),
        (
            "messages",
            {
                "messages": [
                    {"role": "user", "content": "查"},
                    {"role": "assistant", "content": "f", "loss": True},
                    {"role": "tool", "content": "3"},
                    {"role": "assistant", "content": "三"},
                ]
            },
            "pairs",
            {"input": "3", "target": "三"},
            ("history", "observation", "loss (true)"),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_row_becomes(
    source: str, fields: dict[str, Any], target: str, row: dict[str, Any], lost: tuple[str, ...]
) -> None:
    written, named = through(source, target, **fields)
    hints = {} if "_podium" in row else {"_podium": written.get("_podium")}
    assert {**written, **hints} == {**row, **hints}
    assert named == lost


def test_calls_of_tools_are_taught_as_json_and_come_back_whole() -> None:
    calling = {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "站"}}]}
    fields = {"messages": [{"role": "user", "content": "查"}, calling]}
    conversation = FORMATS["messages"].read(record(**fields))
    assert conversation.turns[1] == Turn("function_call", '[{"name": "站"}]')
    assert FORMATS["messages"].write(conversation) == fields


@pytest.mark.parametrize(
    ("name", "fields", "found"),
    [
        (
            "qa",
            {"introduction": "问", "output": "答"},
            [("missing field", "no 'instruction' (did you mean 'introduction'?)")],
        ),
        ("qa", {"instruction": "问", "output": 3}, [("not a string", "output is 3")]),
        ("qa", {"instruction": "问", "output": " "}, [("empty output", "turn 2 says ' '")]),
        (
            "alpaca",
            {"instruction": "问", "input": "", "output": "<nooutput>"},
            [("empty output", "turn 2 says '<nooutput>'")],
        ),
        (
            "qa",
            {"instruction": "问", "input": "材料", "output": "答"},
            [("unexpected field", "input is '材料'")],
        ),
        (
            "alpaca",
            {"instruction": None, "input": 1, "output": "答", "history": "旧"},
            [
                ("not a string", "instruction is None"),
                ("not a string", "input is 1"),
                ("not a list", "history is '旧'"),
            ],
        ),
        (
            "alpaca",
            {"instruction": "问", "output": "答", "history": [["一"], ["二", 2]]},
            [
                ("not a turn", "history[0] is no pair of question and reply: ['一']"),
                ("not a string", "history[1][1] is 2"),
            ],
        ),
        ("messages", {"messages": []}, [("no reply", "no turns")]),
        ("messages", {"messages": "[]"}, [("not a list", "messages is '[]'")]),
        (
            "messages",
            {"messages": [{"role": "user"}, "答"]},
            [
                ("not a turn", "messages[1] is '答'"),
                ("missing field", "messages[0] has no 'content' (known: role)"),
            ],
        ),
        (
            "messages",
            {"messages": [{"role": "user", "content": "一"}, {"role": "user", "content": "二"}]},
            [("roles do not alternate", "turn 2 is user after user")],
        ),
        (
            "messages",
            {"messages": [{"role": "user", "content": "一"}]},
            [("no reply", "it ends with user")],
        ),
        (
            "messages",
            {"messages": [{"role": "assistant", "content": "一"}]},
            [("roles do not alternate", "turn 1 is assistant first")],
        ),
        (
            "messages",
            {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
            [("not a string", "messages[0].content is [{'type': 'image_url'}]")],
        ),
        (
            "sharegpt",
            {"conversations": [{"from": "humans", "value": "一"}]},
            [("unknown role", "conversations[0].from is 'humans' (did you mean 'human'?)")],
        ),
        (
            "sharegpt",
            {"conversations": [{"from": 3, "value": "一"}]},
            [("not a string", "conversations[0].from is 3")],
        ),
        (
            "xtuner",
            {
                "conversation": [
                    {"input": "一", "output": "二"},
                    {"system": "后", "input": "三", "output": "四"},
                ]
            },
            [("system not first", "turn 3 is a system text")],
        ),
        (
            "style",
            {"user": "累", "style": "温柔", "assistant": ""},
            [("empty output", "assistant is ''")],
        ),
        (
            "qa",
            {"instruction": "问", "output": "答", "_podium": "我的"},
            [
                (
                    "reserved field",
                    "_podium: Expecting value: line 1 column 1 (char 0)",
                )
            ],
        ),
        (
            "qa",
            {"instruction": "问", "output": "答", "_podium": '{"input":"x"}'},
            [("reserved field", "_podium: not what Podium writes there")],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_faulty_row_says_what_is_wrong(
    name: str, fields: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    assert faults(name, **fields) == found


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"instruction": "", "output": ""}, "qa"),
        ({"instruction": "", "output": "", "id": 1}, "qa"),
        ({"instruction": "", "input": "", "output": ""}, "alpaca"),
        ({"instruction": "", "output": "", "history": []}, "alpaca"),
        ({"instruction": "", "input": "", "output": "", "task_type": {}}, "cqia"),
        ({"conversations": []}, "sharegpt"),
        ({"messages": []}, "messages"),
        ({"conversation": []}, "xtuner"),
        ({"user": "", "style": "", "assistant": ""}, "style"),
        ({"input": "", "target": ""}, "pairs"),
        ({"input": "", "output": ""}, "pairs"),
    ],
)
def test_a_file_tells_its_format(tmp_path: Path, fields: dict[str, Any], name: str) -> None:
    write_records(tmp_path / "a.jsonl", [fields])
    assert detect(tmp_path / "a.jsonl") is FORMATS[name]


def test_most_rows_tell_and_two_fields_among_alpacas_are_alpacas(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    qa = '{"instruction": "问", "output": "答"}\n'
    path.write_text("}\n" + qa * 3 + '{"instruction": "问", "input": "材", "output": "答"}\n')
    assert detect(path).name == "alpaca"
    path.write_text('{"introduction": "问", "output": "答"}\n' * 2 + qa * 3)
    assert detect(path).name == "qa"


def test_what_no_format_looks_like_is_said_with_what_they_do(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"question": "问", "answer": "答"}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"fields \('question', 'answer'\) .* qa \(instruction,"):
        detect(path)
    path.write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=r"holds no rows that can be read$"):
        detect(path)
    path.write_text("{\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"that can be read; .*a\.jsonl:1: not valid JSON: "):
        detect(path)


def test_a_wrong_name_gets_the_nearest() -> None:
    with pytest.raises(InputError, match="no data format 'alpacca' \\(did you mean 'alpaca'\\?\\)"):
        find("alpacca")


def test_faults_are_findings() -> None:
    with pytest.raises(Faulty, match=r"a\.jsonl:1: missing field: no 'output'") as caught:
        FORMATS["qa"].read(record(instruction="问"))
    assert caught.value.findings == [
        Finding(
            rule="missing field",
            where="a.jsonl:1",
            detail="no 'output' (known: instruction)",
            lost=True,
            field="output",
        )
    ]
