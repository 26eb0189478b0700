"""Predictions and timings to scores; cheap, so that a changed metric never trains again."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.config.sections import ScoreSection
from harness.core import Output, Suite
from harness.metrics.draws import in_rounds, numbers
from harness.metrics.latency import calm, doubt, latency, medians, parity
from harness.metrics.loaded import loaded
from harness.metrics.measure import Graded
from harness.metrics.ratio import ratio
from harness.metrics.score import earns_time
from harness.metrics.summary import Times, grade, in_words, judge, profile_with
from harness.models import resolve_engine
from harness.models.generation import decoded_anew
from harness.spec import chosen_suite
from harness.stages.latency import REFERENCE, SESSION, rows_file
from harness.stages.stage import Inputs, Stage
from harness.store.codec import read_outputs, read_suite, score_to
from harness.store.files import read_json, read_jsonl, write_json, write_jsonl

if TYPE_CHECKING:
    from harness.experiment.engines import Answering
    from harness.experiment.experiment import Experiment

Grade = Callable[[Suite, Sequence[Output]], Graded]
Timing = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Session:
    """What was timed, as far as it bears on one entry.

    Args:
        rows: of the entry.
        reference: of the model that was timed along; none where there was none.
        loaded: of the entry, what came under load.
        about: the session's record.
    """

    rows: Sequence[Timing] = ()
    reference: Sequence[Timing] = ()
    loaded: Sequence[Timing] = ()
    about: Mapping[str, Any] = field(default_factory=dict)


def score(
    section: ScoreSection,
    grading: Grade,
    questions: Path,
    inferred: Path,
    timed: Session,
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
        timed: the entry's times; without rows where nothing was timed.
        work: the stage's folder.
        own_times: whether it was this entry that was timed, and not another seed of its recipe,
            whose timed answers need not be its own.
    """
    suite = read_suite(questions)
    outputs = list(read_outputs(inferred / "predictions.jsonl"))
    taken = latency(timed.rows)
    profile = profile_with(suite.profile, section)
    rounds = in_rounds(outputs)
    graded = [grading(suite, answers) for answers in rounds]
    times = Times(frozenset(str(row["sample_id"]) for row in timed.rows), doubt(taken))
    units = medians(calm(timed.reference), "e2e_s") if profile.times == "relative" else None
    first, *others = ((_with_times(o, timed.rows, units), g)
                      for o, g in zip(rounds, graded, strict=True))  # fmt: skip
    judged = judge(suite.test, *first, profile, times, others, numbers(outputs))
    write_jsonl(work / "scores.jsonl", map(score_to, judged.scores))
    # Prompts that were made unique need not be answered as they are without.
    same_prompts = own_times and not timed.about.get("unique_prompts")
    summary = {
        **judged.summary,
        **in_words(suite, judged.scores),
        "latency": None if taken is None else {**taken, **_beside(timed)},
        "parity": parity(outputs, timed.rows) if same_prompts else None,
    }
    write_json(work / "score.json", summary)


def _beside(timed: Session) -> dict[str, Any]:
    """What a summary says of times that do not score: against the reference, and under load."""
    found = ratio(timed.rows, timed.reference) if timed.reference else None
    alone = {name: medians(calm(timed.rows), name) for name in ("e2e_s", "ttft_s")}
    limit = timed.about.get("limit_s")
    busy = None if limit is None else loaded(timed.loaded, alone, limit)
    return {"relative": None if found is None else asdict(found), "loaded": busy}


def _with_times(
    outputs: Sequence[Output], timings: Sequence[Timing], units: Mapping[str, float] | None
) -> list[Output]:
    """Outputs with the median time of their question; `None` where it was not timed.

    In seconds, or in multiples of the question's `units`, where there are such.
    """
    taken: dict[str, list[float | None]] = {}
    for row in calm(timings):
        taken.setdefault(str(row["sample_id"]), []).append(_seconds(row))
    return [
        replace(o, e2e_s=_in_units(_median(taken.get(o.sample_id, [])), o, units), ttft_s=None)
        for o in outputs
    ]


def _in_units(
    seconds: float | None, output: Output, units: Mapping[str, float] | None
) -> float | None:
    """A time as its profile counts it; `None` where the reference has none for the question."""
    if seconds is None or units is None:
        return seconds
    unit = units.get(output.sample_id)
    return seconds / unit if unit else None


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
    asked, folder = experiment.spec.score.judge, experiment.spec.judge_path
    if asked is not None and folder is not None:
        inputs["score"]["judge"]["model"] = None  # its content counts, its folder's name not
        inputs["judge"] = experiment.judge_digest
        inputs |= decoded_anew(resolve_engine(asked.engine), folder)
    return inputs


def _build(experiment: Experiment, answering: Answering, work: Path) -> None:
    spec, at = experiment.spec, experiment.folder
    with answering.judge(experiment) as asked:
        grading = partial(grade, chosen_suite(spec), judge=asked)
        score(
            spec.score, grading, at("questions"), at("infer"), _session(experiment), work,
            own_times=experiment.is_timed,
        )  # fmt: skip


def _session(experiment: Experiment) -> Session:
    """What was timed of an experiment, or of whoever is timed for it."""
    rows, section = experiment.timings, experiment.spec.latency
    if rows is None or section is None:
        return Session()
    key = experiment.timed_as.key("infer")
    about = {**read_json(rows.parent / SESSION), "limit_s": section.limit_s}
    files = rows, rows.with_name(rows_file(REFERENCE)), rows.with_name(rows_file(key, "loaded"))
    own, reference, under = map(_read, files)
    return Session(own, reference, under, about)


def _read(path: Path) -> list[Timing]:
    return list(read_jsonl(path)) if path.is_file() else []


def _shown(_: Experiment) -> Mapping[str, str]:
    return {"scores.jsonl": "scores.jsonl"}


STAGE = Stage(name="score", version=11, reads=_reads, build=_build, shown=_shown)
