from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.core import Gold, Message
from harness.data.samples import Place, read_items, to_sample
from harness.errors import InputError

PLACE = Place("q1", "qa", "水", "train")


def write(path: Path, *records: Any) -> Path:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), "utf-8")
    return path


def messages(*turns: tuple[str, str]) -> dict[str, Any]:
    return {"messages": [{"role": role, "content": text} for role, text in turns]}


def test_a_conversation_is_a_sample_that_ends_in_its_reference(tmp_path: Path) -> None:
    turns = (("system", "简短。"), ("user", "渴吗"), ("assistant", "不"), ("user", "水呢"))
    path = write(tmp_path / "a.jsonl", messages(*turns, ("assistant", "不会")))
    [item] = read_items(path, ("messages",)).items
    assert item.conversation is not None
    sample = to_sample(item.conversation, PLACE)
    assert [(m.role, m.content) for m in sample.messages] == list(turns)
    assert (sample.gold, sample.reference) == (Gold("free", "不会"), "不会")
    assert (sample.id, sample.template, sample.row, sample.split) == ("q1", "q1", "水", "train")
    assert sample.messages[0] == Message("system", "简短。")


def test_what_cannot_be_taught_is_told_and_keeps_its_place(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.jsonl",
        messages(("user", "渴吗"), ("assistant", "不会")),
        messages(("user", "渴吗"), ("assistant", " ")),
        messages(("user", "渴吗")),
        messages(("assistant", "不会")),
        messages(("user", " "), ("assistant", "不会")),
    )
    read = read_items(path, ("messages",))
    assert [item.conversation is not None for item in read.items] == [True, *[False] * 4]
    assert [item.where for item in read.items] == [f"{path}:{n}" for n in range(1, 6)]
    assert {finding.where for finding in read.findings} == {f"{path}:{n}" for n in range(2, 6)}
    assert all(finding.lost for finding in read.findings)


def test_a_line_that_is_no_json_is_told(tmp_path: Path) -> None:
    good = json.dumps(messages(("user", "渴吗"), ("assistant", "不会")))
    path = tmp_path / "a.jsonl"
    path.write_text(f"{good}\n{{oops\n{good}\n")
    read = read_items(path, ("messages",))
    assert len(read.items) == 2
    assert [(f.where, f.lost) for f in read.findings] == [(f"{path}:2", True)]


def test_fields_can_be_mended_before_they_are_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", {"instruction": "渴吗", "output": "不会", "input": "无"})
    [item] = read_items(path, ("alpaca",), lambda fields: {**fields, "input": ""}).items
    assert item.conversation is not None
    assert item.conversation.turns[0].content == "渴吗"


def test_another_format_is_refused_by_name(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", messages(("user", "渴吗"), ("assistant", "不会")))
    with pytest.raises(InputError, match=r"a\.jsonl: is in the format messages, .* reads style"):
        read_items(path, ("style",))


def test_a_file_without_records_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("\n")
    with pytest.raises(InputError, match=r"a\.jsonl"):
        read_items(tmp_path / "a.jsonl", ("messages",))
