"""No part of a file is dropped without a word: lists of an object, sheets, columns, titles."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from harness.core import Gold, Sample
from harness.errors import InputError
from harness.question_files.portions import part_of
from harness.question_files.reading import QuestionFile, Taking, read_file, read_questions
from harness.rows.titles import is_section
from harness.spec import chosen_suite, load_specs
from harness.starter.asks import is_of_questions, start_questions
from harness.starter.init import Request

Cells = Sequence[Sequence[Any]]


def as_json(folder: Path, value: object) -> Path:
    path = folder / "q.json"
    path.write_text(json.dumps(value, ensure_ascii=False), "utf-8")
    return path


def as_book(folder: Path, sheets: Mapping[str, Cells], *merged: str) -> Path:
    """A workbook; cells are merged on its first sheet."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    for span in merged:
        book.worksheets[0].merge_cells(span)
    book.save(folder / "exam.xlsx")
    return folder / "exam.xlsx"


def read(path: Path) -> QuestionFile:
    return read_file(path, Taking())


def pairs(samples: Sequence[Sample]) -> list[tuple[str, Any]]:
    return [(one.question.split("\n")[0], one.gold.value) for one in samples]


def notes(file: QuestionFile) -> str:
    return "\n".join(f"{one.rule}: {one.where} {one.detail}" for one in file.findings)


def started(path: Path) -> tuple[str, Any]:
    """The spec that is written for a file, and the suite that it asks."""
    assert is_of_questions(Request(path))
    spec = start_questions(Request(path)).spec
    return spec.read_text("utf-8"), chosen_suite(load_specs(spec)[0]).build()


# --- lists of an object --------------------------------------------------------------------------

TRAIN = [{"question": f"{n}+{n}等于几？", "answer": str(2 * n)} for n in (1, 2, 3)]
TEST = [{"question": f"{n}*{n}等于几？", "answer": str(n * n)} for n in (4, 5)]


@pytest.mark.parametrize(
    ("taught", "asked"),
    [("train", "test"), ("训练集", "测试集"), ("train_set", "test_data"), ("Training", "Eval")],
)
def test_lists_that_are_called_after_parts_are_those_parts(
    taught: str, asked: str, tmp_path: Path
) -> None:
    path = as_json(tmp_path, {taught: TRAIN, asked: TEST})
    file = read(path)
    assert (pairs(file.test), len(file.train)) == (
        [("4*4等于几？", "16"), ("5*5等于几？", "25")],
        3,
    )
    _, suite = started(path)
    assert (len(suite.test), len(suite.train)) == (2, 3)


def test_a_list_of_validation_is_developed_on(tmp_path: Path) -> None:
    file = read(as_json(tmp_path, {"train": TRAIN, "validation": TEST[:1], "test": TEST[1:]}))
    assert [len(part) for part in (file.train, file.dev, file.test)] == [3, 1, 1]


def test_other_lists_name_the_family(tmp_path: Path) -> None:
    value = {
        "单选题": [
            {"题目": "我国的首都是", "A": "上海", "B": "北京", "答案": "B"},
            {"题目": "水的化学式是", "A": "H2O", "B": "CO2", "答案": "A"},
        ],
        "判断题": [{"题目": "太阳从东边升起。", "答案": "对"}],
        "多选题": [{"题目": "下列属于行星的是", "A": "火星", "B": "金星", "答案": "AB"}],
    }
    file = read(as_json(tmp_path, value))
    assert [one.gold for one in file.test] == [
        Gold("choice", "B"), Gold("choice", "A"), Gold("text", "对"), Gold("set", ("A", "B")),
    ]  # fmt: skip
    assert [one.family for one in file.test] == ["单选题", "单选题", "判断题", "多选题"]


def test_a_family_that_rows_name_is_kept(tmp_path: Path) -> None:
    easy = [{"question": "What is 1+1?", "answer": "2", "category": "sums"}]
    hard = [{"question": "What is 7*8?", "answer": "56", "category": "products"}]
    file = read(as_json(tmp_path, {"easy": easy, "hard": hard}))
    assert [one.family for one in file.test] == ["sums", "products"]


def test_parts_may_hold_lists_by_name(tmp_path: Path) -> None:
    value = {
        "train": {"sums": TRAIN},
        "test": {"squares": TEST[:1], "words": [{"question": "What barks?", "answer": "a dog"}]},
    }
    file = read(as_json(tmp_path, value))
    assert (len(file.train), len(file.test)) == (3, 2)
    assert [one.family for one in file.test] == ["squares", "words"]


def test_parts_may_hold_questions_by_name(tmp_path: Path) -> None:
    value = {
        "train": {"a": TRAIN[0], "b": TRAIN[1]},
        "test": {"c": TEST[0]},
    }
    file = read(as_json(tmp_path, value))
    assert [one.id for one in file.test] == ["c"]
    assert len(file.train) == 2


def test_lists_that_ask_nothing_are_told(tmp_path: Path) -> None:
    value = {"authors": [{"name": "Li"}, {"name": "Wu"}, {"name": "Xu"}], "items": TEST}
    file = read(as_json(tmp_path, value))
    assert len(file.test) == 2
    assert "list 'authors'" in notes(file)


def test_an_instruction_over_lists_goes_for_each_of_their_questions(tmp_path: Path) -> None:
    asked = [{"input": f"{n}+{n}", "output": str(2 * n)} for n in (1, 2)]
    value = {"instruction": "Add the numbers.", "examples": asked, "few_shot": asked[:1]}
    file = read(as_json(tmp_path, value))
    sums = ["1+1", "2+2", "1+1"]
    assert [one.question for one in file.test] == [f"Add the numbers.\n{one}" for one in sums]
    assert [one.family for one in file.test] == ["examples", "examples", "few_shot"]


def test_what_a_question_holds_is_no_list_of_questions(tmp_path: Path) -> None:
    rows = {"q": [{"question": "Who?", "answers": [{"text": "Al", "answer_start": 0}]}]}
    assert pairs(read(as_json(tmp_path, rows)).test) == [("Who?", "Al")]


def test_a_list_called_questions_and_one_question_alone_are_read(tmp_path: Path) -> None:
    assert len(read(as_json(tmp_path, {"title": "Quiz", "questions": TEST})).test) == 2
    assert pairs(read(as_json(tmp_path, TEST[0])).test) == [("4*4等于几？", "16")]


@pytest.mark.parametrize(
    ("name", "part"),
    [("test", "test"), ("Validation", "dev"), ("dev_set", "dev"), ("训练题", "train"),
     ("testimony", None), ("trains", None), ("判断题", None), ("测试集1", "test")],
)  # fmt: skip
def test_a_name_says_a_part(name: str, part: str | None) -> None:
    assert part_of(name) == part


# --- sheets of a workbook ------------------------------------------------------------------------

CHOICES: Cells = [
    ("题目", "A", "B", "答案"),
    ("我国的首都是", "上海", "北京", "B"),
    ("水的化学式是", "H2O", "CO2", "A"),
]
VERDICTS: Cells = [("题目", "答案"), ("太阳从东边升起。", "对"), ("一周有八天。", "错")]
SEVERAL: Cells = [
    ("题目", "A", "B", "C", "答案"),
    ("下列属于行星的是", "火星", "金星", "太阳", "AB"),
    ("下列属于金属的有", "木", "铁", "铜", "BC"),
]


def test_sheets_of_questions_are_read_together(tmp_path: Path) -> None:
    path = as_book(tmp_path, {"单选题": CHOICES, "判断题": VERDICTS, "多选题": SEVERAL})
    text, suite = started(path)
    assert [one.gold.value for one in suite.test] == ["B", "A", "对", "错", ("A", "B"), ("B", "C")]
    assert {one.family for one in suite.test} == {"单选题", "判断题", "多选题"}
    assert "C. 太阳" in suite.test[4].question
    assert "sheet:" not in text
    assert "sheets read together: " in notes(read(path))
    assert "单选题, 判断题, 多选题" in notes(read(path))


def test_sheets_that_are_called_after_parts_are_those_parts(tmp_path: Path) -> None:
    asked: Cells = [("question", "answer"), ("What barks?", "dog"), ("What meows?", "cat")]
    taught: Cells = [("question", "answer"), ("What moos?", "cow"), ("What neighs?", "horse")]
    _, suite = started(as_book(tmp_path, {"train": taught, "test": asked}))
    assert [one.question for one in suite.test] == ["What barks?", "What meows?"]
    assert len(suite.train) == 2


def test_other_sheets_are_told_and_the_spec_names_the_one_that_was_read(tmp_path: Path) -> None:
    stock: Cells = [("品名", "价格"), ("苹果", 3), ("梨", 4), ("桃", 5)]
    other: Cells = [("提问", "标准答案"), ("一周有几天？", "7"), ("一年有几月？", "12")]
    path = as_book(tmp_path, {"题库": CHOICES, "库存": stock, "附加": other})
    text, suite = started(path)
    assert len(suite.test) == 2
    assert "sheet: 题库" in text
    assert "sheet '库存', sheet '附加'; '题库' was read" in notes(read(path))


def test_numbers_may_begin_anew_on_each_sheet_and_in_each_list(tmp_path: Path) -> None:
    one: Cells = [("编号", "题目", "答案"), (1, "一周有几天？", "7"), (2, "一年有几月？", "12")]
    two: Cells = [("编号", "题目", "答案"), (1, "太阳从东边升起？", "对")]
    file = read(as_book(tmp_path, {"填空题": one, "判断题": two}))
    assert [one.id for one in file.test] == ["填空题 1", "填空题 2", "判断题 1"]
    rows = [{"id": 1, **TRAIN[0]}]
    file = read(as_json(tmp_path, {"train": rows, "test": [{"id": 1, **TEST[0]}]}))
    assert [one.id for one in file.samples] == ["train 1", "test 1"]


def test_a_sheet_that_is_named_is_read_alone(tmp_path: Path) -> None:
    path = as_book(tmp_path, {"单选题": CHOICES, "判断题": VERDICTS})
    file = read_file(path, Taking(sheet="判断题"))
    assert [one.gold.value for one in file.test] == ["对", "错"]
    assert "not read" not in notes(file)


def test_podium_score_reads_the_sheets_together(tmp_path: Path) -> None:
    one: Cells = [("id", "question", "answer"), ("a", "What barks?", "dog"), ("b", "Moos?", "cow")]
    two: Cells = [("id", "question", "answer"), ("c", "What meows?", "cat")]
    assert len(read_questions(as_book(tmp_path, {"one": one, "two": two}))) == 3
    with pytest.raises(InputError, match="sheet 'two' row 2: id 'a' occurs twice"):
        read_questions(as_book(tmp_path, {"one": one, "two": one}))


# --- columns that stand there twice --------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("题目,答案,题目,答案", "题目"),
        ("Question,Answer,Question,Answer", "Question"),
        ("题目,答案,答案", "答案"),
        ("题目,答案,题目.1,答案.1", "题目"),
        ("Question,Answer,question,answer", "question"),
    ],
)
def test_a_column_that_stands_there_twice_is_refused(
    header: str, name: str, tmp_path: Path
) -> None:
    row = "法国的首都是哪里？,巴黎,德国的首都是哪里？,柏林"
    path = tmp_path / "q.csv"
    path.write_text(f"{header}\n" + ",".join(row.split(",")[: header.count(",") + 1]), "utf-8")
    with pytest.raises(InputError, match=rf"{name}.*there twice"):
        read(path)


def test_columns_that_do_not_count_may_stand_there_twice(tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    path.write_text("题目,答案,备注,备注\n一周有几天？,7,a,b\n一年有几月？,12,c,d\n", "utf-8")
    assert len(read(path).test) == 2


def test_a_column_that_is_merged_over_two_is_one(tmp_path: Path) -> None:
    rows = [("题目", None, "答案"), ("一周有几天？", None, "7"), ("一年有几月？", None, "12")]
    path = as_book(tmp_path, {"题库": rows}, "A1:B1", "A2:B2", "A3:B3")
    assert pairs(read(path).test) == [("一周有几天？", "7"), ("一年有几月？", "12")]


# --- titles of sections --------------------------------------------------------------------------

EXAM: Cells = [
    ("题目", "答案"),
    ("一、填空题", None),
    ("法国的首都是", "巴黎"),
    ("水的化学式是", "H2O"),
    ("二、判断题", None),
    ("太阳从东边升起。", "对"),
]


@pytest.mark.parametrize("merged", [("A2:B2", "A5:B5"), ()])
def test_titles_of_sections_are_no_questions(merged: tuple[str, ...], tmp_path: Path) -> None:
    path = as_book(tmp_path, {"试卷": EXAM}, *merged)
    assert pairs(read(path).test) == [
        ("法国的首都是", "巴黎"), ("水的化学式是", "H2O"), ("太阳从东边升起。", "对"),
    ]  # fmt: skip
    assert "title of a section, not asked: " in notes(read(path))
    assert len(started(path)[1].test) == 3


def test_titles_in_english_and_a_header_once_more(tmp_path: Path) -> None:
    rows: Cells = [
        ("No.", "Question", "Answer"),
        ("Section A: Animals", None, None),
        (1, "What barks?", "dog"),
        ("What moos and how", None, None),
        ("No.", "Question", "Answer"),
        (2, "What meows?", "cat"),
    ]
    file = read(as_book(tmp_path, {"quiz": rows}, "A4:C4"))
    assert pairs(file.test) == [("What barks?", "dog"), ("What meows?", "cat")]


def test_a_question_without_an_answer_is_no_title(tmp_path: Path) -> None:
    rows: Cells = [
        ("题目", "答案"),
        ("一周有几天？", "7"),
        ("地球绕着什么转", None),
        ("简述光合作用", None),
    ]
    file = read(as_book(tmp_path, {"题库": rows}))
    assert [one.gold.is_open for one in file.test] == [False, True, True]


@pytest.mark.parametrize("text", [
    "一、填空题", "二、判断题（每题2分，共20分）", "第一部分", "第一部分 听力理解", "第二章：函数",
    "Section A", "Part II: Reading", "三、阅读理解", "单选题", "（一）选择题：", "Multiple choice",
    "I. Multiple Choice Questions", "True or False", "选择题（共10题）",
])  # fmt: skip
def test_a_text_is_the_title_of_a_section(text: str) -> None:
    assert is_section(text)


@pytest.mark.parametrize("text", [
    "第一部分由谁执笔？", "一、什么是机器学习", "法国的首都是", "Part of speech of run",
    "第一次世界大战", "简述光合作用", "Which section is longer?", "A. 北京", "第一组的组长是谁?",
])  # fmt: skip
def test_a_text_is_a_question(text: str) -> None:
    assert not is_section(text)


# --- one object a line ---------------------------------------------------------------------------


def test_a_json_file_of_one_object_a_line_is_read(tmp_path: Path) -> None:
    path = tmp_path / "q.json"
    rows = [{"id": n, **row} for n, row in enumerate(TRAIN)]
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    assert len(read(path).test) == 3
    assert len(read_questions(path)) == 3
    assert len(started(path)[1].test) == 3
