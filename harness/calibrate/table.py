"""What a calibration found, for a terminal and as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from harness.calibrate.calibration import Calibration, Candidate, Quantity, Standing
from harness.calibrate.earned import Earned
from harness.calibrate.order import FEWEST
from harness.metrics.intervals import Interval
from harness.text.display import clip, shown, table

_NAME = 32
_SHOWN = 5  # candidates
_TRUST = {
    "yes": "the local order can be trusted: its rank correlation is 0.5 at least",
    "no": "the local order cannot be trusted: its rank correlation is below 0.5",
    "unknown": "whether the local order can be trusted is not known yet: the interval of its rank "
    "correlation holds 0.5",
}


def as_text(found: Calibration, runs: Sequence[Earned], noticed: Sequence[str]) -> str:
    """Tables, the section to paste, and what was noticed."""
    blocks = [
        _formula(found.quantities),
        _order(found),
        _standings(found.standings, runs),
        _next(found.candidates, runs),
        "to paste into a spec:\n" + section(found.section),
    ]
    return "\n\n".join(block for block in blocks if block) + "".join(
        f"{chr(10) * (2 if at == 0 else 1)}{line}" for at, line in enumerate(noticed)
    )


def section(given: Mapping[str, Any]) -> str:
    """The profile's changes as a line of YAML."""
    weights = ", ".join(f"{part}: {weight:g}" for part, weight in given["weights"].items())
    times = "".join(f"{name}: {given[name]:g}, " for name in ("t_full", "t_zero") if name in given)
    return f"score: {{{times}weights: {{{weights}}}}}"


def _formula(quantities: Sequence[Quantity]) -> str:
    rows = [["", "profile", "calibrated", "95%", "learned", ""]]
    rows += [
        [
            one.name, f"{one.profile:.3g}", f"{one.found.value:.3g}", _ends(one.found, ".3g"),
            f"{one.learned:.0%}", "" if one.is_seen else "not identified",
        ]
        for one in quantities
    ]  # fmt: skip
    return "\n".join(table(rows, right=range(1, 5)))


def _order(found: Calibration) -> str:
    order = found.order
    rows = [[f"rank correlation with the official order, {order.runs} runs", "", "95%"]]
    rows += [
        [name, _number(each.value), _ends(each, ".2f") if order.runs >= FEWEST else "unknown"]
        for name, each in (
            ("profile as it is", order.profile),
            ("calibrated, on the runs it was fitted to", order.calibrated),
            ("calibrated, each run left out in turn", order.left_out),
        )
    ]
    return "\n".join([*table(rows, right=range(1, 3)), _TRUST[order.trust]])


def _standings(standings: Sequence[Standing], runs: Sequence[Earned]) -> str:
    rows = [["run", "official", "profile", "calibrated", "95%", "left out"]]
    rows += [
        [
            _name(runs[one.run]), f"{one.official:g}", f"{one.profile:.1f}",
            f"{one.calibrated.value:.1f}", _ends(one.calibrated, ".1f"), f"{one.left_out:.1f}",
        ]
        for one in sorted(standings, key=lambda one: -one.official)
    ]  # fmt: skip
    return "\n".join(table(rows, right=range(1, 6)))


def _next(candidates: Sequence[Candidate], runs: Sequence[Earned]) -> str:
    if not candidates:
        return ""
    rows = [["what to submit next", "would tell", "official then", "95%"]]
    rows += [
        [
            _name(runs[one.run]), f"{one.gain:.2f} bits", f"{one.ahead.value:.0f}",
            _ends(one.ahead, ".0f"),
        ]
        for one in candidates[:_SHOWN]
    ]  # fmt: skip
    return "\n".join(table(rows, right=range(1, 4)))


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2f}"


def _ends(interval: Interval, form: str) -> str:
    return f"[{interval.low:{form}}, {interval.high:{form}}]"


def _name(run: Earned) -> str:
    return clip(shown(run.name), _NAME)


def as_json(found: Calibration, runs: Sequence[Earned], noticed: Sequence[str]) -> dict[str, Any]:
    """The same for scripts."""
    order = asdict(found.order)
    return {
        "quantities": [{**asdict(one), "identified": one.is_seen} for one in found.quantities],
        "order": {**_finite(order), "trust": found.order.trust},
        "runs": [_named(one, runs) for one in found.standings],
        "next": [_named(one, runs) for one in found.candidates],
        "score": dict(found.section),
        "offset": asdict(found.offset),
        "noise": asdict(found.noise),
        "noticed": list(noticed),
    }


def _named(one: Standing | Candidate, runs: Sequence[Earned]) -> dict[str, Any]:
    return {**asdict(one), "run": runs[one.run].name}


def _finite(order: Mapping[str, Any]) -> dict[str, Any]:
    """JSON has no number for a correlation that there is not."""
    return {
        name: {**each, "value": None if math.isnan(each["value"]) else each["value"]}
        if isinstance(each, dict)
        else each
        for name, each in order.items()
    }
