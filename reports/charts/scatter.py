"""Accuracy against what it costs: time, or tokens where nothing was timed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.text.display import width
from reports.charts.chart import SIDE, WIDE, Chart, name_of
from reports.strings import Note
from reports.svg import figure, line, log_ticks, path, plain, tag, ticks, words
from reports.text import one_line, points

if TYPE_CHECKING:
    from reports.board import Entry, Leaderboard
    from reports.summary import Estimate

_HIGH, _BASE, _TOP = 380, 330, 16


@dataclass(frozen=True, slots=True)
class _Spot:
    """One entry in the scatter: what it costs, how right it is, and where that lies."""

    entry: Entry
    cost: float
    right: Estimate
    x: float = 0.0
    y: float = 0.0


def scatter(board: Leaderboard) -> Chart | None:
    """Accuracy against the time of a question, or against tokens where nothing was timed."""
    for axis, cost in (("axis_latency", _latency), ("axis_tokens", _tokens)):
        spots = list(_spots(board, cost))
        if len(spots) > 1:
            return _scatter(spots, Note(axis))
    return None


def _latency(entry: Entry) -> float | None:
    return entry.summary.latency.p50_s if entry.summary.latency else None


def _tokens(entry: Entry) -> float | None:
    return entry.summary.length.median_tokens if entry.summary.length else None


def _spots(board: Leaderboard, cost: Callable[[Entry], float | None]) -> Iterator[_Spot]:
    for entry in board.entries:
        spent, right = cost(entry), entry.summary.parts["AS"]
        if spent is not None and spent > 0 and right is not None:
            yield _Spot(entry, spent, right)


def _scatter(spots: Sequence[_Spot], axis: Note) -> Chart:
    title = Note("chart_scatter", {"axis": axis})
    right, up = _cost_axis([spot.cost for spot in spots]), _accuracy_axis(spots)
    placed = [_Spot(s.entry, s.cost, s.right, right(s.cost), up(s.right.value)) for s in spots]
    front = _front(placed)
    drawing = _frame(spots, right, up, axis)
    drawing += "".join(
        line(spot.x, up(spot.right.low), spot.x, up(spot.right.high), "reach") for spot in placed
    )
    drawing += path([(spot.x, spot.y) for spot in front], "front")
    drawing += "".join(_dots(placed, front)) + "".join(_names(placed))
    rows = [
        (str(s.entry.place), one_line(s.entry.label), f"{s.cost:.3g}", points(s.right.value))
        for s in spots
    ]
    return Chart(
        title=title,
        help=Note("chart_scatter_help"),
        drawing=figure(drawing, WIDE, _HIGH, title),
        headings=("#", Note("entry"), axis, Note("AS")),
        rows=tuple(rows),
    )


def _cost_axis(costs: Sequence[float]) -> Callable[[float], float]:
    """A logarithmic axis with some air on both sides."""
    low, high = math.log(min(costs)), math.log(max(costs))
    air = max(0.08 * (high - low), 0.05)
    span = high - low + 2 * air
    return lambda cost: SIDE + (WIDE - 170 - SIDE) * (math.log(cost) - low + air) / span


def _accuracy_axis(spots: Sequence[_Spot]) -> Callable[[float], float]:
    low, high = _accuracy_range(spots)
    return lambda right: _BASE - (_BASE - _TOP) * (right - low) / (high - low)


def _accuracy_range(spots: Sequence[_Spot]) -> tuple[float, float]:
    low, high = min(s.right.low for s in spots), max(s.right.high for s in spots)
    air = max(1.0, 0.05 * (high - low))
    return low - air, high + air


def _frame(
    spots: Sequence[_Spot],
    right: Callable[[float], float],
    up: Callable[[float], float],
    axis: Note,
) -> str:
    end = WIDE - 170
    low, high = _accuracy_range(spots)
    drawn = [line(SIDE, _BASE, end, _BASE, "axis")]
    for tick in ticks(max(0.0, low), min(high, 100.0), 5):
        drawn.append(line(SIDE, up(tick), end, up(tick), "grid"))
        drawn.append(words(plain(tick), SIDE - 8, up(tick) + 4, class_="tick", text_anchor="end"))
    costs = [spot.cost for spot in spots]
    for tick in log_ticks(min(costs) * 0.95, max(costs) * 1.05):
        drawn.append(line(right(tick), _BASE, right(tick), _BASE + 4, "axis"))
        drawn.append(
            words(plain(tick), right(tick), _BASE + 18, class_="tick", text_anchor="middle")
        )
    drawn.append(words(axis, end, _BASE + 38, class_="tick", text_anchor="end"))
    drawn.append(words("AS", SIDE - 8, _TOP - 3, class_="tick", text_anchor="end"))
    return "".join(drawn)


def _front(spots: Sequence[_Spot]) -> list[_Spot]:
    """Entries that no other beats on both: cheaper first, each more right than the last."""
    front: list[_Spot] = []
    for spot in sorted(spots, key=lambda spot: (spot.cost, -spot.right.value)):
        if not front or spot.right.value > front[-1].right.value:
            front.append(spot)
    return front


def _dots(spots: Sequence[_Spot], front: Sequence[_Spot]) -> Iterator[str]:
    best = {spot.entry.place for spot in front}
    for spot in reversed(spots):  # the first entry on top
        kind = "spot best" if spot.entry.place in best else "spot"
        yield tag("circle", cx=spot.x, cy=spot.y, r=9, class_=kind)
        number = str(spot.entry.place)
        yield words(number, spot.x, spot.y + 3.5, class_="number", text_anchor="middle")


def _names(spots: Sequence[_Spot]) -> Iterator[str]:
    """Names beside their dots, wherever one does not cover another; the number always stands."""
    taken = [(s.x - 10, s.y - 10, s.x + 10, s.y + 10) for s in spots]
    for spot in spots:
        name = name_of(spot.entry)
        long = 6.4 * width(name)
        for x, y in (
            (spot.x + 14, spot.y + 4),
            (spot.x + 14, spot.y + 18),
            (spot.x + 14, spot.y - 9),
            (spot.x - 14 - long, spot.y + 4),
        ):
            box = (x, y - 11, x + long, y + 3)
            if x > SIDE and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                yield words(name, x, y, class_="name")
                break


def _overlap(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
