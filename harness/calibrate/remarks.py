"""What the official scores do not say, and why; what about them is odd."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from harness.calibrate.calibration import Calibration
from harness.calibrate.earned import Earned, Ramp
from harness.metrics.clusters import Floats
from harness.text.display import shown

_MOST = 0.99  # the share of answers that "all" is said of
_TOGETHER = 0.9
_FEW = 6
_NAME = 40


def remarks(found: Calibration, runs: Sequence[Earned]) -> list[str]:
    """Sentences for a person, the most weighty first."""
    submitted = [runs[one.run] for one in found.standings]
    return [
        *_odd(found, runs),
        *_unseen(found, submitted),
        *_lengths(found),
        *_few(found),
    ]


def _odd(found: Calibration, runs: Sequence[Earned]) -> Iterator[str]:
    for one in found.standings:
        if one.odd:
            yield (
                f"{shown(runs[one.run].name, _NAME)}: official {one.official:g} fits no formula "
                "that fits the others; was it this run that was submitted?"
            )


def _unseen(found: Calibration, submitted: Sequence[Earned]) -> Iterator[str]:
    unseen = {one.name for one in found.quantities if not one.is_seen}
    times = [run.times for run in submitted if run.times is not None]
    if times and unseen & {"t_full", "t_zero"}:
        yield from _times(found, unseen, times)
    if "length" in unseen:
        yield "length is not identified: its interval is the assumption that it began with"
    weights = sorted(name for name in unseen if name.startswith("weights."))
    if weights:
        why = _together(submitted)
        verb = "are" if len(weights) > 1 else "is"
        yield f"{', '.join(weights)} {verb} not identified: " + (
            why or "their intervals are the assumption that they began with"
        )


def _times(found: Calibration, unseen: set[str], times: Sequence[Ramp]) -> Iterator[str]:
    """Why an end of the band cannot be seen."""
    fast = min(math.exp(_share(ramp, 1 - _MOST)) for ramp in times)
    slow = max(math.exp(_share(ramp, _MOST)) for ramp in times)
    band = {one.name: one.profile for one in found.quantities}
    if "t_zero" in unseen:
        if slow <= band["t_full"]:
            yield f"your runs are all under {slow:.2g} s, so t_zero cannot be seen"
        elif slow < band["t_zero"]:
            yield f"t_zero is not identified: hardly an answer takes more than {slow:.2g} s"
        else:
            yield "t_zero is not identified: its interval is the assumption that it began with"
    if "t_full" in unseen:
        if fast >= band["t_full"]:
            yield f"t_full is not identified: hardly an answer takes less than {fast:.2g} s"
        else:
            yield "t_full is not identified: its interval is the assumption that it began with"


def _share(ramp: Ramp, share: float) -> float:
    """The log seconds that a share of the answers that earn something stays under."""
    earning = ramp.places[ramp.worth > 0]
    return float(np.quantile(earning, share)) if earning.size else 0.0


def _together(submitted: Sequence[Earned]) -> str:
    """Which parts rise and fall together over the runs, so that weights cannot be told apart."""
    columns: dict[str, Floats] = {"AS": np.array([run.accuracy for run in submitted])}
    if all(run.times is not None for run in submitted):
        columns["ART"] = np.array(
            [_sure(run.times).worth @ -_sure(run.times).places for run in submitted]
        )
    if all(run.lengths is not None for run in submitted):
        columns["AE"] = np.array(
            [float(_sure(run.lengths).below(np.array([1.0]))[0]) for run in submitted]
        )
    names = list(columns)
    for at, one in enumerate(names):
        for other in names[at + 1 :]:
            pair = columns[one], columns[other]
            if min(map(np.ptp, pair)) < 0.02:
                continue
            r = float(np.corrcoef(*pair)[0, 1])
            if abs(r) >= _TOGETHER:
                return f"{one} and {other} of these runs go together (r = {r:.2f})"
    level = [name for name in names if np.ptp(columns[name]) < 0.02 and name != "ART"]
    return f"{level[0]} of these runs hardly differs" if level else ""


def _sure(ramp: Ramp | None) -> Ramp:
    if ramp is None:
        raise ValueError("a run without the part")
    return ramp


def _lengths(found: Calibration) -> Iterator[str]:
    for one in found.quantities:
        if one.name == "length" and not one.found.low <= 1 <= one.found.high:
            yield (
                f"full marks for length seem to go up to {one.found.value:.2g} times the "
                "reference's length; a spec has no key for that"
            )


def _few(found: Calibration) -> Iterator[str]:
    runs = found.order.runs
    if runs < _FEW:
        yield f"{runs} runs with official scores say little; each more narrows all of this"
