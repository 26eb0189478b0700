from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from harness.core import Suite
from harness.errors import InputError, SpecError
from harness.stages.questions import write_questions
from harness.store.codec import suite_from
from harness.store.files import read_json
from suites.own_data import words_of
from suites.ruozhiba.data import make
from suites.ruozhiba.data.make import NAME, main, records
from suites.ruozhiba.questions import (
    HERE,
    Options,
    build,
    check,
    export_rows,
    family_of,
    inputs,
    without_placeholders,
)

WORDS = words_of(make.__file__)
SHUFFLED = build(Options())
TUTORIAL = build(Options(split="tutorial"))


def record(number: int, **other: Any) -> dict[str, Any]:
    return {
        "instruction": f"第{number}个问题是什么？",
        "input": "",
        "output": f"是第{number}个。",
        "task_type": {"major": ["问答"], "minor": ["逻辑问答", "隐喻理解"]},
        "domain": ["通用"],
        "metadata": "暂无元数据信息",
        "answer_from": "llm",
        "human_verified": True,
        "copyright": "暂无版权及作者信息",
        **other,
    }


def built(path: Path, rows: list[dict[str, Any]], split: Any = "tutorial") -> Suite:
    if path.suffix == ".json":
        path.write_text(json.dumps(rows, ensure_ascii=False, indent=2), "utf-8")
    else:
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    return build(Options(data=path, split=split))


def told(suite: Suite) -> dict[str, str]:
    return {finding.rule: finding.detail for finding in suite.findings}


def test_the_tutorials_split_takes_the_first_seven_tenths_in_file_order() -> None:
    made = records()
    cut = int(0.7 * len(made))
    assert [s.id for s in TUTORIAL.train] == [f"q{n}" for n in range(1, cut + 1)]
    assert [s.id for s in TUTORIAL.test] == [f"q{n}" for n in range(cut + 1, len(made) + 1)]
    assert [s.reference for s in TUTORIAL.test] == [row["output"] for row in made[cut:]]


@pytest.mark.parametrize("n", [2, 10, 11, 89, 240])
def test_the_tutorials_numbers(tmp_path: Path, n: int) -> None:
    suite = built(tmp_path / "a.jsonl", [record(number) for number in range(n)])
    assert (len(suite.train), len(suite.test)) == (int(n * 0.7), n - int(n * 0.7))


def test_the_shuffled_split_is_seven_to_three_and_shares_no_question() -> None:
    assert (len(SHUFFLED.train), len(SHUFFLED.test)) == (62, 27)
    assert not {s.row for s in SHUFFLED.train} & {s.row for s in SHUFFLED.test}
    assert build(Options()) == SHUFFLED
    assert build(Options(seed=1)).test != SHUFFLED.test
    assert "question in both parts" not in told(SHUFFLED)


def test_what_the_tutorials_split_leaks_is_told() -> None:
    found = told(TUTORIAL)["question in both parts"]
    assert found.startswith("1 of 27 test questions stand in the training part too")


def test_findings_about_the_file() -> None:
    found = told(SHUFFLED)
    unchecked = sum(not row["human_verified"] for row in records())
    assert found["not human verified"] == f"{unchecked} of 89 records"
    assert found["input joined"].startswith("5 of 89 records have an input, which joins")
    assert re.fullmatch(r"equal to .*trick-questions\.jsonl:8 in every turn", found["duplicate"])


def test_an_input_belongs_to_the_question_unless_it_stands_for_none(tmp_path: Path) -> None:
    inputs = ("全程六站。", "暂无", "暂无补充信息", "无", " None ", "N/A", "-", "", "无论如何")
    rows = [record(n, input=text) for n, text in enumerate(inputs)]
    suite = built(tmp_path / "a.jsonl", rows)
    asked = [sample.question for sample in (*suite.train, *suite.test)]
    assert asked[0] == "第0个问题是什么？\n全程六站。"
    assert asked[1:8] == [f"第{n}个问题是什么？" for n in range(1, 8)]
    assert asked[8] == "第8个问题是什么？\n无论如何"
    assert told(suite)["input joined"].startswith("2 of 9 records")


def test_other_fields_are_left_as_they_are() -> None:
    assert without_placeholders({"input": "无", "output": "无"}) == {"input": "", "output": "无"}


@pytest.mark.parametrize(
    ("task_type", "family"),
    [
        ({"major": ["问答"], "minor": ["逻辑问答", "隐喻理解"]}, "逻辑问答"),
        ({"minor": [" ", " 隐喻 "]}, "隐喻"),
        ({"minor": "隐喻"}, "隐喻"),
        ({"minor": [None, 3]}, "qa"),
        ({"minor": []}, "qa"),
        ({"major": ["问答"]}, "qa"),
        ("问答", "qa"),
        (None, "qa"),
    ],
)
def test_families(task_type: Any, family: str) -> None:
    assert family_of(task_type) == family


def test_an_array_reads_as_lines_do(tmp_path: Path) -> None:
    rows = [record(n, input="提示" if n == 3 else "") for n in range(10)]
    lines, array = built(tmp_path / "a.jsonl", rows), built(tmp_path / "a.json", rows)
    assert (lines.train, lines.test) == (array.train, array.test)


@pytest.mark.parametrize("fault", [
    {"output": ""}, {"output": "  "}, {"output": None}, {"instruction": ""}, {"output": 3},
])  # fmt: skip
def test_a_record_without_question_or_answer_is_told_and_keeps_the_cut(
    tmp_path: Path, fault: dict[str, Any]
) -> None:
    rows = [record(n) for n in range(10)]
    rows[2] = record(2, **fault)
    suite = built(tmp_path / "a.jsonl", rows)
    assert (len(suite.train), len(suite.test)) == (6, 3)
    assert "q3" not in {sample.id for sample in suite.train}
    [finding] = [finding for finding in suite.findings if finding.lost]
    assert finding.where == f"{tmp_path / 'a.jsonl'}:3"


def test_the_tutorials_own_messages_read_too(tmp_path: Path) -> None:
    rows = [
        {
            "messages": [
                {"role": "user", "content": f"{n}？"},
                {"role": "assistant", "content": "是"},
            ]
        }
        for n in range(10)
    ]
    suite = built(tmp_path / "a.jsonl", rows)
    assert (len(suite.train), len(suite.test)) == (7, 3)
    assert set(suite.families) == {"qa"}


def test_training_rows_are_exported_as_the_tutorials_script_writes_them() -> None:
    made = list(export_rows(TUTORIAL))
    sample = TUTORIAL.train[0]
    assert len(made) == 62
    assert made[0] == {
        "messages": [
            {"role": "user", "content": sample.question},
            {"role": "assistant", "content": sample.reference},
        ]
    }


def test_one_record_makes_no_two_parts(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a\.jsonl: 1 records with 1 different questions do not"):
        built(tmp_path / "a.jsonl", [record(1)])


def test_one_question_over_and_over_makes_no_two_parts(tmp_path: Path) -> None:
    rows = [record(1, output=f"是第{n}个。") for n in range(9)]
    with pytest.raises(InputError, match=r"9 records with 1 different questions do not"):
        built(tmp_path / "a.jsonl", rows, "shuffled")


def test_a_file_of_empty_answers_says_why(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"0 records with 0 .*\(.*a\.jsonl:1: "):
        built(tmp_path / "a.jsonl", [record(n, output="") for n in range(4)])


def test_what_a_field_lacks_is_known_behind_the_questions_stage(tmp_path: Path) -> None:
    rows = [record(1), record(2, output=3), *(record(n) for n in range(3, 9))]
    suite = built(tmp_path / "a.jsonl", rows)
    write_questions(suite, tmp_path)
    found = suite_from(read_json(tmp_path / "suite.json"), None, None).findings
    assert found == suite.findings
    assert [(one.rule, one.field) for one in found] == [("not a string", "output")]


def test_options_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"^data: .*no such file"):
        check(Options(data=tmp_path / "a.jsonl"))
    with pytest.raises(SpecError, match=r"^seed: -1 is below 0"):
        check(Options(seed=-1))
    check(Options())
    assert inputs(Options()) == {"data": HERE / "data" / NAME}


def test_the_data_that_ships_is_what_its_script_writes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--out", str(tmp_path)])
    assert (tmp_path / NAME).read_bytes() == (HERE / "data" / NAME).read_bytes()
    assert "89 records" in capsys.readouterr().out
    assert records(1) != records(2)


def test_the_data_that_ships_has_the_quirks_of_the_original() -> None:
    made = records()
    assert set(made[0]) == set(record(1))
    assert all(len(row["output"]) <= 60 for row in made)
    questions = Counter(row["instruction"] for row in made)
    assert [count for count in questions.values() if count > 1] == [2]
    assert sum(bool(row["input"]) for row in made) == len(WORDS["remarks"]) == 5
    assert {row["task_type"]["minor"][0] for row in made} == set(WORDS["questions"])
    assert {len(row["task_type"]["minor"]) for row in made} == {1, 2, 3}
    assert {row["answer_from"] for row in made} == {"llm", "human"}
    assert {row["human_verified"] for row in made} == {True, False}
    assert set(WORDS["remarks"]) <= set(questions)
