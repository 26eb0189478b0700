"""Which numbers of several runs may stand in one order: signatures decide.

Accuracy compares where the questions and the scoring are the same. Times compare only where one
session took them, on one engine, so the total ranks only where that holds too, and never an entry
that computes nothing. An entry whose answers were left open too often ranks nowhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.errors import InputError
from reports.strings import Note
from reports.text import one_line

if TYPE_CHECKING:
    from reports.runs import Run
    from reports.summary import Basis, Summary

# The share of answers that may be left open: those who leave more are measured on other questions.
_MOST_OPEN = 0.02
_MUST_AGREE = ("questions", "scoring", "judge")
_NOTHING = "nothing"
_UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Difference:
    """The first field in which two runs differ."""

    field: str
    left: str
    right: str


def check(runs: Sequence[Run], cannot: str = "cannot share a leaderboard") -> None:
    """Refuse runs whose accuracies do not compare.

    Args:
        runs: those that are to stand side by side.
        cannot: what they cannot do then, for the sentence.

    Raises:
        InputError: suite, version, questions or scoring differ; the message names the field.
    """
    if not runs:
        raise InputError("no run folders to report on")
    for run in runs[1:]:
        found = difference(_identity(runs[0]), _identity(run))
        if found is not None:
            raise InputError(
                f"{runs[0].folder} and {run.folder} {cannot}: "
                f"{found.field} is {found.left} in the first and {found.right} in the second"
            )
        _same_questions(runs[0], run, cannot)


def _identity(run: Run) -> Mapping[str, Any]:
    summary = run.summary
    signature = {name: summary.signature.get(name) for name in _MUST_AGREE}
    return {
        "suite": summary.suite,
        "suite_version": summary.suite_version,
        "scoring.id": summary.scoring.id,
        "signature": signature,
    }


def _same_questions(first: Run, other: Run, cannot: str) -> None:
    odd = first.answers.keys() ^ other.answers.keys()
    if odd:
        raise InputError(
            f"{first.folder} and {other.folder} {cannot}: {len(odd)} questions, "
            f"such as {min(odd)!r}, are scored in only one of them"
        )


def basis(runs: Sequence[Run]) -> tuple[Basis, Note | None]:
    """Decide what ranks the runs, and where it is not the total, why.

    The total ranks where the times of all entries with a model compare; where they do not, all
    rank by their answers alone.
    """
    known = [run for run in runs if _too_open(run) is None]
    if not known or not _pays_for_times(known[0]):
        return _agreed("total", known), None
    reason = _no_times([run for run in known if run.summary.computes])
    if reason is None:
        return "total", None
    return _agreed("AS+AE", known), reason


def basis_of_pairs(runs: Sequence[Run]) -> tuple[Basis, Note | None]:
    """Decide what compares runs with one another, and where it is not the total, why.

    As `basis`, but what computes nothing stays beside the others: by their answers.
    """
    found, reason = basis(runs)
    idle = [run for run in runs if unranked(run, "total") and not run.summary.computes]
    if found != "total" or not idle or not _pays_for_times(idle[0]):
        return found, reason
    return _agreed("AS+AE", runs), Note("reason_idle", {"name": one_line(idle[0].summary.name)})


def _agreed(basis: Basis, runs: Sequence[Run]) -> Basis:
    """The basis, if all stand over the same parts and more than accuracy; else accuracy alone."""
    weights = [run.summary.weights(basis) for run in runs]
    agreed = all(each == weights[0] for each in weights)
    return basis if agreed and any(part != "AS" for each in weights for part in each) else "AS"


def _no_times(models: Sequence[Run]) -> Note | None:
    """Why times cannot rank entries with a model."""
    lacking = [run.summary for run in models if run.summary.parts["ART"] is None]
    if len(lacking) == len(models):
        return Note("reason_no_times")
    if lacking:
        why = f" ({one_line(lacking[0].void)})" if lacking[0].void else ""
        return Note("reason_untimed", {"name": one_line(lacking[0].name), "why": why})
    for run in models[1:]:
        differs = times_differ(models[0], run)
        if differs is not None:
            return _because("signature", models[0], run, differs)
    return None


def unranked(run: Run, basis: Basis) -> Note | None:
    """Why a run has no rank; `None` where it has one."""
    if basis == "total" and _pays_for_times(run) and not run.summary.computes:
        return Note("unranked_engineless")
    return _too_open(run)


def _pays_for_times(run: Run) -> bool:
    return bool(run.summary.scoring.weights.get("ART"))


def _too_open(run: Run) -> Note | None:
    """That more answers than a score can bear were left open by a judge."""
    summary = run.summary
    if summary.unscored <= _MOST_OPEN * summary.n:
        return None
    counts = {"unscored": f"{summary.unscored:,}", "n": f"{summary.n:,}"}
    return Note("unranked_unscored", {**counts, "most": f"{_MOST_OPEN:.0%}"})


def times_differ(first: Run, other: Run) -> Difference | None:
    """What keeps their times apart; a session that is not known is no one else's."""
    if first is other:
        return None
    if first.summary.scoring.relative:
        models = [_reference(run.summary) for run in (first, other)]
        if models[0] is None:  # multiples of nobody knows what
            return Difference("signature.session.reference", _UNKNOWN, str(models[1]))
        return difference(models[0], models[1], "signature.session.reference")
    sessions = _session(first.summary), _session(other.summary)
    if _UNKNOWN in sessions or sessions[0] != sessions[1]:
        return Difference("signature.session", *sessions)
    left, right = (run.summary.signature.get("engine") for run in (first, other))
    return difference(left, right, "signature.engine")


def _session(summary: Summary) -> str:
    """The session that took the times; those of a prediction file were taken by someone else."""
    session = summary.session
    return _UNKNOWN if session is None else f"{session.id} of {session.started}"


def _reference(summary: Summary) -> Any:
    """The model that times are told as multiples of: those compare on any machine."""
    return (summary.signature.get("session") or {}).get("reference")


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
