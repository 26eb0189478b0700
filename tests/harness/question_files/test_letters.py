"""What an answer to a question with several right options names, by letter or by word."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.core import Output, Sample
from harness.question_files.judging import checked
from harness.question_files.reading import read_questions
from harness.scoring.score_files import score_files

ENGLISH = {"question": "Which of these are fruits?", "choices": ["apple", "table", "pear", "desk"]}
CHINESE = {"question": "哪些是水果？", "choices": ["苹果", "桌子", "椅子", "梨"]}
CITIES = {"question": "Which are cities?", "choices": ["New York", "Mars", "York", "Paris"]}


def ask(folder: Path, question: Mapping[str, object], answer: str) -> Sample:
    path = folder / "q.jsonl"
    path.write_text(json.dumps({"id": "m", **question, "answer": answer}) + "\n", "utf-8")
    return read_questions(path)[0]


def earned(sample: Sample, text: str) -> float | None:
    verdict = checked(sample, Output(sample.id, text), {})
    return None if verdict is None else verdict.value


@pytest.mark.parametrize(
    "text",
    [
        "A and C", "Both A and C", "A and C are correct.", "A C", "Answer: A and C", "a and c",
        "A, C", "A & C", "(A) and (C)", "**A** and **C**", "**A** **C**", "A\nC", "AC", "ac",
        "a c", "ＡＣ", "C and A", "The answer is A and also C.", "A. apple and C. pear",
        "A apple and C pear", "Only A and C are fruits; B is not.", "I think A and C.",
        "apple and pear", "Apple and pear.", "An apple and a pear", "A pear and an apple.",
        "the apple, the pear", "apples and pears", "APPLE, PEAR",
        "The fruits are apple and pear, not table.",
    ],
)  # fmt: skip
def test_two_options_in_english(tmp_path: Path, text: str) -> None:
    assert earned(ask(tmp_path, ENGLISH, "AC"), text) == 1


@pytest.mark.parametrize(
    "text",
    ["A和D", "A D", "AD", "A与D", "选A和D", "正确的是A和D，B不是", "Ａ、Ｄ", "苹果和梨", "苹果、梨",
     "答案：苹果 梨", "是苹果和梨，不是桌子", "A and D"],
)  # fmt: skip
def test_two_options_in_chinese(tmp_path: Path, text: str) -> None:
    assert earned(ask(tmp_path, CHINESE, "AD"), text) == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A or C", 0), ("A或C", 0), ("apple or pear", 0), ("neither A nor C", 0),
        ("Not A and C", 0),
        ("既不是A也不是C", 0), ("neither apple nor pear", 0),
        ("A, not C", 2 / 3), ("A but not C", 2 / 3), ("A，不选C", 2 / 3),
        ("apple, not pear", 2 / 3),
        ("A", 2 / 3), ("an apple", 2 / 3), ("a pear", 2 / 3), ("A pear", 2 / 3),
        ("C is a fruit", 2 / 3), ("pear is a fruit", 2 / 3), ("pineapple and pear", 2 / 3),
        ("A, B and C", 0.8), ("A、B、C", 0.8), ("apple, table and pear", 0.8),
        ("A and B", 0.5), ("table and pear", 0.5), ("ABCD", 2 / 3), ("B and D", 0),
    ],
)  # fmt: skip
def test_what_is_not_said_earns_nothing(tmp_path: Path, text: str, value: float) -> None:
    assert earned(ask(tmp_path, ENGLISH, "AC"), text) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("New York and Paris", 1), ("new york, paris", 1), ("Paris and New York", 1),
        ("A New York and D Paris", 1), ("York and Paris", 0.5), ("New York", 2 / 3),
    ],
)  # fmt: skip
def test_words_of_one_option_within_those_of_another(
    tmp_path: Path, text: str, value: float
) -> None:
    assert earned(ask(tmp_path, CITIES, "AD"), text) == pytest.approx(value)


def test_options_that_are_numbers(tmp_path: Path) -> None:
    primes = {"question": "Which are primes?", "choices": ["3", "4", "13", "1.3"]}
    sample = ask(tmp_path, primes, "AC")
    assert earned(sample, "3 and 13") == 1
    assert earned(sample, "13") == pytest.approx(2 / 3)
    assert earned(sample, "13 and 1.3") == pytest.approx(0.5)


def test_many_options_and_a_writer_who_says_i(tmp_path: Path) -> None:
    question = {"question": "Which are vowels?", "choices": list("aquwxyzke")}
    assert earned(ask(tmp_path, question, "AI"), "I think A and I") == 1
    assert earned(ask(tmp_path, question, "AC"), "I think A and C") == 1


def test_podium_score_gives_both_letters_their_point(tmp_path: Path) -> None:
    questions, predictions = tmp_path / "q.jsonl", tmp_path / "p.jsonl"
    asked = {**ENGLISH, "choices": ["apple", "table", "pear"], "id": "m", "answer": "AC"}
    questions.write_text(json.dumps(asked) + "\n", "utf-8")
    predictions.write_text('{"id": "m", "text": "A and C"}\n', "utf-8")
    summary = score_files(None, (), questions, predictions, tmp_path / "out")
    assert summary["parts"]["AS"]["value"] == 100
