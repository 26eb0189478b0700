"""Training loss over steps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from reports.charts.chart import SIDE, WIDE, Chart, name_of
from reports.strings import Note
from reports.svg import figure, line, log_ticks, path, plain, ticks, words
from reports.text import one_line

if TYPE_CHECKING:
    from reports.board import Entry, Leaderboard

_LINES = 8  # entries that are drawn
_BINS = 120  # points that one line is averaged down to
_DASHES = ("", "7 3", "2 3", "9 3 2 3", "4 4", "12 4", "2 6", "6 2 2 2")

Curve = list[tuple[float, float]]


def loss(board: Leaderboard) -> Chart | None:
    """Training loss over steps, for the first entries that trained."""
    trained = [entry for entry in board.entries if len(entry.run.loss) > 1]
    if not trained:
        return None
    curves = [(entry, _binned(entry.run.loss)) for entry in trained[:_LINES]]
    title = Note("chart_loss")
    rows = [row for entry, curve in curves for row in _loss_rows(entry, curve)]
    return Chart(
        title=title,
        help=Note("chart_loss_help"),
        drawing=figure(_loss_drawing(curves), WIDE, 300, title),
        headings=(Note("entry"), Note("step"), Note("loss")),
        rows=tuple(rows),
        drawn=_LINES if len(trained) > _LINES else None,
    )


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


def _loss_drawing(curves: Sequence[tuple[Entry, Curve]]) -> str:
    every = [point for _, curve in curves for point in curve]
    floor = 1e-6  # a loss of exactly 0 has no logarithm
    steps, values = [step for step, _ in every], [max(floor, value) for _, value in every]
    low, high = math.log(min(values)), math.log(max(values))
    span, last, end = max(high - low, 1e-9), max(steps), WIDE - 190

    def place(step: float, value: float) -> tuple[float, float]:
        return (
            SIDE + (end - SIDE) * step / last,
            255 - 240 * (math.log(max(floor, value)) - low) / span,
        )

    drawn = [line(SIDE, 258, end, 258, "axis")]
    for tick in log_ticks(min(values), max(values)):
        y = place(0, tick)[1]
        drawn.append(line(SIDE, y, end, y, "grid"))
        drawn.append(words(plain(tick), SIDE - 8, y + 4, class_="tick", text_anchor="end"))
    for tick in ticks(0, last):
        x = place(tick, 1)[0]
        drawn.append(words(plain(tick), x, 276, class_="tick", text_anchor="middle"))
    drawn.append(words(Note("step"), end, 294, class_="tick", text_anchor="end"))
    drawn += _curves([(entry, [place(*point) for point in curve]) for entry, curve in curves])
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
        yield path(curve, f"curve line-{at}", _DASHES[at])
        yield line(x + 2, y, x + 14, height - over, f"curve line-{at}")
        label = f"{entry.place}  {name_of(entry, 22)}"
        yield words(label, x + 18, height - over + 4, class_="name")
