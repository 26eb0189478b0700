"""Right answers beside options: none is dropped, and numbers are what they are meant to be."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from harness.core import Gold, Output
from harness.question_files.judging import checked
from harness.question_files.reading import QuestionFile, Taking, read_file, read_questions
from harness.starter.asks import start_questions
from harness.starter.init import Request


def as_csv(folder: Path, text: str) -> Path:
    path = folder / "q.csv"
    path.write_text(text, "utf-8")
    return path


def as_book(folder: Path, rows: Sequence[Sequence[Any]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    book.save(folder / "q.xlsx")
    return folder / "q.xlsx"


def as_jsonl(folder: Path, rows: Sequence[dict[str, Any]]) -> Path:
    path = folder / "q.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    return path


def read(path: Path) -> QuestionFile:
    return read_file(path, Taking())


def letters(file: QuestionFile) -> str:
    return "".join(str(one.gold.value) if one.gold.kind == "choice" else "-" for one in file.test)


def notes(file: QuestionFile) -> str:
    return "\n".join(f"{one.rule}: {one.where} {one.detail}" for one in file.findings)


# --- options are never dropped -------------------------------------------------------------------

PAPER = """题型,题目,选项A,选项B,选项C,选项D,答案
判断题,太阳从东边升起。,正确,错误,,,A
判断题,一周有八天。,正确,错误,,,错
单选题,我国的首都是,上海,北京,广州,深圳,B
多选题,下列属于金属的有,铁,铜,木,铝,ABD
判断题,水往低处流。,,,,,对
"""


def test_verdicts_with_options_are_choices(tmp_path: Path) -> None:
    file = read(as_csv(tmp_path, PAPER))
    assert [one.gold for one in file.test] == [
        Gold("choice", "A"), Gold("choice", "B"), Gold("choice", "B"), Gold("set", ("A", "B", "D")),
        Gold("text", "对"),
    ]  # fmt: skip
    assert file.test[0].question == "太阳从东边升起。\nA. 正确\nB. 错误"
    assert file.test[4].question == "水往低处流。"


def test_true_or_false_and_blanks_with_options_are_choices(tmp_path: Path) -> None:
    text = """type,question,A,B,C,answer
true/false,Water boils at 100 degrees Celsius at sea level.,True,False,,T
true/false,Whales are fish.,True,False,,F
multiple choice,Which one is a fruit?,stone,apple,chair,B
填空题,The capital of France is ___.,Lyon,Paris,Nice,Paris
"""
    file = read(as_csv(tmp_path, text))
    assert letters(file) == "ABBB"


def test_a_kind_that_is_named_text_stays_a_text(tmp_path: Path) -> None:
    row = {"question": "水往低处流？", "kind": "text", "choices": ["对", "错"], "answer": "对"}
    assert read(as_jsonl(tmp_path, [row])).test[0].gold == Gold("text", "对")


QUIZ = """id,question,A,B,C,D,answer
1,What is the capital of France?,Paris,Lyon,Nice,Metz,A
2,Which one is a fruit?,A. stone,B. chair,C. apple,D. paper,C
"""


def test_podium_score_takes_columns_of_options(tmp_path: Path) -> None:
    path = as_csv(tmp_path, QUIZ)
    first, second = read_questions(path)
    assert (first.gold, second.gold) == (Gold("choice", "A"), Gold("choice", "C"))
    assert first.question.endswith("A. Paris\nB. Lyon\nC. Nice\nD. Metz")
    assert [one.question for one in read_questions(path)] == [
        one.question for one in read(path).test
    ]
    said = [checked(one, Output(one.id, "Paris" if one is first else "chair"), {})
            for one in (first, second)]  # fmt: skip
    assert [one.value for one in said if one is not None] == [1, 0]


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("选项A,选项B", "A.上海,B.北京"),
        ("选项A,选项B", "A、上海,B、北京"),
        ("A,B", "（A）上海,（B）北京"),
        ("option_a,option_b", "a) 上海,b) 北京"),
        ("选项1,选项2", "A．上海,B．北京"),
    ],
)
@pytest.mark.parametrize("answer", ["B", "北京", "B.北京"])
def test_letters_inside_of_options_are_not_listed_twice(
    header: str, cells: str, answer: str, tmp_path: Path
) -> None:
    file = read(as_csv(tmp_path, f"题目,{header},答案\n我国的首都是,{cells},{answer}\n"))
    assert file.test[0].question == "我国的首都是\nA. 上海\nB. 北京"
    assert letters(file) == "B"


def test_words_that_begin_like_letters_are_left_alone(tmp_path: Path) -> None:
    text = "question,A,B,answer\nWhich is a vitamin?,A vitamin,C vitamin,A\n"
    assert "A. A vitamin\nB. C vitamin" in read(as_csv(tmp_path, text)).test[0].question


# --- numbers: places or words --------------------------------------------------------------------

SUMS: Sequence[Sequence[Any]] = [
    ("3+1等于多少？", 1, 2, 4, 3, 4),
    ("5+10等于多少？", 12, 15, 4, 9, 15),
    ("8-5等于多少？", 2, 5, 1, 3, 3),
    ("6-4等于多少？", 4, 1, 2, 3, 2),
]
PLACES: Sequence[Sequence[Any]] = [
    ("哪个城市在西北？", "上海", "兰州", "广州", "福州", 2),
    ("哪个是行星？", "月球", "太阳", "北极星", "火星", 4),
    ("最小的质数是？", 1, 3, 2, 4, 3),
    ("2的3次方是？", 4, 6, 8, 9, 3),
]
HEADER = ("题目", "A", "B", "C", "D", "答案")


def written(rows: Sequence[Sequence[Any]]) -> str:
    return "\n".join(",".join(map(str, row)) for row in (HEADER, *rows))


def test_numbers_that_are_what_options_say_are_no_places(tmp_path: Path) -> None:
    assert letters(read(as_book(tmp_path, [HEADER, *SUMS]))) == "CBDC"
    assert letters(read(as_csv(tmp_path, written(SUMS)))) == "CBDC"
    listed = [{"question": q, "choices": list(o), "answer": a} for q, *o, a in SUMS]
    assert letters(read(as_jsonl(tmp_path, listed))) == "CBDC"
    start_questions(Request(as_book(tmp_path, [HEADER, *SUMS])))


def test_places_stay_places_though_an_option_says_the_number(tmp_path: Path) -> None:
    assert letters(read(as_book(tmp_path, [HEADER, *PLACES]))) == "BDCC"
    assert letters(read(as_csv(tmp_path, written(PLACES)))) == "BDCC"


def test_one_bad_place_among_many_makes_no_words_of_the_others(tmp_path: Path) -> None:
    bad = ("哪个是金属？", "木", "铁", "布", "纸", 7)
    file = read(as_book(tmp_path, [HEADER, *PLACES, bad]))
    assert letters(file) == "BDCC-"
    assert "7 is none of A, B, C, D" in notes(file)


def test_where_both_readings_fit_the_words_are_taken_and_said(tmp_path: Path) -> None:
    row = {"question": "3+1等于多少？", "choices": ["1", "2", "4", "3"], "answer": 4}
    file = read(as_jsonl(tmp_path, [row]))
    assert letters(file) == "C"
    assert "taken for C, which says 4, and not for D, which stands there" in notes(file)
    more = [(["4", "1", "2", "3"], 1), (["1", "2", "3", "4"], 4)]
    rows = [{**row, "choices": listed, "answer": answer} for listed, answer in more]
    words = read(as_jsonl(tmp_path, rows))
    assert letters(words) == "BD"


def test_numbers_from_0_beside_lists_are_places_and_said(tmp_path: Path) -> None:
    rows = [
        {"question": "How many moons?", "choices": ["1", "0", "2", "3"], "answer": 1},
        {"question": "How many suns?", "choices": ["0", "1", "2", "3"], "answer": 0},
    ]
    file = read(as_jsonl(tmp_path, rows))
    assert letters(file) == "BA"
    assert "taken for B, which stands there, and not for A, which says 1" in notes(file)


def test_numbers_that_are_not_whole_are_words(tmp_path: Path) -> None:
    rows = [("1/2?", 0.5, 1.5, 2, 4, 0.5), ("2*2?", 2, 4, 1, 3, 4), ("1+1?", 4, 1, 2, 3, 2)]
    assert letters(read(as_book(tmp_path, [HEADER, *rows]))) == "ABC"


def test_lists_of_places_are_places(tmp_path: Path) -> None:
    rows = [
        {"question": "Which are metals?", "choices": ["iron", "wood", "tin"], "answer": [0, 2]},
        {"question": "Which is wood?", "choices": ["iron", "oak", "tin"], "answer": [1]},
    ]
    file = read(as_jsonl(tmp_path, rows))
    assert [one.gold for one in file.test] == [Gold("set", ("A", "C")), Gold("choice", "B")]


# --- lists ---------------------------------------------------------------------------------------


def test_what_is_alone_in_a_list_among_prose_is_itself(tmp_path: Path) -> None:
    prose = "先在订单页面申请退货，等客服审核，审核通过以后寄回商品。"
    rows: list[dict[str, Any]] = [
        {"question": "怎么退货？", "answer": prose},
        {"question": "甘肃的省会是哪里？", "answer": ["兰州"]},
        {"question": "How do I leave?", "answer": [prose]},
    ]
    assert [one.gold for one in read(as_jsonl(tmp_path, rows)).test] == [
        Gold("free", prose), Gold("free", "兰州"), Gold("free", prose),
    ]  # fmt: skip
