import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.data.convert import convert
from harness.data.formats import FORMATS
from harness.data.registration import register
from harness.errors import InputError
from harness.rows.files import read_records, write_records
from harness.rows.record import Record
from tests.harness.data.llamafactory_rules import Taught, taught
from tests.harness.data.xtuner_rules import is_standard, map_alpaca, map_openai

ASK = {"from": "human", "value": "查"}
ROWS: Mapping[str, list[dict[str, Any]]] = {
    "qa": [{"instruction": "几号站台", "output": "2"}],
    "alpaca": [
        {"instruction": "翻译", "input": "早", "output": "morning"},
        {
            "instruction": "累了",
            "input": "",
            "output": "抱抱",
            "system": "嬛嬛",
            "history": [["在吗", "在"]],
        },
    ],
    "sharegpt": [
        {"conversations": [ASK, {"from": "gpt", "value": "好"}]},
        {
            "conversations": [
                ASK,
                {"from": "function_call", "value": "f()"},
                {"from": "observation", "value": "3"},
                {"from": "gpt", "value": "三"},
            ],
            "system": "助手",
            "tools": "[]",
        },
    ],
    "messages": [
        {
            "messages": [
                {"role": "system", "content": "助手"},
                {"role": "user", "content": "查"},
                {"role": "assistant", "content": "好"},
            ]
        }
    ],
    "cqia": [
        {"instruction": "散", "input": "材", "output": "聚", "task_type": {"major": ["问答"]}}
    ],
    "xtuner": [{"conversation": [{"system": "甲", "input": "问\n", "output": "答"}]}],
    "style": [{"user": "累了", "style": "温柔", "assistant": "抱抱"}],
    "pairs": [{"input": "读", "target": "题"}],
}


@pytest.mark.parametrize("ending", [".json", ".jsonl", ".parquet"])
@pytest.mark.parametrize("target", ["qa", "alpaca", "sharegpt", "messages", "cqia"])
@pytest.mark.parametrize("source", ROWS)
def test_llama_factory_is_taught_what_the_source_says(
    tmp_path: Path, source: str, target: str, ending: str
) -> None:
    write_records(tmp_path / "source.jsonl", ROWS[source])
    file = tmp_path / f"target{ending}"
    done = convert(tmp_path / "source.jsonl", file, target_format=target, dataset="data")
    assert done.registered == tmp_path / "dataset_info.json"
    lost = {one.field for one in done.lost}
    wanted = [_taught(source, row, lost) for row in ROWS[source]]
    assert list(taught(tmp_path, "data")) == wanted


def _taught(source: str, row: dict[str, Any], lost: set[str]) -> Taught:
    turns = FORMATS[source].read(Record("a:1", row)).turns
    talk = [(turn.role, turn.content) for turn in turns if turn.role != "system"]
    if {"observation", "function_call"} & lost:
        plain = {"observation": "user", "function_call": "assistant"}
        talk = [(plain.get(role, role), content) for role, content in talk]  # type: ignore[misc]
    system = turns[0].content if turns[0].role == "system" and "system" not in lost else ""
    return Taught(tuple(talk[-2:] if "history" in lost else talk), system)


def test_only_columns_that_say_something_are_named(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    write_records(file, [{"instruction": "问", "input": "", "output": "答", "system": ""}])
    register(tmp_path, "one", file, "alpaca")
    write_records(
        file, [{"instruction": "问", "input": "", "output": "答", "history": [["一", "二"]]}]
    )
    register(tmp_path, "two", file, "alpaca")
    register(tmp_path, "三", file, "qa")
    info = json.loads((tmp_path / "dataset_info.json").read_text("ascii"))
    plain = {"prompt": "instruction", "query": "input", "response": "output"}
    assert info == {
        "one": {"file_name": "a.json", "columns": plain},
        "two": {"file_name": "a.json", "columns": plain | {"history": "history"}},
        "三": {
            "file_name": "a.json",
            "columns": {"prompt": "instruction", "response": "output"},
        },
    }


@pytest.mark.parametrize(
    ("target", "name", "info", "sentence"),
    [
        ("b.json", "data", "{", r"dataset_info\.json: not valid JSON"),
        ("b.json", "data", "[1]", "must hold an object with an entry"),
        ("b.json", "a,b", "{}", "'a,b' cannot name a data set"),
        ("b.csv", "data", "{}", "reads csv with pandas"),
        ("dataset_info.json", "data", '{"mine": {}}', "is where data sets are named"),
    ],
)
def test_nothing_is_written_where_it_cannot_be_registered(
    tmp_path: Path, target: str, name: str, info: str, sentence: str
) -> None:
    write_records(tmp_path / "a.jsonl", ROWS["qa"])
    (tmp_path / "dataset_info.json").write_text(info)
    with pytest.raises(InputError, match=sentence):
        convert(tmp_path / "a.jsonl", tmp_path / target, dataset=name)
    assert {path.name for path in tmp_path.iterdir()} == {"a.jsonl", "dataset_info.json"}
    assert (tmp_path / "dataset_info.json").read_text() == info


def test_an_entry_that_is_replaced_is_told(tmp_path: Path) -> None:
    write_records(tmp_path / "a.jsonl", ROWS["qa"])
    for target, told in (("b.json", []), ("b.json", []), ("c.json", ["'b.json'"])):
        done = convert(tmp_path / "a.jsonl", tmp_path / target, dataset="data")
        said = [f.detail for f in done.findings if f.rule == "entry replaced"]
        assert said == [f"its name stood for {name} before" for name in told]


def test_a_linked_dataset_info_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text('{"mine": {}}')
    info = tmp_path / "dataset_info.json"
    info.symlink_to(tmp_path / "real.json")
    write_records(tmp_path / "a.jsonl", ROWS["qa"])
    register(tmp_path, "data", tmp_path / "a.jsonl", "qa")
    assert info.is_symlink()
    assert list(json.loads((tmp_path / "real.json").read_text())) == ["mine", "data"]


def test_other_entries_stay_and_an_entry_is_replaced(tmp_path: Path) -> None:
    info = tmp_path / "dataset_info.json"
    info.write_text('{"mine": {"hf_hub_url": "a/b"}, "data": {"file_name": "old.json"}}')
    file = tmp_path / "sub" / "a.jsonl"
    write_records(file, [{"messages": [{"role": "user", "content": "问"}]}])
    register(tmp_path, "data", file, "messages")
    known = json.loads(info.read_text())
    assert known["mine"] == {"hf_hub_url": "a/b"}
    assert known["data"] == {
        "file_name": "sub/a.jsonl",
        "formatting": "sharegpt",
        "columns": {"messages": "messages"},
        "tags": {
            "role_tag": "role",
            "content_tag": "content",
            "user_tag": "user",
            "assistant_tag": "assistant",
            "observation_tag": "tool",
            "function_tag": "function_call",
            "system_tag": "system",
        },
    }


@pytest.mark.parametrize(
    ("name", "file", "form", "sentence"),
    [
        ("data", "a.xlsx", "qa", r"does not read \.xlsx files; write jsonl, json or parquet"),
        ("data", "a.csv", "qa", "takes texts such as 12 and None for numbers"),
        ("data", "a.jsonl", "xtuner", "does not read the format 'xtuner'"),
        ("data", "a.jsonl", "alpacca", "did you mean 'alpaca'"),
        ("a,b", "a.jsonl", "qa", "cannot name a data set"),
        (" ", "a.jsonl", "qa", "cannot name a data set"),
    ],
)
def test_what_llama_factory_would_not_take_is_refused_before_anything_is_written(
    tmp_path: Path, name: str, file: str, form: str, sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        register(tmp_path, name, tmp_path / file, form)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["[]", "{"])
def test_a_broken_dataset_info_is_left_alone(tmp_path: Path, text: str) -> None:
    info = tmp_path / "dataset_info.json"
    info.write_text(text)
    write_records(tmp_path / "a.jsonl", ROWS["qa"])
    with pytest.raises(InputError, match=r"dataset_info\.json"):
        register(tmp_path, "data", tmp_path / "a.jsonl", "qa")
    assert info.read_text() == text


@pytest.mark.parametrize("source", ROWS)
def test_xtuner_takes_what_is_written_for_it(tmp_path: Path, source: str) -> None:
    write_records(tmp_path / "source.jsonl", ROWS[source])
    for ending in (".json", ".jsonl"):
        target = tmp_path / f"target{ending}"
        convert(tmp_path / "source.jsonl", target, target_format="xtuner")
        rows = [dict(record.fields) for record in read_records(target)]
        assert len(rows) == len(ROWS[source])
        assert all(map(is_standard, rows))


def test_xtuners_own_mappings_agree_with_ours() -> None:
    spoken = {
        "messages": [
            {"role": "system", "content": "甲"},
            {"role": "user", "content": "一"},
            {"role": "assistant", "content": "二", "loss": False},
            {"role": "user", "content": "三"},
            {"role": "assistant", "content": "四", "loss": "True"},
        ]
    }
    conversation = FORMATS["messages"].read(Record("a:1", spoken))
    theirs = map_openai(spoken)
    ours = FORMATS["xtuner"].write(conversation)["conversation"]
    assert [{k: v for k, v in item.items() if k != "system" or v} for item in theirs] == ours
    read = FORMATS["xtuner"].read(Record("a:1", {"conversation": theirs}))
    assert read.turns == conversation.turns
    plain = {"instruction": "翻译", "input": "早", "output": "morning"}
    ours = FORMATS["xtuner"].write(FORMATS["alpaca"].read(Record("a:1", plain)))["conversation"]
    assert ours == map_alpaca(plain)
    # The one difference: without an input XTuner leaves a line end behind, and it is kept.
    theirs = map_alpaca({"instruction": "问", "input": "", "output": "答"})
    assert theirs == [{"input": "问\n", "output": "答"}]
    kept = FORMATS["xtuner"].read(Record("a:1", {"conversation": theirs}))
    assert FORMATS["xtuner"].write(kept) == {"conversation": theirs}
