"""Training loss over steps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports.charts.chart import SIDE, WIDE, Chart, name_of
from reports.charts.score import (
    DASHES,
    END,
    HIGH_WITH_SCORE,
    score_help,
    score_panel,
    score_rows,
    step_axis,
)
from reports.strings import Note
from reports.svg import figure, line, log_ticks, path, plain, words
from reports.text import DASH, one_line

if TYPE_CHECKING:
    from reports.board import Entry, Leaderboard

_LINES = 8  # entries that are drawn
_BINS = 120  # points that one line is averaged down to
_HIGH = 300
_FLOOR = 1e-6  # a loss of exactly 0 has no logarithm

Curve = list[tuple[float, float]]


def loss(board: Leaderboard) -> Chart | None:
    """Training loss over steps, for the first entries that trained, and their score below it."""
    trained = [entry for entry in board.entries if len(entry.run.loss) > 1]
    if not trained:
        return None
    curves = [(entry, _binned(entry.run.loss)) for entry in trained[:_LINES]]
    probed = [entry for entry, _ in curves if entry.run.probe is not None]
    title = Note("chart_loss_score" if probed else "chart_loss")
    rows = [row for entry, curve in curves for row in _loss_rows(entry, curve)]
    scale = _Scale.of(curves)
    drawing = _loss_drawing(curves, scale)
    if probed:
        rows = [(*row, DASH) for row in rows] + [row for e in probed for row in score_rows(e)]
        drawing += score_panel([entry for entry, _ in curves], scale.across, scale.last)
    return Chart(
        title=title,
        help=score_help(probed) if probed else Note("chart_loss_help"),
        drawing=figure(drawing, WIDE, HIGH_WITH_SCORE if probed else _HIGH, title),
        headings=(
            Note("entry"), Note("step"), Note("loss"), *((Note("probe_AS"),) if probed else ()),
        ),
        rows=tuple(rows),
        drawn=_LINES if len(trained) > _LINES else None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where steps and losses lie: up to the `last` step; losses between `least` and `most`."""

    last: float
    least: float
    most: float

    @classmethod
    def of(cls, curves: Sequence[tuple[Entry, Curve]]) -> _Scale:
        """Room for every point of these curves, and for the steps of their scores."""
        steps = [step for _, curve in curves for step, _ in curve]
        probes = [entry.run.probe for entry, _ in curves]
        steps += [step for probe in probes if probe is not None for step, _ in probe.scores]
        values = [max(_FLOOR, value) for _, curve in curves for _, value in curve]
        return cls(max(steps), min(values), max(values))

    def across(self, step: float) -> float:
        """From left to right."""
        return SIDE + (END - SIDE) * step / self.last

    def up(self, value: float) -> float:
        """From the top down."""
        low, high = math.log(self.least), math.log(self.most)
        return 255 - 240 * (math.log(max(_FLOOR, value)) - low) / max(high - low, 1e-9)


def _binned(loss: Sequence[tuple[float, float]]) -> Curve:
    """Mean step and loss of at most `_BINS` neighbouring groups."""
    size = math.ceil(len(loss) / _BINS)
    groups = [loss[at : at + size] for at in range(0, len(loss), size)]
    return [
        (sum(step for step, _ in group) / len(group), sum(v for _, v in group) / len(group))
        for group in groups
    ]


def _loss_rows(entry: Entry, curve: Curve) -> Iterator[tuple[str, ...]]:
    """A dozen points of a curve, first and last among them."""
    places = sorted({round(at * (len(curve) - 1) / 11) for at in range(12)})
    for place in places:
        step, value = curve[place]
        yield one_line(entry.label), f"{step:,.0f}", f"{value:.4g}"


def _loss_drawing(curves: Sequence[tuple[Entry, Curve]], scale: _Scale) -> str:
    drawn = [line(SIDE, 258, END, 258, "axis")]
    for tick in log_ticks(scale.least, scale.most):
        y = scale.up(tick)
        drawn.append(line(SIDE, y, END, y, "grid"))
        drawn.append(words(plain(tick), SIDE - 8, y + 4, class_="tick", text_anchor="end"))
    drawn += step_axis(scale.across, scale.last, 276)
    placed = [
        (entry, [(scale.across(step), scale.up(value)) for step, value in curve])
        for entry, curve in curves
    ]
    drawn += _curves(placed)
    return "".join(drawn)


def _curves(curves: Sequence[tuple[Entry, Curve]]) -> Iterator[str]:
    """Lines, told apart by dashes and by the name at their end, kept from covering each other."""
    ends = sorted((curve[-1][1], at) for at, (_, curve) in enumerate(curves))
    heights = [ends[0][0]]
    for after, _ in ends[1:]:
        heights.append(max(after, heights[-1] + 14))
    over = max(0.0, heights[-1] - 268)
    for (_, at), height in zip(ends, heights, strict=True):
        entry, curve = curves[at]
        x, y = curve[-1]
        yield path(curve, f"curve line-{at}", DASHES[at])
        yield line(x + 2, y, x + 14, height - over, f"curve line-{at}")
        label = f"{entry.place}  {name_of(entry, 22)}"
        yield words(label, x + 18, height - over + 4, class_="name")
