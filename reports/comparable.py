"""Which numbers of several runs may stand in one order: signatures decide.

Accuracy compares where the questions and the scoring are the same. Times compare only on one
engine under one way of measuring, so the total ranks only where that holds too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from harness.errors import InputError
from reports.strings import Note

if TYPE_CHECKING:
    from reports.runs import Run

Basis = Literal["total", "AS"]

_MUST_AGREE = ("questions", "scoring", "judge")
_TIMES_AGREE = ("latency", "engine")
_NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Difference:
    """The first field in which two runs differ."""

    field: str
    left: str
    right: str


def check(runs: Sequence[Run]) -> None:
    """Refuse runs whose accuracies do not compare.

    Raises:
        InputError: suite, version, questions or scoring differ; the message names the field.
    """
    if not runs:
        raise InputError("no run folders to report on")
    for run in runs[1:]:
        found = difference(_identity(runs[0]), _identity(run))
        if found is not None:
            raise InputError(
                f"{runs[0].folder} and {run.folder} cannot share a leaderboard: "
                f"{found.field} is {found.left} in the first and {found.right} in the second"
            )
        _same_questions(runs[0], run)


def _identity(run: Run) -> Mapping[str, Any]:
    summary = run.summary
    signature = {name: summary.signature.get(name) for name in _MUST_AGREE}
    return {
        "suite": summary.suite,
        "suite_version": summary.suite_version,
        "scoring.id": summary.scoring.id,
        "signature": signature,
    }


def _same_questions(first: Run, other: Run) -> None:
    odd = first.answers.keys() ^ other.answers.keys()
    if odd:
        raise InputError(
            f"{first.folder} and {other.folder} cannot share a leaderboard: {len(odd)} questions, "
            f"such as {min(odd)!r}, are scored in only one of them"
        )


def basis(runs: Sequence[Run]) -> tuple[Basis, Note | None]:
    """Decide what ranks the runs, and where it is not the total, why."""
    # The one whose times the others' are held against must have times.
    first = next((r for r in runs if r.summary.signature.get("engine") is not None), runs[0])
    for run in runs:
        if _weights(run) != _weights(first):
            found = Difference("", _present(_weights(first)), _present(_weights(run)))
            return "AS", _because("weights", first, run, found)
        differs = _times_differ(first, run) if "ART" in _weights(run) else None
        if differs is not None:
            return "AS", _because("signature", first, run, differs)
    return ("total" if _weights(first) else "AS"), None


def _weights(run: Run) -> Mapping[str, float]:
    """What the total stands over; nothing where there is no total."""
    return run.summary.total_weights if run.summary.total else {}


def _times_differ(first: Run, other: Run) -> Difference | None:
    signatures = [first.summary.signature, other.summary.signature]
    # An entry without an engine, such as the floor, takes no time on any machine.
    fields = [
        name
        for name in _TIMES_AGREE
        if name != "engine" or all(s.get(name) is not None for s in signatures)
    ]
    left, right = ({name: s.get(name) for name in fields} for s in signatures)
    return difference(left, right, "signature.")


def _present(weights: Mapping[str, float]) -> str:
    return " + ".join(f"{weight:g} {part}" for part, weight in weights.items()) or _NOTHING


def _because(kind: str, left: Run, right: Run, found: Difference) -> Note:
    names = {"left": left.summary.name, "right": right.summary.name}
    values = {"field": found.field, "a": found.left, "b": found.right, **names}
    return Note(f"reason_{kind}", values)


def difference(left: Any, right: Any, path: str = "") -> Difference | None:
    """Find the first field, by dotted path, in which two JSON values differ."""
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        for key in [*left, *(key for key in right if key not in left)]:
            dot = "." if path and not path.endswith(".") else ""
            found = difference(left.get(key), right.get(key), f"{path}{dot}{key}")
            if found is not None:
                return found
        return None
    return None if left == right else Difference(path, _show(left), _show(right))


def _show(value: Any) -> str:
    text = _NOTHING if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= 80 else text[:79] + "…"
