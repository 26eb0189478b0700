"""The suite as a spec asks for it."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from harness.core import Message, Suite
from harness.errors import InputError, SpecError
from suites.reading import HERE, LEAST_ROWS, Options, accept, build, check, export_rows, inputs
from suites.reading.quiz import ask, passage_of

QUESTION = "{n}. 守塔的是谁？\nA. 老周{n}\nB. 阿海{n}\nC. 船长{n}\nD. 渔民{n}"
HEADER = ("阅读文本", "选项", "答案")


def book(path: Path, rows: Sequence[Sequence[str | int | None]]) -> Path:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    for row in rows:
        sheet.append(tuple(row))
    made.save(path)
    return path


def four(answers: str = "1.A 2.B 3.C 4.D") -> tuple[str, str]:
    return "\n".join(QUESTION.format(n=n) for n in range(1, 5)), answers


def found(made: Suite) -> list[tuple[str, str, bool]]:
    return [(one.rule, one.where, one.lost) for one in made.findings]


def test_the_suite_as_it_ships() -> None:
    check(Options())
    made = build(Options())
    assert (made.name, made.version, made.profile.id) == ("reading", "1", "reading-2024/2")
    assert (made.profile.t_full, made.profile.t_zero) == (2.0, 60.0)
    assert Counter(sample.family for sample in made.test) == {"zh": 5, "en": 5}
    assert all(sample.reference for sample in (*made.train, *made.test))
    assert not {one.row for one in made.train} & {one.row for one in made.test}
    rules = {finding.rule for finding in made.findings}
    assert {"short answer", "no answer", "several answers", "passage repeated"} <= rules
    assert "too few rows" in rules


def test_the_files_that_decide_the_questions_are_inputs(tmp_path: Path) -> None:
    own = {"chinese": HERE / "data" / "chinese.xlsx", "english": HERE / "data" / "english.xlsx"}
    assert inputs(Options()) == own
    mine = tmp_path / "mine.xlsx"
    assert inputs(Options(english=mine)) == {"english": mine}
    assert inputs(Options(passages=mine)) == {**own, "passages": mine}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"questions": 0}, "questions: must be 1 to 20, not 0"),
        ({"test_share": 1.0}, "test_share: must be at least 0 and below 1, not 1"),
        ({"test_share": float("nan")}, "test_share: must be at least 0 and below 1, not nan"),
        (
            {"english": HERE / "data" / "englsh.xlsx"},
            "english: HERE/data/englsh.xlsx: no such file (did you mean 'english.xlsx'?)",
        ),
        ({"passages": HERE}, "passages: HERE: is a folder, not a file"),
    ],
)
def test_options_that_cannot_be(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SpecError) as caught:
        check(Options(**given))
    assert str(caught.value).replace(str(HERE), "HERE") == sentence


def test_columns_in_any_order_and_width_with_more_beside_them(tmp_path: Path) -> None:
    questions, answers = four()
    path = book(
        tmp_path / "训练集-语文.xlsx",
        [
            ("某校试题", None, None, None),
            ("答 案", "备注", "　阅读文本　", "选项 "),
            (answers, "x", "灯塔在海边。", questions),
        ],
    )
    made = build(Options(chinese=path, test_share=0))
    (sample,) = made.train
    assert sample.question.endswith("\n短文：\n灯塔在海边。")
    assert sample.reference.startswith(
        "1. 守塔的是谁？\nA. 老周1\nB. 阿海1\nC. 船长1\nD. 渔民1\n答案：A\n\n2. "
    )
    assert list(made.families) == ["zh"]


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", [("阅读文本", "选项", "答案解析"), ("灯塔", "x", "y")])
    with pytest.raises(InputError, match=r"no column '答案' \(did you mean '答案解析'"):
        build(Options(chinese=path))
    with pytest.raises(InputError, match="the workbook is empty"):
        build(Options(chinese=book(tmp_path / "b.xlsx", [])))


def test_every_row_that_is_not_kept_is_told(tmp_path: Path) -> None:
    questions, answers = four()
    path = book(
        tmp_path / "训练集-英语.xlsx",
        [
            HEADER,
            (
                "A lamp by the sea.",
                "1. Who?\nA. Al.\nB. Bo.\nC. Cy.\nD. Di.\n2. Why? Explain.",
                "1.A",
            ),
            (None, "1. Who?\nA. Al.\nB. Bo.\nC. Cy.\nD. Di.", "1.A"),
            ("A boat.", None, "1.A"),
            (None, None, None),
            ("A boat on the lake.", "1. Who?\nA. Al.\nB. Bo.\nC. Cy.\nD. Di.", None),
            ("灯塔在海边。", questions, answers),
            ("A lake.", questions, answers),
            ("A cow.", "1. Who?\nA. Al.\nB. Bo.\nC. Cy.\nD. Di.", "=1+1"),
        ],
    )
    made = build(Options(english=path, test_share=0))
    assert sorted(sample.id for sample in made.train) == ["en-2", "zh-7"]
    name = "训练集-英语.xlsx"
    assert found(made) == [
        ("short answer", f"{name}: row 2, question 2", True),
        ("no passage", f"{name}: row 3", True),
        ("no question", f"{name}: row 4", True),
        ("row without a question to keep", f"{name}: row 4", True),
        ("no answer", f"{name}: row 6, question 1", True),
        ("row without a question to keep", f"{name}: row 6", True),
        ("other language", f"{name}: row 7", False),
        *((("other language", f"{name}: row 8, question {n}", True)) for n in range(1, 5)),
        ("row without a question to keep", f"{name}: row 8", True),
        ("formula", f"{name}: row 9", True),
        ("not as many questions as asked for", f"{name}: row 2", False),
        ("too few rows", name, False),
    ]


def test_a_passage_that_stands_there_twice_is_one_row(tmp_path: Path) -> None:
    first = "\n".join(QUESTION.format(n=n) for n in (1, 2))
    second = "\n".join(QUESTION.format(n=n) for n in (2, 3, 4, 5))
    path = book(
        tmp_path / "a.xlsx",
        [
            HEADER,
            ("灯塔在海边。", first, "1.A 2.B"),
            ("灯塔，在海边", second, "2.B 3.C 4.D 5.A"),
            ("灯塔在海边。 ", first, "1.A 2.B"),
        ],
    )
    made = build(Options(chinese=path, test_share=0))
    (sample,) = made.train
    assert [line for line in sample.reference.splitlines() if line.startswith("A. ")] == [
        "A. 老周1", "A. 老周2", "A. 老周3", "A. 老周4"
    ]  # fmt: skip
    assert found(made)[:-1] == [
        ("question repeated", "a.xlsx: row 3, question 2", True),
        ("passage repeated", "a.xlsx: row 3, question 5", True),
        ("passage repeated", "a.xlsx: row 3", False),
        ("question repeated", "a.xlsx: row 4, question 1", True),
        ("question repeated", "a.xlsx: row 4, question 2", True),
        ("passage repeated", "a.xlsx: row 4", True),
    ]


def test_enough_rows_are_no_finding_and_none_is_exported_twice(tmp_path: Path) -> None:
    questions, answers = four()
    rows = [(f"第{n}座灯塔在海边。", questions, answers) for n in range(LEAST_ROWS)]
    path = book(tmp_path / "a.xlsx", [HEADER, *rows, *rows[:30]])
    made = build(Options(chinese=path, test_share=0))
    assert "too few rows" not in {finding.rule for finding in made.findings}
    exported = list(export_rows(made))
    assert len(exported) == LEAST_ROWS
    assert len({row["input"] for row in exported}) == LEAST_ROWS
    assert all(set(row) == {"input", "target"} and row["target"] for row in exported)
    fewer = build(Options(chinese=path, test_share=0.1))
    assert fewer.findings[-1].rule == "too few rows"
    assert fewer.findings[-1].detail.startswith("135 distinct training rows")


def test_the_split_is_drawn_by_the_seed() -> None:
    first = {sample.id for sample in build(Options()).test}
    assert first == {sample.id for sample in build(Options()).test}
    assert first != {sample.id for sample in build(Options(seed=1)).test}


def test_the_prompt_asks_for_as_many_questions_as_wanted() -> None:
    made = build(Options(questions=3))
    assert made.profile.id == "reading-2024/2-3-questions"
    for sample in made.train:
        number = "3道单项选择题" if sample.family == "zh" else "Write 3 single-choice questions"
        assert number in sample.question


@pytest.mark.parametrize("ending", ["txt", "xlsx"])
def test_passages_without_questions_wait_for_a_teacher(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"more.{ending}"
    texts = ["海边的灯塔。\n很高。", "A lamp\nby the sea.", "海边的灯塔，很高", "……"]
    if ending == "txt":
        path.write_text("\ufeff" + "\n\n \n".join(texts), encoding="utf-8")
    else:
        book(path, [("编号", "阅读文本"), *((n, text) for n, text in enumerate(texts))])
    made = build(Options(passages=path))
    bare = [sample for sample in made.train if not sample.reference]
    assert [(sample.family, sample.question.rpartition("\n")[2]) for sample in bare] == [
        ("zh", "很高。"), ("en", "by the sea.")
    ]  # fmt: skip
    assert all(sample.reference for sample in made.test)
    assert all(row["target"] for row in export_rows(made))
    where = "more.txt: line" if ending == "txt" else "more.xlsx: row"
    told = [one.rule for one in made.findings if one.where.startswith(where)]
    assert told == ["passage repeated", "no passage"]


def test_a_teacher_must_keep_the_form_and_the_passage() -> None:
    options = Options()
    made = build(options)
    whole = [one for one in (*made.train, *made.test) if one.reference.count("\n\n") == 3]
    zh = [one for one in whole if one.family == "zh"]
    en = next(one for one in whole if one.family == "en")
    for sample in whole:
        bare = dataclasses.replace(sample, reference="")
        assert accept(options, bare, bare.question, sample.reference) is None
    reply = zh[0].reference
    refused = {
        "form": [
            "", "好的。", reply.replace("\nC. ", "\nX "), reply.rpartition("\n\n")[0],
            f"好的，题目如下。\n{reply}", reply.replace("答案：", "答案：AC "),
            f"{reply}\n解析：略",
        ],
        "other language": [en.reference],
        "key not borne out": [zh[1].reference],
    }  # fmt: skip
    for reason, replies in refused.items():
        for text in replies:
            told = accept(options, zh[0], zh[0].question, text)
            assert told is not None
            assert told[0] == reason, text
            assert told[1]


@pytest.mark.parametrize("text", ["", "\ufeff\n \n"])
def test_a_file_without_passages_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "more.txt"
    path.write_text(text, encoding="utf-8")
    made = build(Options(passages=path))
    assert ("no passage", "more.txt", False) in found(made)


@pytest.mark.parametrize(
    "passage", ["灯塔。\nPassage:\nx", "A lamp.\n短文：\nx", "A cost of $5 and $x."]
)
def test_the_passage_is_found_again_in_its_prompt(passage: str) -> None:
    for language in ("zh", "en"):
        sample = dataclasses.replace(
            build(Options()).test[0],
            messages=(Message("user", ask(passage, "zh" if language == "zh" else "en", 4)),),
        )
        assert passage_of(sample) == passage
