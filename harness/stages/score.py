"""Predictions and timings to scores; cheap, so that a changed metric never trains again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.core import Output, Suite
from harness.files import read_jsonl, write_json, write_jsonl
from harness.judging import in_words, judge, latency, medians, profile_with
from harness.metrics.graded import Graded
from harness.records import read_outputs, read_suite, score_to
from harness.sections import ScoreSection

Grade = Callable[[Suite, Sequence[Output]], Graded]


def score(
    section: ScoreSection,
    grade: Grade,
    questions: Path,
    inferred: Path,
    timed: Path | None,
    work: Path,
) -> None:
    """Write `scores.jsonl` and `score.json`.

    Args:
        section: changes to the profile, and the statistics.
        grade: judges all answers of a suite's test.
        questions: folder of the questions stage.
        inferred: folder of the infer stage.
        timed: folder of the latency stage, `None` where nothing was timed.
        work: the stage's folder.
    """
    suite = read_suite(questions)
    outputs = list(read_outputs(inferred / "predictions.jsonl"))
    timings = [] if timed is None else list(read_jsonl(timed / "timings.jsonl"))
    profile = profile_with(suite.profile, section)
    graded = grade(suite, outputs)
    judged = judge(suite.test, _with_times(outputs, timings), graded, profile, section)
    write_jsonl(work / "scores.jsonl", map(score_to, judged.scores))
    summary = {
        **judged.summary,
        **in_words(suite, judged.scores),
        "latency": latency(timings),
        "parity": parity(outputs, timings),
    }
    write_json(work / "score.json", summary)


def _with_times(outputs: Sequence[Output], timings: Sequence[Mapping[str, Any]]) -> list[Output]:
    """Outputs with the median time of their question; `None` where it was not timed."""
    e2e, ttft = medians(timings, "e2e_s"), medians(timings, "ttft_s")
    return [
        replace(output, e2e_s=e2e.get(output.sample_id), ttft_s=ttft.get(output.sample_id))
        for output in outputs
    ]


def parity(outputs: Sequence[Output], timings: Sequence[Mapping[str, Any]]) -> float | None:
    """The share of timed answers that equal the scored ones.

    The timed model has its adapter merged, the scored one beside its base. They should agree; an
    adapter that is silently ignored shows here.
    """
    scored = {output.sample_id: output.text for output in outputs}
    first = [row for row in timings if row["replicate"] == 0 and row["error"] is None]
    if not first:
        return None
    agree = sum(bool(row["text"] == scored[row["sample_id"]]) for row in first)
    return round(agree / len(first), 4)
