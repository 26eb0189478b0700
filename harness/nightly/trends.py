"""The gates of an entry over its nights, drawn small, with the nights that say something marked.

Up to `POINTS` nights are drawn one by one. Of more, as many neighbours make one point as bring them
to that number: it stands at their median, and their range is a shade. Change points are looked for
in all nights, and marks stand at a night's own place.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from harness.nightly.changes import change_points, levels
from harness.nightly.evidence import Gate
from harness.nightly.history import Key, Night
from harness.nightly.night import Judged
from harness.text.display import clip_middle, width
from reports.charts.axes import Axes, Scale
from reports.charts.chart import Chart
from reports.strings import Note
from reports.svg import line, path, plain, tag, ticks
from reports.table import Cell
from reports.text import one_line, points, seconds

#: Points of one drawing, and rows of its table.
POINTS = 160
_AXES = Axes(wide=360, high=204, left=52, right=8, foot=26)
_NAME = 12  # columns of a night's name under the axis
_DOTS = 60  # nights that each have a dot
_NAMED = 3  # change points in words
_LEAST = 2.0  # points of AS and AE from the lowest to the highest that is drawn
_LEAST_TIME = 0.04  # the same as a share of a time
_Z = 1.96
_TIMED = "settings.latency."


@dataclass(frozen=True, slots=True)
class Series:
    """One gate of one entry over the nights.

    Args:
        entry, gate: which.
        axis: what the values are, in words.
        names: of the nights, in order; shape (n,).
        values: in points, seconds, or multiples of a reference's time; shape (n,).
        red, blessed, changes: places of nights that are marked, in order.
        level: of the blessed nights; `None` where there is none.
        quiet: where one quiet night lies 19 times of 20; `None` where that is not known.
    """

    entry: str
    gate: Gate
    axis: Note
    names: tuple[str, ...]
    values: tuple[float, ...]
    red: tuple[int, ...]
    blessed: tuple[int, ...]
    changes: tuple[int, ...]
    level: float | None
    quiet: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class _Group:
    """Neighbouring nights that are one point: places `first` to `last`, both of them included."""

    first: int
    last: int
    values: tuple[float, ...]

    @property
    def middle(self) -> float:
        return (self.first + self.last) / 2


def series(
    judged: Judged, nights: Sequence[Night], keys: Sequence[Key], *, relative: bool
) -> Series | None:
    """A gate over the nights that have it; `None` where fewer than two have.

    Args:
        judged: the gate on the last night.
        nights: of the entry, in order, the last one last.
        keys: of the blessed nights.
        relative: whether times are over those of a reference model.
    """
    gate = judged.gate
    kept = [night for night in nights if gate in night.means]
    if gate == "time":
        kept = [one for one in kept if _timed_by(one) == _timed_by(kept[-1])]
    if len(kept) < 2:
        return None
    values = tuple(_unlogged(gate, night.means[gate]) for night in kept)
    name = "relative" if gate == "time" and relative else gate
    return Series(
        one_line(judged.entry), gate, Note(f"night_axis_{name}"),
        tuple(one_line(night.night) for night in kept), values,
        tuple(at for at, one in enumerate(kept) if one.calls.get(gate) == "regressed"),
        tuple(at for at, one in enumerate(kept) if one.key in keys),
        tuple(change_points(values)), judged.blessed, _quiet(judged),
    )  # fmt: skip


def _timed_by(night: Night) -> dict[str, str]:
    """How times were taken, a reference's weights included."""
    return {name: value for name, value in night.made.items() if name.startswith(_TIMED)}


def _quiet(judged: Judged) -> tuple[float, float] | None:
    """The band about the blessed level, by the noise that the verdict went by."""
    if judged.verdict is None or judged.blessed is None:
        return None
    reach, level = _Z * judged.verdict.tonight.error, judged.blessed
    if judged.gate == "time":
        return level * math.exp(-reach), level * math.exp(reach)
    return level - reach, level + reach


def _unlogged(gate: Gate, mean: float) -> float:
    return math.exp(mean) if gate == "time" else mean


def chart(one: Series) -> Chart:
    """The drawing of a gate over the nights, and the same as a table."""
    groups = _groups(one.values)
    title = Note("night_chart_of", {"axis": one.axis, "entry": one.entry})
    return Chart(
        title=one.axis,
        help=_help(one),
        drawing=_AXES.figure(_drawn(one, groups), title),
        headings=(Note("night_night"), one.axis, Note("night_mark")),
        rows=tuple(_row(one, group) for group in groups),
    )


def _groups(values: Sequence[float]) -> list[_Group]:
    """As many neighbours to a point as keep to `POINTS` of them."""
    size = math.ceil(len(values) / POINTS)
    return [
        _Group(at, min(at + size, len(values)) - 1, tuple(values[at : at + size]))
        for at in range(0, len(values), size)
    ]


# --- the drawing ---------------------------------------------------------------------------------


def _drawn(one: Series, groups: Sequence[_Group]) -> Iterator[str]:
    low, high = _range(one)
    right, up = _AXES.along(0, len(one.values) - 1), _AXES.upward(low, high)
    yield from _blessing(one, up)
    yield from _AXES.rungs(up, ticks(low, high, 5), lambda value: _tick(one, value))
    yield from _AXES.feet((right(at), clip_middle(one.names[at], _NAME)) for at in _named(one))
    yield from _curve(groups, right, up)
    yield from _levels(one, right, up)
    yield from _marks(one, right, up)
    yield from _AXES.titles(one.axis)


def _range(one: Series) -> tuple[float, float]:
    """From the lowest to the highest, with air; never so little that noise looks like news."""
    band = one.quiet or (() if one.level is None else (one.level,))
    low, high = min(*one.values, *band), max(*one.values, *band)
    least = _LEAST_TIME * high if one.gate == "time" else _LEAST
    air = max(0.06 * (high - low), (least - (high - low)) / 2)
    return max(low - air, 0.0), high + air if one.gate == "time" else min(high + air, 100.5)


def _named(one: Series) -> list[int]:
    """Places of the nights whose names stand under the axis, evenly apart."""
    last = len(one.names) - 1
    long = max(width(clip_middle(name, _NAME)) for name in (one.names[0], one.names[-1]))
    steps = min(last, 2 if long > _NAME - 4 else 3)
    return sorted({round(at * last / steps) for at in range(steps + 1)})


def _blessing(one: Series, up: Scale) -> Iterator[str]:
    if one.quiet is not None:
        low, high = up(one.quiet[0]), up(one.quiet[1])
        wide = _AXES.end - _AXES.left
        yield tag("rect", x=_AXES.left, y=high, width=wide, height=low - high, class_="quiet-band")
    if one.level is not None:
        yield line(_AXES.left, up(one.level), _AXES.end, up(one.level), "blessed-level")


def _levels(one: Series, right: Scale, up: Scale) -> Iterator[str]:
    """The change points, and the level between two of them."""
    if not one.changes:
        return
    ends = [0, *one.changes, len(one.values)]
    for place, level in enumerate(levels(one.values, one.changes)):
        y = up(level)
        yield line(right(ends[place]), y, right(ends[place + 1] - 1), y, "level")
    for at in one.changes:
        yield _titled(one, at, "line", x1=right(at), y1=_AXES.top, x2=right(at), y2=_AXES.base,
                      class_="change")  # fmt: skip


def _curve(groups: Sequence[_Group], right: Scale, up: Scale) -> Iterator[str]:
    """The line through the points, with the range of each where it is several nights."""
    across = [right(group.middle) for group in groups]
    if any(len(group.values) > 1 for group in groups):
        highs = [(x, up(max(group.values))) for x, group in zip(across, groups, strict=True)]
        lows = [(x, up(min(group.values))) for x, group in zip(across, groups, strict=True)]
        yield path([*highs, *lows[::-1]], "range-shade")
    spots = [(x, up(median(group.values))) for x, group in zip(across, groups, strict=True)]
    yield path(spots, "trend")
    if len(spots) <= _DOTS:
        yield from (tag("circle", cx=x, cy=y, r=2, class_="night") for x, y in spots)


def _marks(one: Series, right: Scale, up: Scale) -> Iterator[str]:
    """Blessed nights as rings, red ones as triangles, the last one as a dot."""
    for at in one.blessed:
        spot = {"cx": right(at), "cy": up(one.values[at])}
        yield _titled(one, at, "circle", **spot, r=4, class_="blessed-night")
    for at in _apart(one):
        place = _triangle(right(at), up(one.values[at]))
        yield _titled(one, at, "path", d=place, class_="red-night")
    last = len(one.values) - 1
    if last not in one.red:
        spot = {"cx": right(last), "cy": up(one.values[last])}
        yield _titled(one, last, "circle", **spot, r=3.5, class_="dot")


def _apart(one: Series) -> list[int]:
    """The red nights that are marked: of neighbours that would be one point, the last."""
    size = math.ceil(len(one.values) / POINTS)
    return sorted({at // size: at for at in one.red}.values())


def _triangle(x: float, y: float) -> str:
    """A triangle that points down, about its place."""
    return f"M{x - 5:.1f} {y - 4:.1f} L{x + 5:.1f} {y - 4:.1f} L{x:.1f} {y + 5:.1f}Z"


def _titled(one: Series, at: int, name: str, **attributes: float | str) -> str:
    """A mark that says its night and value under the pointer."""
    title = tag("title", _escaped(f"{one.names[at]}: {_said(one, one.values[at])}"))
    return tag(name, title, **attributes)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def legend() -> tuple[tuple[str, Note], ...]:
    """What each mark means: its drawing, and the words."""
    marks = {
        "night": path([(1, 9), (10, 5), (21, 8)], "trend") + tag("circle", cx=10, cy=5, r=2,
                                                                 class_="night"),
        "band": tag("rect", x=0, y=2, width=22, height=10, class_="quiet-band")
        + line(0, 7, 22, 7, "blessed-level"),
        "blessed": tag("circle", cx=11, cy=7, r=4, class_="blessed-night"),
        "red": tag("path", d=_triangle(11, 6.5), class_="red-night"),
        "change": line(11, 0, 11, 14, "change"),
        "level": line(0, 7, 22, 7, "level"),
    }  # fmt: skip
    box: dict[str, str | int] = {
        "viewBox": "0 0 22 14",
        "width": 22,
        "height": 14,
        "aria_hidden": "true",
    }
    return tuple((tag("svg", drawn, **box), Note(f"mark_{name}")) for name, drawn in marks.items())


# --- in words ------------------------------------------------------------------------------------


def level(gate: Gate, value: float | None, *, relative: bool) -> str:
    """The mean of a gate: points, seconds, or multiples of a reference's time."""
    if gate != "time" or value is None:
        return points(value)
    return f"{value:.3g}×" if relative else seconds(value)


def _said(one: Series, value: float) -> str:
    return level(one.gate, value, relative=one.axis.key == "night_axis_relative")


def _tick(one: Series, value: float) -> str:
    """The same without needless zeros."""
    return _said(one, value) if one.gate == "time" else plain(value)


def _help(one: Series) -> Note:
    """Under the drawing, since colour and lines never speak alone: levels, changes, red nights."""
    blessed = (
        "" if one.level is None else Note("night_chart_blessed", {"level": _said(one, one.level)})
    )
    reds: Note | str = ""
    if one.red:
        count, last = str(len(one.red)), one.names[one.red[-1]]
        reds = Note("night_chart_reds", {"n": count, "night": last})
    told = {"tonight": _said(one, one.values[-1]), "night": one.names[-1], "blessed": blessed}
    return Note("night_chart", {**told, "changes": _changes(one), "reds": reds})


def _changes(one: Series) -> Note | str:
    """The last change points."""
    if not one.changes:
        return ""
    found = levels(one.values, one.changes)
    listed: list[str | Note] = [
        Note(
            "night_chart_change",
            {"night": one.names[at], "before": _said(one, before), "since": _said(one, since)},
        )
        for at, before, since in zip(one.changes, found, found[1:], strict=False)
    ]
    more = len(listed) - _NAMED
    kept = listed if more <= 0 else [f"(+{more}) …", *listed[-_NAMED:]]
    return Note("night_chart_changes", {"list": tuple(kept)})


def _row(one: Series, group: _Group) -> tuple[Cell, ...]:
    """A point in words: its nights, its value, and what of it is marked."""
    first, last = one.names[group.first], one.names[group.last]
    value = _said(one, median(group.values))
    if group.first != group.last:
        first = f"{first} – {last}"
        value = f"{value} [{_said(one, min(group.values))}, {_said(one, max(group.values))}]"
    marks = {"blessed": one.blessed, "red": one.red, "change": one.changes}
    counts = {
        name: sum(group.first <= at <= group.last for at in places)
        for name, places in marks.items()
    }
    found = tuple(_mark(name, count) for name, count in counts.items() if count)
    return first, value, Note("listed", {"list": found}) if found else ""


def _mark(name: str, count: int) -> Note:
    mark = Note(f"mark_{name}")
    return mark if count == 1 else Note("night_marks", {"mark": mark, "n": str(count)})
