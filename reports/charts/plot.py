"""Named curves over two axes, with the names beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import log

from harness.text.display import clip_middle
from reports.charts.axes import Point, Scale, linear
from reports.charts.chart import WIDE
from reports.charts.score import DASHES
from reports.strings import Note
from reports.svg import figure, line, log_ticks, path, tag, words
from reports.text import one_line, seconds

LEFT, RIGHT, TOP, BASE = 62, 640, 18, 292
CURVES = len(DASHES)  # more than these cannot be told apart
_HIGH = 340


def upward(low: float, high: float) -> Scale:
    """The vertical axis."""
    return linear(low, high, BASE, TOP)


def logarithmic(low: float, high: float) -> Scale:
    """A horizontal axis of logarithms, with some air on both sides; both ends above 0."""
    air = max(0.05 * log(high / low), 0.02)
    along = linear(log(low) - air, log(high) + air, LEFT, RIGHT)
    return lambda value: along(log(value))


def second_ticks(right: Scale, low: float, high: float) -> Iterator[str]:
    """Times under the horizontal axis, none so near to the last that they touch."""
    free = float(LEFT)
    for tick in log_ticks(low, high):
        if right(tick) >= free:
            free = right(tick) + 56
            yield words(seconds(tick), right(tick), BASE + 18, class_="tick", text_anchor="middle")


def grid(up: Scale, at: Sequence[float], text: Callable[[float], str]) -> Iterator[str]:
    """Lines across, with their numbers."""
    for tick in at:
        yield line(LEFT, up(tick), RIGHT, up(tick), "grid" if tick else "axis")
        yield words(text(tick), LEFT - 8, up(tick) + 4, class_="tick", text_anchor="end")


def curve(
    at: int, name: str, points: Sequence[Point], place: int | None = None, *, thin: bool = False
) -> Iterator[str]:
    """A line in the colour and dashes of an entry, and its line of the legend.

    Args:
        at: number of the entry.
        name: what the legend says.
        points: where it goes, in the drawing's own units.
        place: line of the legend, where an entry has several.
        thin: whether it is the entry's second curve.
    """
    kind = f"curve line-{at % CURVES}{' thin' if thin else ''}"
    dash = "3 3" if thin else DASHES[at % CURVES]
    y = TOP + 10 + 20 * (at if place is None else place)
    yield path(points, kind, dash)
    yield path([(RIGHT + 16, y), (RIGHT + 46, y)], kind, dash)
    yield words(clip_middle(one_line(name), 24), RIGHT + 52, y + 4, class_="name")


def spots(at: int, points: Sequence[Point]) -> Iterator[str]:
    """The points of a curve that were measured."""
    for x, y in points:
        yield tag("circle", cx=x, cy=y, r=3, class_=f"measured line-{at % CURVES}")


def plotted(drawn: Sequence[str], axis: Note, title: Note) -> str:
    """The whole drawing, with what the horizontal axis is."""
    below = words(axis, (LEFT + RIGHT) / 2, BASE + 40, class_="tick", text_anchor="middle")
    return figure("".join(drawn) + below, WIDE, _HIGH, title)
