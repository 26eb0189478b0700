"""What a difference is made of, drawn: a bar a cause, to the left where it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.charts.chart import WIDE, Chart
from reports.compare import tables
from reports.compare.verdict import signed
from reports.strings import Note
from reports.svg import figure, line, plain, tag, ticks, words

if TYPE_CHECKING:
    from harness.metrics.causes import Cause
    from reports.compare.comparison import Against, Comparison

_DRAWN = 16  # causes, the table holds all
_LEFT, _RIGHT, _ROW, _EDGE = 300, 760, 26, 26


def bars(compared: Comparison, other: Against) -> Chart:
    """The causes of a difference with their intervals, the greatest first."""
    ordered = sorted(other.causes, key=lambda cause: -abs(cause.points.value))[:_DRAWN]
    across = _Across(ordered)
    high = len(ordered) * _ROW + _EDGE
    grid = "".join(_tick(across, at, high) for at in ticks(across.low, across.high, 7))
    drawn = "".join(_bar(across, cause, place * _ROW) for place, cause in enumerate(ordered))
    table = tables.causes(compared, other)
    return Chart(
        title=Note("compare_causes"),
        help=Note("compare_causes_help"),
        drawing=figure(grid + drawn, WIDE, high, Note("compare_causes")),
        headings=table.headings,
        rows=table.rows,
    )


class _Across:
    """Points of the total to places from left to right."""

    def __init__(self, shown: list[Cause]) -> None:
        ends = [end for one in shown for end in (one.points.low, one.points.high)]
        self.low, self.high = min([*ends, -0.5]), max([*ends, 0.5])

    def __call__(self, points: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * (points - self.low) / (self.high - self.low)


def _tick(across: _Across, at: float, high: float) -> str:
    kind = "axis" if at == 0 else "grid"
    place, under = across(at), high - _EDGE + 2
    text = words(plain(at), place, high - 6, class_="tick", text_anchor="middle")
    return line(place, 0, place, under, kind) + text


def _bar(across: _Across, cause: Cause, top: float) -> str:
    found, middle = cause.points, top + _ROW / 2
    left, right = sorted((across(0), across(found.value)))
    kind = "held" if found.value >= 0 else "refused"
    block = tag("rect", x=left, y=top + 5, width=right - left, height=_ROW - 10, class_=kind)
    low, high = across(found.low), across(found.high)
    ends = "".join(line(x, middle - 4, x, middle + 4, "whisker") for x in (low, high))
    name = words(tables.cause_name(cause), _LEFT - 10, middle + 4, class_="name", text_anchor="end")
    number = words(signed(found.value, 2), _RIGHT + 14, middle + 4, class_="figure")
    return name + block + line(low, middle, high, middle, "whisker") + ends + number
