"""Predictions and times to scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from harness.config.sections import ScoreSection
from harness.core import Output, Profile, Sample, Suite
from harness.metrics.measure import Graded
from harness.metrics.summary import check_all
from harness.stages.questions import write_questions
from harness.stages.score import Session, score
from harness.store.codec import output_to
from harness.store.files import read_json, read_jsonl, write_jsonl

PROFILE = Profile("t/1", {"AS": 0.4, "ART": 0.3, "AE": 0.3}, 0.5, 8.0)


@pytest.fixture
def questions(tmp_path: Path, samples: Sequence[Sample]) -> Path:
    suite = Suite("t", "1", {"lookup": "look up"}, (), tuple(samples), PROFILE)
    write_questions(suite, tmp_path / "questions")
    return tmp_path / "questions"


def grading(suite: Suite, outputs: Sequence[Output]) -> Graded:
    return check_all(suite.test, outputs, suite.domains)


def scored(
    questions: Path, outputs: Sequence[Output], seconds: Mapping[str, Sequence[float]] | None = None
) -> dict[str, Any]:
    folder = questions.parent
    write_jsonl(folder / "infer" / "predictions.jsonl", map(output_to, outputs))
    timed = None
    if seconds is not None:
        timed = folder / "timed.jsonl"
        texts = {output.sample_id: output.text for output in outputs}
        write_jsonl(
            timed,
            [
                {"sample_id": name, "replicate": n, "text": texts[name], "finish_reason": "stop",
                 "e2e_s": taken, "ttft_s": taken / 2, "output_tokens": 4, "error": None}
                for name, times in seconds.items()
                for n, taken in enumerate(times)
            ],
        )  # fmt: skip
    session = Session() if timed is None else Session(list(read_jsonl(timed)))
    score(ScoreSection(), grading, questions, folder / "infer", session, folder / "score")
    summary: dict[str, Any] = read_json(folder / "score" / "score.json")
    return summary


def right(samples: Sequence[Sample], count: int) -> list[Output]:
    return [
        Output(sample.id, sample.reference if n < count else "K9次23:59开车。", output_tokens=8)
        for n, sample in enumerate(samples)
    ]


def test_as_is_the_share_of_right_answers(questions: Path, samples: Sequence[Sample]) -> None:
    summary = scored(questions, right(samples, 3))
    assert summary["parts"]["AS"]["value"] == 60
    assert summary["parts"]["ART"] is None
    rows = list(read_jsonl(questions.parent / "score" / "scores.jsonl"))
    correct = {row["sample_id"]: row["value"] for row in rows if row["metric"] == "correct"}
    assert correct == {s.id: float(n < 3) for n, s in enumerate(samples)}


def test_the_median_of_the_replicates_is_what_a_question_takes(
    questions: Path, samples: Sequence[Sample]
) -> None:
    quick = {sample.id: (0.5, 0.5, 0.48, 0.5) for sample in samples}
    assert scored(questions, right(samples, 5), quick)["parts"]["ART"]["value"] == 100
    slow = {sample.id: (8.0, 8.1, 8.0, 7.9) for sample in samples}
    assert scored(questions, right(samples, 5), slow)["parts"]["ART"]["value"] == 0


def test_times_that_vary_too_much_earn_nothing_and_say_so(
    questions: Path, samples: Sequence[Sample]
) -> None:
    wild = {sample.id: (0.1, 9.0, 30.0, 3.0) for sample in samples}
    summary = scored(questions, right(samples, 5), wild)
    assert summary["parts"]["ART"] is None
    assert "vary" in str(summary["times"])


def test_only_right_answers_earn_their_times(questions: Path, samples: Sequence[Sample]) -> None:
    quick = {sample.id: (0.1, 0.1, 0.1, 0.1) for sample in samples}
    assert scored(questions, right(samples, 3), quick)["parts"]["ART"]["value"] == 60


def test_a_failed_answer_is_counted_and_worth_nothing(
    questions: Path, samples: Sequence[Sample]
) -> None:
    outputs = [*right(samples, 5)[:4], Output(samples[4].id, error="down")]
    summary = scored(questions, outputs)
    assert (summary["parts"]["AS"]["value"], summary["unanswered"]) == (80, 1)
