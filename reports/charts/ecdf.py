"""How many questions are answered within a time: the empirical distribution of latency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import ceil
from typing import TYPE_CHECKING

from reports import comparable
from reports.charts.axes import Point
from reports.charts.chart import Chart
from reports.charts.plot import (
    CURVES,
    curve,
    grid,
    logarithmic,
    plotted,
    second_ticks,
    upward,
)
from reports.strings import Note
from reports.svg import ticks
from reports.text import count, one_line, seconds

if TYPE_CHECKING:
    from reports.board import Entry, Leaderboard

_STEPS = 240  # of one curve; the drawing is as many units high
_SHARES = (0.1, 0.25, 0.5, 0.75, 0.9, 0.95)


def latency(board: Leaderboard) -> Chart | None:
    """The times of every entry of one session, the first on the board's; `None` without times."""
    timed = [entry for entry in board.entries if entry.summary.latency and entry.summary.computes]
    together = [one for one in timed if comparable.times_differ(timed[0].run, one.run) is None]
    chart = ecdf({entry.label: _seconds(entry) for entry in together})
    left_out = len(timed) - len(together)
    if chart is None or not left_out:
        return chart
    return replace(chart, help=Note("chart_ecdf_some", {"count": str(left_out)}))


def _seconds(entry: Entry) -> list[float]:
    found = (answer.e2e_s for answer in entry.run.answers.values())
    return sorted(value for value in found if value is not None and value > 0)


def ecdf(curves: Mapping[str, Sequence[float]]) -> Chart | None:
    """Draw the share of questions that were answered within a time, a step for each question.

    Args:
        curves: by name, the seconds of each question, sorted and above 0; the first few are drawn.
    """
    known = {name: values for name, values in curves.items() if values}
    if not known:
        return None
    low, high = min(v[0] for v in known.values()), max(v[-1] for v in known.values())
    right, up = logarithmic(low, high), upward(0.0, 1.0)
    drawn = [*second_ticks(right, low, high)]
    drawn += grid(up, ticks(0.0, 1.0, 5), lambda share: f"{share:.0%}")
    for at, (name, values) in enumerate(known.items()):
        if at < CURVES:
            drawn += curve(at, name, [(right(x), up(y)) for x, y in _steps(values)])
    title = Note("chart_ecdf")
    return Chart(
        title=title,
        help=Note("chart_ecdf_help"),
        drawing=plotted(drawn, Note("axis_ecdf"), title),
        headings=(Note("entry"), Note("n"), *(f"{share:.0%}" for share in _SHARES), "100%"),
        rows=tuple(_row(name, values) for name, values in known.items()),
        drawn=CURVES if len(known) > CURVES else None,
    )


def _steps(values: Sequence[float]) -> list[Point]:
    """The corners of an empirical distribution function; of many values, of as many as one sees."""
    n = len(values)
    every = ceil(n / _STEPS)
    kept = sorted({*range(0, n, every), n - 1})
    before = [0, *(at + 1 for at in kept[:-1])]
    corners = zip(kept, before, strict=True)
    return [
        point
        for at, low in corners
        for point in ((values[at], low / n), (values[at], (at + 1) / n))
    ]


def _row(name: str, values: Sequence[float]) -> tuple[str, ...]:
    """In what time each share was answered: the least that holds for so many."""
    within = (values[max(ceil(share * len(values)) - 1, 0)] for share in (*_SHARES, 1.0))
    return one_line(name), count(len(values)), *(seconds(value) for value in within)
