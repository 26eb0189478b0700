"""A suite over any table, by its suite file: a shelf in Chinese, an inventory in English."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.checker.check import check as judge
from harness.core import Domain, Suite
from harness.errors import InputError, SpecError
from harness.scoring.catalogue import list_suites
from harness.scoring.score_files import build_suite
from harness.tables import benchmark
from harness.tables.benchmark import TableOptions
from suites import timetable

LESSONS = """星期,节次,课程,老师,教室
周一,1,数学,王芳,A101
周一,2,语文,李雷,A101
周二,1,英语,韩梅,
周二,2,数学,王芳,B203
"""
LESSON_SUITE = """name: lessons
version: "1"
profile: {id: lessons/1, weights: {AS: 1}, t_full: 0.5, t_zero: 8}
key: [星期, 节次]
key_words: "{星期}第{节次}节"
columns:
  - {name: 星期, kind: text}
  - {name: 节次, kind: number}
  - {name: 课程, kind: text}
  - {name: 老师, kind: text}
  - {name: 教室, kind: text}
families:
  lookup:
    title: 查询
    programs:
      - id: lookup.course
        op: lookup
        column: 课程
        reference: "{key}上{value}。"
        train: ["{key}上什么课？"]
        test: ["{key}是哪门课？"]
  filter:
    title: 筛选
    programs:
      - id: filter.teacher
        op: select
        where: [{column: 老师, test: equals, slot: teacher}]
        reference: "{value}。"
        train: ["{teacher}哪几节有课？"]
        test: ["{teacher}都在什么时候上课？"]
      - id: filter.count
        op: count
        where: [{column: 老师, test: equals, slot: teacher}]
        reference: "{teacher}一周上{value}节课。"
        train: ["{teacher}一周上几节课？"]
        test: ["{teacher}每周有多少节课？"]
frames: ["请问{question}", "{question}谢谢。"]
synonyms: {老师: {王芳: [王老师]}}
"""
GOODS = """Item,Price,Received,Supplier
Red apples,$1.25,2025-03-08,Acme
Gala pears,$2.50,2025-03-09,Acme
Oat milk,$3.10,2025-04-01,
"""
GOODS_SUITE = """name: goods
version: "1"
language: en
profile: {id: goods/1, weights: {AS: 1}, t_full: 0.5, t_zero: 8}
key: Item
columns:
  - {name: Item, kind: text}
  - {name: Price, kind: number, unit: $}
  - {name: Received, kind: date}
  - {name: Supplier, kind: text}
families:
  ask:
    title: Questions
    programs:
      - id: ask.price
        op: lookup
        column: Price
        reference: "{key} cost {value}."
        train: ["How much are {key}?"]
        test: ["What do {key} cost?"]
      - id: ask.received
        op: lookup
        column: Received
        reference: "{key} came on {value}."
        train: ["When did {key} come?"]
        test: ["On what date were {key} received?"]
      - id: ask.none
        op: missing
        column: Supplier
        reference: "{key}: no supplier."
        train: ["Who is the supplier of {key}?"]
        test: ["Which supplier delivers {key}?"]
      - id: ask.all
        op: select
        where: [{column: Supplier, test: equals, slot: supplier}]
        reference: "{value}."
        train: ["What does {supplier} deliver?"]
        test: ["Which items come from {supplier}?"]
"""


@pytest.fixture
def lessons(tmp_path: Path) -> TableOptions:
    (tmp_path / "lessons.csv").write_text(LESSONS, encoding="utf-8")
    (tmp_path / "lessons.suite.yaml").write_text(LESSON_SUITE, encoding="utf-8")
    return TableOptions(table=tmp_path / "lessons.csv", definition=tmp_path / "lessons.suite.yaml")


@pytest.fixture
def goods(tmp_path: Path) -> TableOptions:
    (tmp_path / "goods.csv").write_text(GOODS, encoding="utf-8")
    (tmp_path / "goods.suite.yaml").write_text(GOODS_SUITE, encoding="utf-8")
    return TableOptions(table=tmp_path / "goods.csv", definition=tmp_path / "goods.suite.yaml")


def misjudged(suite: Suite) -> list[str]:
    return [
        f"{sample.question} {sample.reference}"
        for sample in (*suite.train, *suite.test)
        if judge(
            sample.reference,
            sample.gold,
            sample.question,
            suite.domains.get(sample.domain, Domain()),
        ).value
        != 1
    ]


def test_a_class_schedule(lessons: TableOptions) -> None:
    benchmark.check(lessons)
    suite = benchmark.build(lessons)
    said = {sample.question: sample.reference for sample in suite.test}
    assert said["周二第1节是哪门课？"] == "周二第1节上英语。"
    assert said["王芳都在什么时候上课？"] == "周一第1节、周二第2节。"
    assert said["王芳每周有多少节课？"] == "王芳一周上2节课。"
    assert misjudged(suite) == []


def test_an_english_inventory(goods: TableOptions) -> None:
    suite = benchmark.build(goods)
    said = {sample.question: sample.reference for sample in suite.test}
    assert said == {
        "What do Red apples cost?": "Red apples cost $1.25.",
        "What do Gala pears cost?": "Gala pears cost $2.5.",
        "What do Oat milk cost?": "Oat milk cost $3.1.",
        "On what date were Red apples received?": "Red apples came on 2025-03-08.",
        "On what date were Gala pears received?": "Gala pears came on 2025-03-09.",
        "On what date were Oat milk received?": "Oat milk came on 2025-04-01.",
        "Which supplier delivers Oat milk?": "Oat milk: no supplier.",
        "Which items come from Acme?": "Red apples, Gala pears.",
    }
    assert misjudged(suite) == []


def test_synonyms_are_other_names_of_a_value(lessons: TableOptions) -> None:
    suite = benchmark.build(lessons)
    assert suite.domains["老师"].aliases == {"王老师": "王芳"}
    sample = next(s for s in suite.test if s.template == "lookup.course/test-0")
    assert "王老师" not in sample.question
    assert suite.frames == ("请问{question}", "{question}谢谢。")
    assert benchmark.build(timetable.Options()).frames == ()


def test_a_synonym_that_is_a_value_is_two_answers(lessons: TableOptions) -> None:
    text = LESSON_SUITE.replace("[王老师]", "[李雷]")
    lessons.definition.write_text(text, encoding="utf-8")
    with pytest.raises(
        InputError, match=r"lessons: synonyms\.老师: '李雷' is a value of the column"
    ):
        benchmark.build(lessons)


def test_its_table_by_itself(lessons: TableOptions) -> None:
    read = benchmark.build(lessons).table
    assert read is not None
    assert [row.key for row in read.rows] == ["周一第1节", "周一第2节", "周二第1节", "周二第2节"]
    board = benchmark.build(timetable.Options()).table
    assert board is not None
    assert board.name == "board-24"


def test_the_open_book_track_shows_rows_as_a_csv(goods: TableOptions) -> None:
    options = TableOptions(
        table=goods.table, definition=goods.definition, track="open-book", unseen_rows=0.34
    )
    suite = benchmark.build(options)
    assert suite.test[0].question.startswith("Item,Price,Received,Supplier\n")
    assert misjudged(suite) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"table": Path("no.csv")}, "table: no.csv: no such file"),
        ({"families": ("lokup",)}, "did you mean 'lookup'"),
    ],
)
def test_options_that_cannot_be(
    lessons: TableOptions, change: dict[str, Any], sentence: str
) -> None:
    given = {"table": lessons.table, "definition": lessons.definition, **change}
    with pytest.raises(SpecError, match=sentence):
        benchmark.check(TableOptions(**given))


def test_it_is_listed_and_says_what_it_needs(lessons: TableOptions) -> None:
    assert {"table", "timetable"} <= {row["suite"] for row in list_suites()}
    with pytest.raises(SpecError, match=r"^suite\.(table|definition): is missing$"):
        build_suite("table", ())
    changes = (f"table={lessons.table}", f"definition={lessons.definition}")
    assert build_suite("table", changes).name == "lessons"
