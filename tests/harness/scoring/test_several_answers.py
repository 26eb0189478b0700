"""Several answers to a question in a prediction file: a question earns their mean."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from harness.errors import InputError
from harness.scoring.score_files import score_files

GATES = ("3", "5", "8", "11")


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    rows = [
        {
            "id": gate,
            "question": f"K{gate}在几站台？",
            "answer": gate,
            "kind": "number",
            "row": gate,
        }
        for gate in GATES
    ]
    return write(tmp_path / "q.jsonl", rows)


def write(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def scored(questions: Path, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    predictions = write(questions.with_name("p.jsonl"), rows)
    return score_files(None, (), questions, predictions, questions.with_name("out"))


def measures(summary: dict[str, Any]) -> dict[str, float]:
    return {each["name"]: each["value"] for each in summary["measures"]}


def test_a_question_earns_the_mean_of_its_answers(questions: Path) -> None:
    rows = [{"id": gate, "text": gate, "others": ["99", gate, "98"]} for gate in GATES]
    summary = scored(questions, rows)
    assert summary["parts"]["AS"]["value"] == pytest.approx(50)
    found = measures(summary)
    assert [found["pass@1"], found["pass@4"]] == pytest.approx([50, 100])
    kept = (questions.with_name("out") / "predictions.jsonl").read_text("utf-8").splitlines()
    assert [other["text"] for other in json.loads(kept[0])["others"]] == ["99", "3", "98"]


def test_each_question_earns_the_mean_of_the_answers_that_it_has(questions: Path) -> None:
    rows = [
        {"id": gate, "text": gate, "others": ["99", "98", gate][: 2 if gate == "3" else 3]}
        for gate in GATES
    ]
    summary = scored(questions, rows)
    third, half = 1 / 3, 1 / 2
    assert summary["parts"]["AS"]["value"] == pytest.approx(25 * (third + 3 * half), abs=0.01)
    found = measures(summary)
    assert [*found] == ["pass@1", "pass@2", "pass@3", "maj@3"]
    assert found["pass@1"] == pytest.approx(25 * (third + 3 * half), abs=0.01)
    assert found["pass@2"] == pytest.approx(25 * (2 / 3 + 3 * 5 / 6), abs=0.01)
    assert notes(questions) == ["1 of 3 right", *["2 of 4 right"] * 3]


def test_one_answer_beside_several_counts_once(questions: Path) -> None:
    rows = [{"id": gate, "text": gate, "others": ["99", "98", "97"]} for gate in GATES[1:]]
    summary = scored(questions, [{"id": "3", "text": "3"}, *rows])
    assert measures(summary) == pytest.approx({"pass@1": 25 * (1 + 3 / 4)}, abs=0.01)
    assert notes(questions) == ["correct", *["1 of 4 right"] * 3]


def test_a_question_without_an_answer_is_wrong_in_every_round(questions: Path) -> None:
    rows = [{"id": gate, "text": gate, "others": ["99", gate, "98"]} for gate in GATES[1:]]
    summary = scored(questions, rows)
    assert summary["parts"]["AS"]["value"] == pytest.approx(25 * 3 / 2)
    assert measures(summary)["pass@4"] == pytest.approx(75)


def notes(questions: Path) -> list[str]:
    kept = (questions.with_name("out") / "scores.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(row) for row in kept]
    return [row["note"] for row in rows if row["metric"] == "correct"]


def test_the_same_answer_again_changes_no_score(questions: Path) -> None:
    once = scored(questions, [{"id": gate, "text": gate, "e2e_s": 0.7} for gate in GATES])
    rows = [
        {"id": gate, "text": gate, "e2e_s": 0.7, "others": [{"text": gate}, gate]} for gate in GATES
    ]
    again = scored(questions, rows)
    for part in ("AS", "ART", "AE"):
        assert again["parts"][part]["value"] == pytest.approx(once["parts"][part]["value"])


def test_an_answer_may_have_a_time_of_its_own(questions: Path) -> None:
    slow = {"text": "3", "e2e_s": 99.0}
    rows = [
        {"id": gate, "text": gate, "e2e_s": 0.3, "others": [{**slow, "text": gate}]}
        for gate in GATES
    ]
    assert scored(questions, rows)["parts"]["ART"]["value"] == pytest.approx(50)


def test_a_null_among_the_answers_is_no_answer(questions: Path) -> None:
    rows = [{"id": gate, "text": gate, "others": [None]} for gate in GATES]
    assert scored(questions, rows)["parts"]["AS"]["value"] == pytest.approx(50)


def test_no_further_answers_is_one_answer(questions: Path) -> None:
    rows = [{"id": gate, "text": gate, "others": []} for gate in GATES]
    assert measures(scored(questions, rows)) == {}


@pytest.mark.parametrize(
    ("others", "says"),
    [
        ("3", "p.jsonl:1: others must be a list of further answers, not '3'"),
        ({"text": "3"}, "p.jsonl:1: others must be a list of further answers"),
        (["3", 4], "p.jsonl:1, answer 3: text must be a string, not 4"),
        ([{"answer": "3"}], "p.jsonl:1, answer 2: has no text"),
        ([{"text": "3", "e2e_s": -1}], "p.jsonl:1, answer 2: e2e_s is -1, and cannot be negative"),
        ([{"text": "3", "e2es": 1}], "p.jsonl:1, answer 2: unknown field 'e2es'"),
    ],
)
def test_what_is_no_answer_is_refused_by_its_place(
    questions: Path, others: object, says: str
) -> None:
    with pytest.raises(InputError) as refused:
        scored(questions, [{"id": "3", "text": "3", "others": others}])
    assert says in str(refused.value)
