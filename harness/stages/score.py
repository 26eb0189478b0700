"""Predictions and timings to scores; cheap, so that a changed metric never trains again."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.config.sections import ScoreSection
from harness.core import Output, Suite
from harness.metrics.latency import doubt, latency, parity
from harness.metrics.measure import Graded
from harness.metrics.score import earns_time
from harness.metrics.summary import Times, grade, in_words, judge, profile_with
from harness.spec import chosen_suite
from harness.stages.stage import Inputs, Stage
from harness.store.codec import read_outputs, read_suite, score_to
from harness.store.files import read_jsonl, write_json, write_jsonl

if TYPE_CHECKING:
    from harness.experiment.engines import Answering
    from harness.experiment.experiment import Experiment

Grade = Callable[[Suite, Sequence[Output]], Graded]
Timing = Mapping[str, Any]


def score(
    section: ScoreSection,
    grading: Grade,
    questions: Path,
    inferred: Path,
    timed: Path | None,
    work: Path,
    *,
    own_times: bool = True,
) -> None:
    """Write `scores.jsonl` and `score.json`.

    Args:
        section: changes to the profile, and the statistics.
        grading: judges all answers of a suite's test.
        questions: folder of the questions stage.
        inferred: folder of the infer stage.
        timed: rows of the entry's times, `None` where nothing was timed.
        work: the stage's folder.
        own_times: whether it was this entry that was timed, and not another seed of its recipe,
            whose timed answers need not be its own.
    """
    suite = read_suite(questions)
    outputs = list(read_outputs(inferred / "predictions.jsonl"))
    timings = [] if timed is None else list(read_jsonl(timed))
    taken = latency(timings)
    profile = profile_with(suite.profile, section)
    graded = grading(suite, outputs)
    times = Times(frozenset(str(row["sample_id"]) for row in timings), doubt(taken))
    judged = judge(suite.test, _with_times(outputs, timings), graded, profile, times)
    write_jsonl(work / "scores.jsonl", map(score_to, judged.scores))
    summary = {
        **judged.summary,
        **in_words(suite, judged.scores),
        "latency": taken,
        "parity": parity(outputs, timings) if own_times else None,
    }
    write_json(work / "score.json", summary)


def _with_times(outputs: Sequence[Output], timings: Sequence[Timing]) -> list[Output]:
    """Outputs with the median time of their question; `None` where it was not timed."""
    taken: dict[str, list[float | None]] = {}
    for row in timings:
        taken.setdefault(str(row["sample_id"]), []).append(_seconds(row))
    return [replace(o, e2e_s=_median(taken.get(o.sample_id, [])), ttft_s=None) for o in outputs]


def _seconds(row: Timing) -> float | None:
    """How long a timed request took: for ever where nothing came that its time could pay for."""
    output = Output(
        row["sample_id"], row["text"], row["finish_reason"], e2e_s=row["e2e_s"], error=row["error"]
    )
    return output.e2e_s if earns_time(output) else math.inf


def _median(taken: Sequence[float | None]) -> float | None:
    """The median over replicates; `None` where one that came has no time."""
    known = [seconds for seconds in taken if seconds is not None]
    return statistics.median(known) if known and len(known) == len(taken) else None


def _reads(experiment: Experiment) -> Inputs:
    """What the spec changes of the suite's profile, and all that is judged."""
    inputs: dict[str, Any] = {**experiment.scoring, "infer": experiment.key("infer")}
    if "latency" in experiment.stages:
        inputs["latency"] = experiment.key("latency")
    if experiment.spec.judge_path is not None:
        inputs["judge"] = experiment.judge_digest
    return inputs


def _build(experiment: Experiment, answering: Answering, work: Path) -> None:
    spec, at = experiment.spec, experiment.folder
    with answering.judge(experiment) as asked:
        grading = partial(grade, chosen_suite(spec), judge=asked)
        score(
            spec.score, grading, at("questions"), at("infer"), experiment.timings, work,
            own_times=experiment.is_timed,
        )  # fmt: skip


def _shown(_: Experiment) -> Mapping[str, str]:
    return {"scores.jsonl": "scores.jsonl"}


STAGE = Stage(name="score", version=6, reads=_reads, build=_build, shown=_shown)
