"""Runs at hand, read for calibration: what each answer would earn at full marks, when, how long."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from harness.calibrate.earned import Earned, Ramp
from harness.core import Output, Paid, Profile, Sample
from harness.errors import InputError
from harness.metrics.clusters import Clusters, Floats
from harness.metrics.joint import joint_totals
from harness.metrics.latency import calm, medians
from harness.metrics.measured import PARTS, Measured
from harness.metrics.score import earns_time
from harness.store.codec import output_from
from harness.store.files import read_jsonl
from harness.text.normalize import answer_part, information_length
from reports.comparable import difference
from reports.runs import Run, load

_SAME = ("questions", "judge")


@dataclass(frozen=True)
class Material:
    """Runs over the same questions.

    Args:
        runs: as read.
        earned: of each run, in their order.
        profile: that they are scored by.
    """

    runs: tuple[Run, ...]
    earned: tuple[Earned, ...]
    profile: Profile

    @cached_property
    def spreads(self) -> Floats:
        """How far a run's numbers lie from those over other such questions, in points.

        Shape (4,): AS, ART, AE, total. What all runs share is the offset's: half of the variance of
        the difference of two runs, in the middle over the pairs.
        """
        measured, clusters = self._measured
        apart = ~np.eye(len(measured), dtype=bool)
        found = []
        for weights in (*({part: 1.0} for part in PARTS), self.profile.weights):
            kept = {part: weight for part, weight in weights.items() if self._has(part)}
            if not any(kept.values()) or len(measured) < 2:
                found.append(0.0)
                continue
            _, joint = joint_totals(measured, clusters, replace(self.profile, weights=kept))
            found.append(math.sqrt(float(np.median(joint.variance[apart])) / 2))
        return np.array(found)

    def _has(self, part: str) -> bool:
        return part == "AS" or all(
            (run.times if part == "ART" else run.lengths) is not None for run in self.earned
        )

    @property
    def _measured(self) -> tuple[list[Measured], Clusters]:
        """What each run earned by its profile, and the rows and wordings of the questions."""
        ids = sorted(self.runs[0].answers)
        samples = [self.runs[0].samples.get(name) for name in ids]
        clusters = Clusters(
            tuple(sample.row if sample else "" for sample in samples),
            tuple(sample.template if sample else "" for sample in samples),
        )
        return [_measured(run, ids) for run in self.runs], clusters


def read_material(folders: Sequence[Path]) -> Material:
    """Read run folders that share their questions.

    Raises:
        InputError: one is no finished run, or they differ in what must agree; the message names
            the field.
    """
    runs = tuple(load(folder) for folder in folders)
    for run in runs[1:]:
        require_same(runs[0], run)
    profile = _profile(runs[0])
    return Material(runs, tuple(_earned(run, profile) for run in runs), profile)


def require_same(first: Run, other: Run) -> None:
    """Refuse two runs that were asked other questions, or are scored otherwise.

    Raises:
        InputError: the message names the field.
    """
    found = difference(_identity(first), _identity(other))
    if found is not None:
        raise InputError(
            f"{first.folder} and {other.folder} cannot be calibrated together: {found.field} is "
            f"{found.left} in the first and {found.right} in the second"
        )
    if odd := first.answers.keys() ^ other.answers.keys():
        raise InputError(
            f"{first.folder} and {other.folder} cannot be calibrated together: {len(odd)} "
            f"questions, such as {min(odd)!r}, are scored in only one of them"
        )


def _identity(run: Run) -> Mapping[str, object]:
    summary = run.summary
    return {
        "suite": summary.suite,
        "suite_version": summary.suite_version,
        "scoring.id": summary.scoring.id,
        "signature": {name: summary.signature.get(name) for name in _SAME},
    }


def _profile(run: Run) -> Profile:
    scoring, raw = run.summary.scoring, run.summary.raw["scoring"]
    if raw.get("times") == "relative":
        raise InputError(
            f"{run.folder}: its profile counts times as multiples of a reference's, and official "
            "times are seconds; calibrate on runs of a profile with times: absolute"
        )
    if scoring.t_full is None or scoring.t_zero is None:
        raise InputError(f"{run.folder}/summary.json: scoring.t_full is missing")
    art: Paid = "all" if raw.get("art") == "all" else "correct"
    return Profile(scoring.id, scoring.weights, scoring.t_full, scoring.t_zero, art=art)


def _earned(run: Run, profile: Profile) -> Earned:
    outputs = _outputs(run)
    c = {name: answer.correct for name, answer in run.answers.items()}
    c |= {name: 0.0 for name, answer in run.answers.items() if answer.unparsed}
    known = {name: value for name, value in c.items() if value is not None}
    if not known:
        raise InputError(f"{run.folder}: no answer is scored")
    accuracy = math.fsum(known.values()) / len(known)
    times = _times(run, outputs, known, pays_all=profile.art == "all")
    lengths = _lengths(run, outputs, known)
    for part, found in (("ART", times), ("AE", lengths)):
        if found is None and profile.weights.get(part):
            lacking = "times that count" if part == "ART" else "reference sentences"
            raise InputError(
                f"{run.folder}: has no {lacking}, so its {part} is unknown and no total of it "
                "can be calibrated"
            )
    return Earned(run.summary.name, accuracy, times, lengths)


def _outputs(run: Run) -> dict[str, Output]:
    """The answers as they came; those of a recipe's first seed, where it has several."""
    file = run.folder / "predictions.jsonl"
    if not file.is_file():
        raise InputError(f"{run.folder}: has no predictions.jsonl, so no answer is known")
    try:
        rows = [output_from(row) for row in read_jsonl(file)]
    except TypeError as error:
        raise InputError(f"{file}: a row is no answer ({error})") from error
    outputs = {output.sample_id: output for output in rows}
    if lacking := run.answers.keys() - outputs.keys():
        raise InputError(f"{file}: has no answer to {min(lacking)!r}")
    return outputs


def _whole(output: Output, c: float) -> float:
    """What an answer that was cut off earns for its time and length is nothing."""
    return 0.0 if output.finish_reason == "length" else c


def _times(
    run: Run, outputs: Mapping[str, Output], c: Mapping[str, float], *, pays_all: bool
) -> Ramp | None:
    """Worth by log seconds, over the questions whose times count: those with a response value."""
    counted = [name for name in c if run.answers[name].response is not None]
    if not counted:
        return None
    taken = _seconds(run, outputs)
    places, worth = [], []
    for name in counted:
        seconds, output = taken.get(name), outputs[name]
        if seconds is not None and math.isfinite(seconds) and seconds > 0 and earns_time(output):
            places.append(math.log(seconds))
            worth.append(1.0 if pays_all else _whole(output, c[name]))
    return Ramp(np.array(places), np.array(worth), len(counted))


def _seconds(run: Run, outputs: Mapping[str, Output]) -> dict[str, float]:
    """The median of each question over its replicates; those of a prediction file as they are."""
    file = run.folder / "timings.jsonl"
    rows = list(read_jsonl(file)) if file.is_file() else []
    if rows:
        return medians(calm(rows), "e2e_s")
    return {name: output.e2e_s for name, output in outputs.items() if output.e2e_s is not None}


def _lengths(run: Run, outputs: Mapping[str, Output], c: Mapping[str, float]) -> Ramp | None:
    """Worth by L_reference / L, over the questions with a reference."""
    places, worth = [], []
    for name, value in c.items():
        terse = _terse(run.samples.get(name))
        if not terse:
            continue
        output = outputs[name]
        length = information_length(answer_part(output.text))
        length += information_length(output.reasoning or "")
        places.append(terse / length if length else math.inf)
        worth.append(_whole(output, value))
    if not places:
        return None
    finite = np.where(np.isinf(places), 1e6, places)  # what says nothing is as short as can be
    return Ramp(finite, np.array(worth), len(places))


def _terse(sample: Sample | None) -> int:
    return information_length(sample.reference) if sample is not None else 0


def _measured(run: Run, ids: Sequence[str]) -> Measured:
    answers = [run.answers[name] for name in ids]
    c = [0.0 if answer.unparsed else answer.correct for answer in answers]
    rows = [(c[at], answer.response, answer.efficiency) for at, answer in enumerate(answers)]
    values = np.array(rows, dtype=np.float64).reshape(-1, len(PARTS))
    nothing = np.zeros(len(ids), dtype=np.bool_)
    return Measured(values, nothing, nothing)
