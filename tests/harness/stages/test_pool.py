"""The scores of several seeds to those of their recipe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from harness.config.sections import ScoreSection
from harness.core import Profile, Sample, Suite
from harness.stages.pool import mean_scores, pool, spread
from harness.store.codec import sample_to, suite_to
from harness.store.files import read_json, read_jsonl, write_json, write_jsonl

Row = dict[str, Any]
PROFILE = Profile("p/1", {"AS": 0.4, "ART": 0.3, "AE": 0.3}, 0.5, 8.0)
NOTES = {1.0: "correct", 0.0: "wrong", None: "no answer"}


@pytest.fixture
def questions(tmp_path: Path, samples: Sequence[Sample]) -> Path:
    """The folder of a questions stage."""
    folder = tmp_path / "questions"
    suite = Suite("made-up", "1", {"lookup": "lookup"}, (), tuple(samples), PROFILE)
    write_json(folder / "suite.json", suite_to(suite))
    write_jsonl(folder / "test.jsonl", map(sample_to, samples))
    return folder


def seed(folder: Path, correct: Sequence[float | None], **more: Any) -> Path:
    """The folder of a score stage: what one seed left."""
    rows = [
        {"sample_id": f"q{at}", "metric": metric, "value": value, "note": note}
        for at, c in enumerate(correct)
        for metric, value, note in (
            ("correct", c, NOTES[c]), ("response", 0.5, ""), ("efficiency", c, ""),
        )
    ]  # fmt: skip
    write_jsonl(folder / "scores.jsonl", rows)
    known = [c for c in correct if c is not None]
    accuracy = 100 * sum(known) / len(known)
    summary = {
        "scoring": {"id": "p/1"},
        "n": 5,
        "unanswered": 0,
        "unscored": correct.count(None),
        "unparsed": 0,
        "timed": 5,
        "total": {"value": accuracy / 2},
        "parts": {"AS": {"value": accuracy}},
        "families": {"lookup": {"n": 5, "AS": accuracy}},
        "macro": accuracy,
        "length": {"median_tokens": 4, "p95_tokens": 8, "truncated": 0},
        "measures": [],
        "confusions": [],
        "latency": None,
        "parity": None,
        **more,
    }
    write_json(folder / "score.json", summary)
    return folder


def pooled(questions: Path, folders: Sequence[Path]) -> tuple[list[Row], Row]:
    work = questions.parent / "pool"
    pool(ScoreSection(), range(len(folders)), questions, folders, work)
    return list(read_jsonl(work / "scores.jsonl")), read_json(work / "score.json")


def lengths(tokens: int, truncated: int, curt: Row | None) -> Row:
    words = {"median": tokens - 1, "p95": None}
    return {
        "median_tokens": tokens, "truncated": truncated, "tokenizer": "t", "words": words,
        "curt": curt,
    }  # fmt: skip


def test_every_number_is_the_mean_over_the_seeds(questions: Path, tmp_path: Path) -> None:
    rouge: Row = {"name": "rouge_l", "n": 5, "better": "higher", "group": "", "signature": "s"}
    told: Sequence[tuple[list[float | None], Row, Row]] = [
        ([1, 1, 0, 0, 0], lengths(4, 0, None), {"value": 10.0, "low": 9.0}),
        ([1, 1, 1, 1, 0], lengths(6, 1, {"ratio": 0.5}), {"value": 20.0, "low": 9.0}),
        ([1, 0, 1, 1, 0], lengths(5, 0, None), {"value": None}),
    ]
    folders = [
        seed(tmp_path / str(at), correct, length=length, measures=[{**rouge, **measure}])
        for at, (correct, length, measure) in enumerate(told)
    ]
    _, summary = pooled(questions, folders)
    assert summary["parts"]["AS"]["value"] == 60.0
    assert summary["parts"]["ART"]["value"] == 50.0
    assert summary["macro"] == pytest.approx(60.0)
    assert summary["families"] == {"lookup": {"n": 5, "AS": pytest.approx(60.0)}}
    assert summary["length"] == {
        "median_tokens": 5.0, "truncated": 1, "tokenizer": "t", "curt": {"ratio": 0.5},
        "words": {"median": 4.0, "p95": None},
    }  # fmt: skip
    assert summary["measures"] == [{**rouge, "value": 15.0}]
    assert summary["repeats"] == {
        "n": 3,
        "seeds": [0, 1, 2],
        "AS": [40.0, 80.0, 60.0],
        "total": [20.0, 40.0, 30.0],
        "sd": {"AS": 20.0, "total": 10.0},
    }


def test_scores_are_means_with_a_note_where_seeds_differ(questions: Path, tmp_path: Path) -> None:
    rows, summary = pooled(
        questions,
        [seed(tmp_path / "a", [1, 1, 0, None, None]), seed(tmp_path / "b", [1, 0, 0, 1, None])],
    )
    found = [(row["value"], row["note"]) for row in rows if row["metric"] == "correct"]
    assert found == [
        (1, "correct"),
        (0.5, "1 of 2 seeds right"),
        (0, "wrong"),
        (1, "1 of 2 seeds right"),
        (None, "no answer"),
    ]
    assert summary["unscored"] == 2


def test_a_metric_that_only_some_seeds_have_is_their_mean() -> None:
    key = ("q0", "judge")
    rows: list[Mapping[tuple[str, str], Row]] = [
        {key: {"sample_id": "q0", "metric": "judge", "value": 4, "note": ""}}, {},
        {key: {"sample_id": "q0", "metric": "judge", "value": 2, "note": ""}},
    ]  # fmt: skip
    assert [row["value"] for row in mean_scores(rows)] == [3]


@pytest.mark.parametrize(
    ("accuracies", "sd"), [([50.0, None], None), ([50.0, 60.0, None], 7.07), ([50.0, 50.0], 0.0)]
)
def test_the_deviation_is_over_the_seeds_with_a_score(
    accuracies: list[float | None], sd: float | None
) -> None:
    told = [
        {"parts": {"AS": None if value is None else {"value": value}}, "total": None}
        for value in accuracies
    ]
    found = spread(range(len(told)), told)
    assert (found["AS"], found["sd"]) == (accuracies, {"AS": sd, "total": None})
