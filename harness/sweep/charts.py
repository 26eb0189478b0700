"""What a sweep found, drawn: history, importances, slices and fronts, each with its table."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from harness.sweep import tables
from harness.sweep.space import label
from harness.text.display import clip
from reports.charts.axes import Axes, Point, Scale
from reports.charts.chart import Chart
from reports.strings import Note, say
from reports.svg import line, log_ticks, path, plain, tag, ticks, words
from reports.text import one_line, points, seconds

_WIDE, _SMALL = Axes(), Axes(wide=360, high=216, left=40, right=12)
_ROW = 24  # units a bar
_VALUE, _TRIAL = Note("sweep_value"), Note("sweep_trial")
_ROUNDS = "rounds"


def history(found: Mapping[str, Any]) -> Chart | None:
    """Every trial by its number, and the best so far."""
    known = _known(found)
    if not known:
        return None
    last = known[-1]["number"]
    right = _WIDE.along(0.0, max(1.0, float(last)))
    up, drawn = _upward([_worth(one) for one in known], _WIDE)
    most = min(8, max(last, 1))
    drawn += _WIDE.feet((right(tick), plain(tick)) for tick in ticks(0.0, max(last, 1.0), most))
    drawn += _WIDE.titles(_VALUE, _TRIAL)
    drawn.append(_steps(found["history"], right, up))
    drawn += [_dot(right(one["number"]), up(_worth(one)), one) for one in known]
    best = {one["number"]: one["value"] for one in found["history"]}
    title = Note("sweep_history")
    return Chart(
        title=title,
        help=Note("sweep_history_help"),
        drawing=_WIDE.figure(drawn, title),
        headings=(_TRIAL, _VALUE, Note("sweep_best")),
        rows=tuple(
            (str(one["number"]), points(_worth(one)),
             points(best[one["number"]]) if one["number"] in best else "")
            for one in known
        ),
    )  # fmt: skip


def _known(found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The trials that are worth something."""
    return [one for one in found["trials"] if one[_ROUNDS] and one[_ROUNDS][-1] is not None]


def _worth(one: Mapping[str, Any]) -> float:
    return float(one[_ROUNDS][-1])


def _steps(best: Sequence[Mapping[str, Any]], right: Scale, up: Scale) -> str:
    corners: list[Point] = []
    for one in best:
        x, y = right(one["number"]), up(one["value"])
        corners += [(x, corners[-1][1] if corners else y), (x, y)]
    if not corners:
        return ""
    return path([*corners, (_WIDE.end, corners[-1][1])], "incumbent")


def importances(found: Mapping[str, Any]) -> Chart | None:
    """A bar a field."""
    shares = found["importances"] or {}
    if not shares:
        return None
    axes = Axes(high=_ROW * len(shares) + 8.0, left=220, right=60, top=4, foot=4)
    drawn = [
        part
        for at, (key, share) in enumerate(shares.items())
        for part in _bar(axes, at, key, share)
    ]
    title, table = tables.importances(found)
    return Chart(
        title, Note("sweep_importances_help"), axes.figure(drawn, title), table.headings, table.rows
    )


def _bar(axes: Axes, at: int, key: str, share: float) -> Iterator[str]:
    top = axes.top + _ROW * at
    long = (axes.end - axes.left) * share
    yield words(clip(one_line(key), 30), axes.left - 10, top + 15, text_anchor="end", class_="name")
    yield tag("rect", x=axes.left, y=top + 4, width=long, height=_ROW - 8, class_="part-AS")
    yield words(f"{share:.0%}", axes.left + long + 8, top + 16, class_="figure")


def slices(found: Mapping[str, Any]) -> Iterator[Chart]:
    """A drawing for each searched field: what trials were worth by its value."""
    for key, about in found["search"].items():
        known = [one for one in _known(found) if key in one["values"]]
        if known:
            yield _slice(key, about, known)


def _slice(key: str, about: Mapping[str, Any], known: Sequence[Mapping[str, Any]]) -> Chart:
    up, drawn = _upward([_worth(one) for one in known], _SMALL)
    right, marks = _across(key, about, known)
    drawn += _SMALL.feet((x, clip(one_line(text), 12)) for x, text in marks)
    drawn += _SMALL.titles(_VALUE, clip(one_line(key), 40))
    drawn += [_dot(right(one["values"][key]), up(_worth(one)), one) for one in known]
    title = Note("sweep_slice", {"field": one_line(key)})
    return Chart(
        title=title,
        help=title,
        drawing=_SMALL.figure(drawn, title),
        headings=(_TRIAL, one_line(key), _VALUE),
        rows=tuple(
            (str(one["number"]), _said(one["values"][key]), points(_worth(one))) for one in known
        ),
    )


def _said(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else one_line(str(value))


def _across(
    key: str, about: Mapping[str, Any], known: Sequence[Mapping[str, Any]]
) -> tuple[Callable[[Any], float], list[tuple[float, str]]]:
    """Where a value of a field lies, and what stands under the axis."""
    if about["choices"] is not None:
        there = {str(one["values"][key]) for one in known}
        known_names = [str(label(one)) for one in about["choices"]]
        names = [name for name in dict.fromkeys([*known_names, *sorted(there)]) if name in there]
        spread = _SMALL.along(-0.5, len(names) - 0.5)
        where = {name: spread(at) for at, name in enumerate(names)}
        return (lambda value: where[str(value)]), [(where[name], name) for name in names]
    low, high = float(about["low"]), float(about["high"])
    if about["log"]:
        air = 0.03 * math.log(high / low)
        along = _SMALL.along(math.log(low) - air, math.log(high) + air)
        marks = log_ticks(low, high)
        return (lambda value: along(math.log(value))), [
            (along(math.log(tick)), plain(tick)) for tick in marks
        ]
    air = 0.03 * (high - low)
    along = _SMALL.along(low - air, high + air)
    return along, [(along(tick), plain(tick)) for tick in ticks(low, high, 5)]


def front(found: Mapping[str, Any], name: str) -> Chart | None:
    """Accuracy against a cost, with intervals; the front is what noise does not exclude."""
    known = found["fronts"][name]
    if len(known) < 2:
        return None
    axes = Axes(right=60)
    costs = [one["cost"] for one in known]
    low, high = min(costs), max(costs)
    air = 0.06 * (high - low) or max(0.1 * high, 1e-9)
    right = axes.along(low - air, high + air)
    up, drawn = _upward([one[end] for one in known for end in ("low", "high")], axes)
    text = seconds if name == "latency" else plain
    drawn += axes.feet((right(tick), text(tick)) for tick in ticks(low - air, high + air, 6))
    drawn += axes.titles(Note("sweep_axis_AS"), Note(f"sweep_axis_{name}"))
    drawn += _spots(known, right, up)
    title, table = tables.front(found, name)
    return Chart(
        title, Note("sweep_front_help"), axes.figure(drawn, title), table.headings, table.rows
    )


def _spots(known: Sequence[Mapping[str, Any]], right: Scale, up: Scale) -> Iterator[str]:
    """Intervals first, dots above them, and names of the front where there is room."""
    places = [(right(one["cost"]), up(one["value"])) for one in known]
    for one, (x, _) in zip(known, places, strict=True):
        yield line(x, up(one["low"]), x, up(one["high"]), "reach")
    named: list[Point] = []
    for one, (x, y) in zip(known, places, strict=True):
        yield tag("circle", cx=x, cy=y, r=5, class_="trained" if one["on_front"] else "stopped")
        crowded = any(abs(x - a) < 30 and abs(y - b) < 12 for a, b in named)
        if one["on_front"] and not crowded:  # the most accurate of those at one cost come first
            named.append((x, y))
            yield words(clip(one_line(one["name"]), 12), x + 8, y + 4, class_="name")


# --- parts of a drawing --------------------------------------------------------------------------


def _dot(x: float, y: float, one: Mapping[str, Any]) -> str:
    """A trial: filled where it was trained for all its epochs, ringed where it was a finalist."""
    is_whole = one["state"] == "complete"
    said = Note("sweep_dot", {"n": str(one["number"]), "value": points(_worth(one))})
    title = tag("title", say(said), data_zh=say(said, "zh"))
    ring = tag("circle", cx=x, cy=y, r=8, class_="ring") if one["final"] else ""
    kind = "trained" if is_whole else "stopped"
    return ring + tag("circle", title, cx=x, cy=y, r=4.5 if is_whole else 3, class_=kind)


def _upward(values: Sequence[float], axes: Axes) -> tuple[Scale, list[str]]:
    """A vertical axis of points with some air, and its grid."""
    low, high = min(values), max(values)
    air = max(0.05 * (high - low), 0.5)
    up = axes.upward(low - air, high + air)
    return up, list(axes.rungs(up, ticks(low - air, high + air, 5), plain))
