"""What a run did on each question, read from its folder: earned, when, in how many tokens."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.core import Profile
from harness.metrics.attribution import Behaviour
from harness.metrics.clusters import Floats
from harness.metrics.latency import calm, medians
from harness.store.files import read_jsonl
from harness.text.normalize import is_empty
from reports import ranking

if TYPE_CHECKING:
    from reports.runs import Answer, Run
    from reports.summary import Basis

Row = Mapping[str, Any]
# What a row of times holds, where an earlier Podium or another tool left something out.
_ROW: Row = {
    "sample_id": "", "replicate": None, "e2e_s": None, "ttft_s": None, "output_tokens": None,
    "text": None, "finish_reason": "stop", "error": None,
}  # fmt: skip
_FIELDS = ("e2e_s", "ttft_s", "output_tokens")
# The rows of the model that was timed along, in the folder of the stage.
_REFERENCE = Path("stages") / "latency" / "reference.jsonl"


def profile_of(run: Run, basis: Basis) -> Profile:
    """The profile that a run was scored with, by the weights of what is compared."""
    scoring, raw = run.summary.scoring, run.summary.raw["scoring"]
    return Profile(
        scoring.id,
        run.summary.weights(basis),
        t_full=scoring.t_full or 1.0,
        t_zero=scoring.t_zero or 1.0 + 1e-9,
        art="all" if raw.get("art") == "all" else "correct",
        times="relative" if raw.get("times") == "relative" else "absolute",
    )


def trainings(run: Run, ids: Sequence[str], profile: Profile) -> list[Behaviour]:
    """What each training of a run did, in the order of the questions; one where it has one."""
    seeds = run.summary.repeats.seeds if run.summary.repeats is not None else ()
    if not run.repeats:
        return [_behaviour(run.folder, run.answers, ids, profile)]
    return [
        _behaviour(run.folder / "seeds" / str(seed), answers, ids, profile)
        for seed, answers in zip(seeds, run.repeats, strict=True)
    ]


def token_counts(run: Run, ids: Sequence[str]) -> list[Floats]:
    """Tokens of the answers that were judged, a training each; `nan` where nobody counted."""
    return [
        np.array([_or_nan(answers[name].output_tokens) for name in ids])
        for answers in (run.repeats or (run.answers,))
    ]


def _behaviour(
    folder: Path, answers: Mapping[str, Answer], ids: Sequence[str], profile: Profile
) -> Behaviour:
    timed = _Timed(folder, profile)
    chosen = [answers[name] for name in ids]
    return Behaviour(
        values=ranking.values(chosen),
        says=np.array([_says(answer) for answer in chosen], dtype=np.bool_),
        cut=np.array([answer.finish_reason == "length" for answer in chosen], dtype=np.bool_),
        whole=np.array([timed.is_whole(name) for name in ids], dtype=np.bool_),
        e2e=timed.column("e2e_s", ids),
        first=timed.column("ttft_s", ids),
        tokens=timed.column("output_tokens", ids),
    )


def _says(answer: Answer) -> bool:
    """Whether there is an answer; folders that hold only scores have no texts to look at."""
    if answer.error is not None or answer.finish_reason == "error":
        return False
    return bool(answer.correct) or not is_empty(answer.text)


class _Timed:
    """The times of one folder: medians over undisturbed replicates, in the profile's unit."""

    def __init__(self, folder: Path, profile: Profile) -> None:
        rows = _read(folder / "timings.jsonl") or _read(folder / "predictions.jsonl")
        kept = calm(rows)
        self._medians = {field: medians(kept, field) for field in _FIELDS}
        self._broken = _broken(kept)
        self._units = None
        if profile.times == "relative":
            self._units = medians(calm(_read(folder / _REFERENCE)), "e2e_s")

    def is_whole(self, question: str) -> bool:
        """Whether the timed answer was whole and said something."""
        return question not in self._broken

    def column(self, field: str, ids: Sequence[str]) -> Floats:
        """A field of each question, `nan` where there is none."""
        found = self._medians[field]
        values = np.array([found.get(name, math.nan) for name in ids])
        if self._units is None or field == "output_tokens":
            return values
        units = np.array([self._units.get(name) or math.nan for name in ids])
        return np.asarray(values / units)


def _read(file: Path) -> list[dict[str, Any]]:
    """The rows of a file that may not be there; what is no number there is none."""
    if not file.is_file():
        return []
    rows = ({**_ROW, **row} for row in read_jsonl(file))
    return [{**row, **{field: _number(row[field]) for field in _FIELDS}} for row in rows]


def _number(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and math.isfinite(value) else None  # type: ignore[arg-type]  # a number, checked just before


def _broken(rows: Sequence[Row]) -> set[str]:
    """Questions whose timed answer, by the median over replicates, paid for no time."""
    lost: dict[str, list[bool]] = {}
    for row in rows:
        text = row["text"]
        nothing = text is not None and is_empty(str(text))
        failed = row["error"] is not None or row["finish_reason"] in ("length", "error")
        lost.setdefault(str(row["sample_id"]), []).append(nothing or failed)
    return {question for question, found in lost.items() if 2 * sum(found) >= len(found)}


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else float(value)
