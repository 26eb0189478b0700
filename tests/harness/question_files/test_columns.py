"""Which column holds what, and which files are of questions at all."""

from __future__ import annotations

import pytest

from harness.question_files.columns import find_columns, is_question_file


def taken(header: str) -> dict[str, str]:
    return find_columns(header.split(",")).taken()


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("问题,答案", {"question": "问题", "answer": "答案"}),
        ("题干(必填),标准答案：", {"question": "题干(必填)", "answer": "标准答案："}),
        ("题干<1>（必填）,答案[略]", {"question": "题干<1>（必填）", "answer": "答案[略]"}),
        ("Q,A", {"question": "Q", "answer": "A"}),
        ("input,target", {"question": "input", "answer": "target"}),
        (
            "instruction,input,output,split",
            {"question": "instruction", "input": "input", "answer": "output", "split": "split"},
        ),
        ("问题描述,参考答复", {"question": "问题描述", "answer": "参考答复"}),
        ("问题Question,答案Answer", {"question": "问题Question", "answer": "答案Answer"}),
        (
            "题目,选项（A）,选项（B）,Correct answer",
            {"question": "题目", "A": "选项（A）", "B": "选项（B）", "answer": "Correct answer"},
        ),
        (
            "question,opt1,opt2,opt3,key",
            {"question": "question", "A": "opt1", "B": "opt2", "C": "opt3", "answer": "key"},
        ),
    ],
)
def test_columns_are_found_by_the_names_people_give(header: str, wanted: dict[str, str]) -> None:
    assert taken(header) == wanted


@pytest.mark.parametrize(
    "header",
    ["messages", "问题,答案,来源,随便", "title,question,best_answer", "question", "题目,A,B,答案"],
)
def test_questions_are_told(header: str) -> None:
    assert is_question_file(find_columns(header.split(",")), header.split(","))


@pytest.mark.parametrize(
    "header",
    [
        "问题,负责人,状态", "设备,输入,输出", "input,output,voltage", "题目编号,难度,分值",
        "商品,价格", "Source,Target,Weight", "学生,题目1,题目2", "Name,Question count",
    ],
)  # fmt: skip
def test_tables_of_things_are_none(header: str) -> None:
    assert not is_question_file(find_columns(header.split(",")), header.split(","))
