"""Question files as people have them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from harness.core import Gold, Message
from harness.errors import InputError
from harness.question_files.reading import QuestionFile, Taking, read_file, read_questions
from harness.spec import chosen_suite, load_specs
from harness.starter.asks import is_of_questions, start_questions
from harness.starter.init import Request
from tests.harness.question_files.wild import SHAPES, Right, wild

OPEN = Gold("free", None)


def jsonl(folder: Path, rows: Sequence[dict[str, Any]]) -> Path:
    path = folder / "q.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    return path


def read(folder: Path, *rows: dict[str, Any]) -> QuestionFile:
    return read_file(jsonl(folder, rows), Taking())


def golds(file: QuestionFile) -> list[Gold]:
    return [sample.gold for sample in file.test]


# --- files of every kind -------------------------------------------------------------------------


def right(gold: Gold) -> Right:
    """The answer as a person reads it."""
    if gold.kind == "choice":
        return (str(gold.value),)
    return (
        None if gold.is_open else gold.value if isinstance(gold.value, tuple) else str(gold.value)
    )


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("seed", range(1000, 1006))
def test_a_wild_file_is_asked_as_it_was_meant(shape: str, seed: int, tmp_path: Path) -> None:
    file = wild(shape, seed, tmp_path)
    request = Request(file.path)
    assert is_of_questions(request)
    spec = load_specs(start_questions(request).spec)[0]
    suite = chosen_suite(spec).build()
    asked = [(s.question.split("\n")[0], right(s.gold)) for s in suite.test]
    assert asked == list(file.test)
    assert len(suite.train) == file.train


def test_parquet_is_read(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    rows = [{"question": "x?", "choices": ["p", "q"], "answer": 0},
            {"question": "y?", "choices": ["r", "s"], "answer": 1}]  # fmt: skip
    parquet.write_table(pa.Table.from_pylist(rows), tmp_path / "q.parquet")
    file = read_file(tmp_path / "q.parquet", Taking())
    assert golds(file) == [Gold("choice", "A"), Gold("choice", "B")]


# --- what is asked -------------------------------------------------------------------------------


def test_turns_come_before_the_question(tmp_path: Path) -> None:
    file = read(
        tmp_path,
        {"system": "短", "history": [["你好", "好"]], "question": "1+1?", "answer": "2"},
        {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"},
                      {"role": "user", "content": "c"}], "answer": "d"},
    )  # fmt: skip
    first, second = file.test
    assert first.messages == (
        Message("system", "短"), Message("user", "你好"), Message("assistant", "好"),
        Message("user", "1+1?"),
    )  # fmt: skip
    assert [message.content for message in second.messages] == ["a", "b", "c"]
    assert second.gold == Gold("text", "d")


def test_options_and_an_instruction_stand_behind_the_question(tmp_path: Path) -> None:
    path = jsonl(tmp_path, [{"question": "哪个？", "choices": ["甲", "乙"], "answer": "乙"}])
    (sample,) = read_file(path, Taking(instruction="只答字母。", system="短")).test
    assert sample.question == "哪个？\nA. 甲\nB. 乙\n只答字母。"
    assert sample.messages[0] == Message("system", "短")
    assert (sample.gold, sample.reference) == (Gold("choice", "B"), "B")


def test_a_question_may_be_an_object_with_its_text(tmp_path: Path) -> None:
    items = [{"prompt": {"text": "What barks?", "lang": "en"}, "gold": "dog"},
             {"prompt": {"text": "What meows?", "lang": "en"}, "gold": "cat"}]  # fmt: skip
    path = tmp_path / "riddles.json"
    path.write_text(json.dumps({"title": "Riddles", "items": items}), "utf-8")
    (spec,) = load_specs(start_questions(Request(path)).spec)
    assert [s.question for s in chosen_suite(spec).build().test] == ["What barks?", "What meows?"]


def test_options_that_a_question_lists_are_not_listed_again(tmp_path: Path) -> None:
    file = read(tmp_path, {"question": "哪个？\nA. 甲\nB. 乙", "answer": "B"})
    assert file.test[0].question.count("甲") == 1
    assert golds(file) == [Gold("choice", "B")]


def test_numbers_of_options_are_not_taken_for_their_words(tmp_path: Path) -> None:
    file = read(
        tmp_path,
        {"question": "x?", "choices": ["1", "0", "2", "5"], "answer": 1},
        {"question": "y?", "choices": ["a", "b", "c", "d"], "answer": 0},
    )
    assert golds(file) == [Gold("choice", "B"), Gold("choice", "A")]


def test_rows_go_to_the_part_that_they_name(tmp_path: Path) -> None:
    rows = [{"question": f"{s}?", "answer": "x", "split": s} for s in ("train", "验证", "Test")]
    file = read(tmp_path, *rows)
    assert [len(part) for part in (file.train, file.dev, file.test)] == [1, 1, 1]
    assert [s.split for s in file.samples] == ["train", "test", "test"]


# --- right answers -------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [1, 199, 200, 500])
def test_a_field_that_only_late_rows_have_counts(before: int, tmp_path: Path) -> None:
    asked = [{"question": f"{n}加一等于几？", "answer": str(n + 1)} for n in range(before)]
    taught = {"question": "天上有几个太阳？", "answer": "1", "split": "train", "类别": "天文"}
    found = read(tmp_path, *asked, taught)
    assert (len(found.test), len(found.train)) == (before, 1)
    assert found.train[0].family == "天文"


def test_kinds_are_taken_with_care(tmp_path: Path) -> None:
    answers = ["兰州", "0931", "19:06", ["K1", "K2"], True, 12, "是"]
    file = read(tmp_path, *({"question": f"{n}?", "answer": a} for n, a in enumerate(answers)))
    kinds = [gold.kind for gold in golds(file)]
    assert kinds == ["text", "text", "text", "set", "text", "text", "text"]
    assert golds(file)[1].value == "0931"
    assert any("kinds taken" in finding.rule for finding in file.findings)


def test_prose_is_free_and_makes_short_answers_beside_it_free(tmp_path: Path) -> None:
    prose = "先在订单页面申请退货，等客服审核，审核通过以后寄回商品。"
    file = read(tmp_path, {"question": "a?", "answer": prose}, {"question": "b?", "answer": "可以"})
    assert golds(file) == [Gold("free", prose), Gold("free", "可以")]


def test_a_kind_that_is_named_is_kept(tmp_path: Path) -> None:
    file = read(
        tmp_path,
        {"question": "a?", "answer": "75分钟", "kind": "duration"},
        {"question": "b?", "answer": "", "kind": "none"},
    )
    assert golds(file) == [Gold("duration", 75.0), Gold("none", None)]


def test_a_row_without_an_answer_is_asked_and_said_to_be_unscored(tmp_path: Path) -> None:
    file = read(tmp_path, {"question": "a?", "answer": None}, {"question": "b?", "answer": "x"})
    assert golds(file) == [OPEN, Gold("text", "x")]
    (told,) = [f for f in file.findings if f.rule.startswith("no answer")]
    assert told.where.endswith("q.jsonl:1")


def test_an_answer_that_is_no_option_is_counted_by_row(tmp_path: Path) -> None:
    file = read(tmp_path, {"question": "a?", "choices": ["甲", "乙"], "answer": "丙"})
    assert golds(file) == [OPEN]
    (told,) = [f for f in file.findings if "no option" in f.rule]
    assert told.where.endswith("q.jsonl:1")
    assert "'丙' is none of A, B" in told.detail


def test_letters_without_options_are_pointed_out(tmp_path: Path) -> None:
    file = read(tmp_path, {"question": "a?", "answer": "B"}, {"question": "b?", "answer": "AC"})
    assert any(f.rule.startswith("answers are letters") for f in file.findings)
    file = read(tmp_path, {"question": "a?", "answer": "B"}, {"question": "b?", "answer": "铁"})
    assert not any(f.rule.startswith("answers are letters") for f in file.findings)


def test_a_column_of_numbers_that_begin_anew_is_no_id(tmp_path: Path) -> None:
    rows = [{"题号": n, "问题": f"{k}{n}?", "答案": "x"} for k in "ab" for n in (1, 2)]
    assert [s.id for s in read(tmp_path, *rows).test] == ["q1", "q2", "q3", "q4"]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([{"id": 1, "question": "a?"}, {"id": "1", "question": "b?"}],
         r"q\.jsonl:2: id '1' occurs twice \(first: .*q\.jsonl:1\)"),
        ([{"question": "a?", "answer": "x", "split": "trian"}],
         r"q\.jsonl:1: split is 'trian'.*did you mean 'train'"),
        ([{"question": "a?", "answer": "soon", "kind": "time"}], r"jsonl:1: answer: cannot read"),
        ([{"question": "a?", "answer": "x", "kind": "tiem"}], r"jsonl:1: there is no kind 'tiem'"),
        ([{"messages": [{"role": "usr", "content": "a"}]}], r"messages\[0\]: unknown role 'usr'"),
        ([{"messages": [{"role": "system", "content": "a"}]}], "must end in a user's turn"),
        ([{"question": "a?", "history": [["x"]]}], r"history\[0\] is no pair"),
        ([{"品名": "a", "价格": 1}], r"no column asks a question \(found: 品名, 价格\)"),
        ([{"question": " "}], "holds no question"),
    ],
)  # fmt: skip
def test_a_bad_file_is_one_sentence(rows: list[dict[str, Any]], says: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=says):
        read(tmp_path, *rows)


# --- as podium score takes them ------------------------------------------------------------------


def test_options_are_read_where_predictions_are_scored(tmp_path: Path) -> None:
    row = {"id": 1, "question": "哪个？", "choices": ["甲", "乙"], "answer": "乙"}
    (sample,) = read_questions(jsonl(tmp_path, [row]))
    assert sample.gold == Gold("choice", "B")
    assert sample.question.endswith("A. 甲\nB. 乙")
    with pytest.raises(InputError, match=r"q\.jsonl:1: answer: '丙' is none of A, B"):
        read_questions(jsonl(tmp_path, [{**row, "answer": "丙"}]))
