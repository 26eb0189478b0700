"""What was measured beside the score: one line a measure, one column an entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from reports.text import DASH, one_line, visible

if TYPE_CHECKING:
    from harness.metrics.measure import Confusion, Measure
    from reports.board import Entry, Leaderboard

_MARKS = {"higher": "↑", "lower": "↓"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One entry's number: as text, with its interval and why it is missing; best of its line."""

    text: str
    interval: str = ""
    note: str = ""
    best: bool = False
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One measure over all entries, in the order of the board.

    `mark` is an arrow towards the better. `signature` is empty where the entries' do not agree,
    and then their numbers do not compare: no cell is best.
    """

    group: str
    name: str
    mark: str
    n: int
    cells: tuple[Cell, ...]
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Measures:
    """The lines under the names of their groups, and the confusion matrices by entry."""

    groups: list[tuple[str, list[Line]]]
    matrices: list[tuple[Entry, tuple[Confusion, ...]]]


def lines(board: Leaderboard) -> list[Line]:
    """The measures of all entries, in the order in which they first appear; by group."""
    found = [{(m.group, m.name): m for m in e.summary.measures} for e in board.entries]
    keys = dict.fromkeys(key for measures in found for key in measures)
    groups = list(dict.fromkeys(group for group, _ in keys))
    # A line says something where any entry has a value, or a reason for having none.
    told = [key for key in keys if any(_says(measures.get(key)) for measures in found)]
    ordered = sorted(told, key=lambda key: groups.index(key[0]))
    return [_line(key, [measures.get(key) for measures in found]) for key in ordered]


def _says(measure: Measure | None) -> bool:
    return measure is not None and (measure.value is not None or bool(measure.note))


def view(board: Leaderboard) -> Measures | None:
    """What the page shows; `None` where nothing was measured."""
    groups = [(name, list(found)) for name, found in groupby(lines(board), lambda one: one.group)]
    return Measures(groups, list(matrices(board))) if groups else None


def _line(key: tuple[str, str], found: list[Measure | None]) -> Line:
    there = [measure for measure in found if measure is not None]
    signatures = {measure.signature for measure in there}
    comparable = len(signatures) == 1
    best = _best(there) if comparable and len(there) > 1 else None
    return Line(
        one_line(key[0]),
        one_line(key[1]).replace("_", " "),
        _MARKS.get(there[0].better, ""),
        max(measure.n for measure in there),
        tuple(_cell(measure, best) for measure in found),
        one_line(there[0].signature) if comparable else "",
    )


def _best(there: list[Measure]) -> float | None:
    values = [measure.value for measure in there if measure.value is not None]
    if there[0].better == "neither" or len(set(values)) < 2:
        return None
    return max(values) if there[0].better == "higher" else min(values)


def _cell(measure: Measure | None, best: float | None) -> Cell:
    if measure is None:
        return Cell(DASH)
    note = visible(measure.note)
    if measure.value is None:
        return Cell(DASH, note=note)
    interval = ""
    if measure.low is not None and measure.high is not None:
        interval = f"[{_number(measure, measure.low)}, {_number(measure, measure.high)}]"
    text = _number(measure, measure.value)
    return Cell(text, interval, note, measure.value == best, measure.value)


def _number(measure: Measure, value: float) -> str:
    """Percentages as OpenCompass prints them; other numbers with the digits that matter."""
    if measure.scale == "percent":
        return f"{value:.2f}"
    if float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:,.2f}" if abs(value) >= 1 else f"{value:.3g}"


def matrices(board: Leaderboard) -> Iterator[tuple[Entry, tuple[Confusion, ...]]]:
    """The confusion matrices of each entry that has any."""
    for entry in board.entries:
        if entry.summary.confusions:
            yield entry, entry.summary.confusions
