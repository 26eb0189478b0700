"""The tables of a comparison before they have a language: terminal, Markdown and page show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reports.compare.verdict import chance, signed
from reports.strings import Note
from reports.table import Table
from reports.text import one_line, points

if TYPE_CHECKING:
    from harness.metrics.causes import Cause
    from harness.metrics.intervals import Difference
    from harness.metrics.levers import Lever
    from reports.compare.comparison import Against, Comparison


def differences(compared: Comparison, other: Against) -> Table:
    """The scores of two runs, how they differ, and what such runs would show."""
    names = (one_line(compared.first.label), one_line(other.side.label))
    heads = (Note("compare_part"), *names, Note("compare_value"), Note("detectable_short"), "p")
    rows = tuple(
        (
            Note(compared.basis if line.name == "total" else line.name),
            points(line.first),
            points(line.second),
            with_ends(line.shown),
            points(line.shown.detectable),
            chance(line.shown.p if other.p is None or line is not other.main else other.p),
        )
        for line in other.lines
    )
    return Table(heads, (True, *(False,) * 5), rows)


def causes(compared: Comparison, other: Against) -> Table:
    """What the difference is made of, the greatest first, and the sum."""
    heads = (
        Note("compare_cause"),
        Note("n"),
        Note("compare_points", {"basis": Note(compared.basis)}),
    )
    ordered = sorted(other.causes, key=lambda cause: -abs(cause.points.value))
    rows = [(cause_name(cause), f"{cause.n:,}", with_ends(cause.points, 2)) for cause in ordered]
    total = signed(other.main.contrast.questions.value, 2)
    return Table(heads, (True, False, False), (*rows, (Note("compare_sum"), "", total)))


def levers(compared: Comparison, found: Sequence[Lever]) -> Table:
    """What single changes would bring to one run."""
    heads = (Note("compare_change"), Note("compare_gain", {"basis": Note(compared.basis)}))
    rows = tuple((lever_name(lever), signed(lever.points)) for lever in found)
    return Table(heads, (True, False), rows)


def cause_name(cause: Cause) -> Note:
    """A cause in words."""
    if cause.family:
        return Note("cause_accuracy_of", {"family": one_line(cause.family)})
    return Note(f"cause_{cause.name}")


def lever_name(lever: Lever) -> Note:
    """A change in words."""
    values = {"family": one_line(lever.family), "best": one_line(lever.best)}
    return Note(f"lever_{lever.name}", {**values, "amount": f"{lever.amount:,}"})


def with_ends(found: Difference, digits: int = 1) -> str:
    """A difference with its interval."""
    ends = ", ".join(signed(end, digits) for end in (found.low, found.high))
    return f"{signed(found.value, digits)} [{ends}]"
