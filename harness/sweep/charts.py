"""What a sweep found, drawn: history, importances, slices and fronts, as SVG."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.sweep.space import label
from harness.text.display import clip, shown
from reports.svg import line, log_ticks, path, plain, tag, ticks, words
from reports.text import seconds

WIDE, HIGH = 860, 300
_SMALL = 420  # of a slice
Scale = Callable[[float], float]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a drawing has its axes, in its own units."""

    wide: float = WIDE
    high: float = HIGH
    left: float = 54.0
    right: float = 24.0
    top: float = 14.0
    foot: float = 44.0

    @property
    def base(self) -> float:
        """The height of the horizontal axis."""
        return self.high - self.foot

    @property
    def end(self) -> float:
        """Where it ends."""
        return self.wide - self.right


def history(found: Mapping[str, Any]) -> str:
    """Every trial by its number, and the best so far."""
    known = [one for one in found["trials"] if one["rounds"] and one["rounds"][-1] is not None]
    if not known:
        return ""
    frame = Frame()
    right = _linear(0.0, max(1.0, float(known[-1]["number"])), frame.left, frame.end)
    up, drawn = _upward([one["rounds"][-1] for one in known], frame)
    drawn += _numbers(right, known[-1]["number"], frame)
    drawn += [_dot(right(one["number"]), up(one["rounds"][-1]), one) for one in known]
    drawn.append(_steps(found["history"], right, up, frame))
    return _figure(drawn, frame, "Trial; the line is the best trained for all its epochs")


def _steps(best: Sequence[Mapping[str, Any]], right: Scale, up: Scale, frame: Frame) -> str:
    corners: list[Point] = []
    for one in best:
        x, y = right(one["number"]), up(one["value"])
        corners += [(x, corners[-1][1] if corners else y), (x, y)]
    if not corners:
        return ""
    return path([*corners, (frame.end, corners[-1][1])], "incumbent")


def importances(found: Mapping[str, Any]) -> str:
    """A bar a field."""
    shares = found["importances"] or {}
    frame = Frame(high=22.0 * len(shares) + 8, left=220, foot=0)
    drawn = []
    for at, (key, share) in enumerate(shares.items()):
        y = frame.top + 22 * at
        long = (frame.end - 60 - frame.left) * share
        drawn.append(words(clip(shown(key), 30), frame.left - 10, y + 4, text_anchor="end"))
        drawn.append(tag("rect", x=frame.left, y=y - 7, width=long, height=14, class_="share"))
        drawn.append(words(f"{share:.0%}", frame.left + long + 8, y + 4))
    return _svg(drawn, frame, "What decides who is among the best") if shares else ""


def slices(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A drawing for each searched field: what trials were worth by its value."""
    for key, about in found["search"].items():
        known = [
            one for one in found["trials"]
            if key in one["values"] and one["rounds"] and one["rounds"][-1] is not None
        ]  # fmt: skip
        if known:
            yield key, _slice(key, about, known)


def _slice(key: str, about: Mapping[str, Any], known: Sequence[Mapping[str, Any]]) -> str:
    frame = Frame(wide=_SMALL, high=230)
    up, drawn = _upward([one["rounds"][-1] for one in known], frame)
    right, marks = _axis(key, about, known, frame)
    for x, text in marks:
        drawn.append(words(clip(shown(text), 12), x, frame.base + 16, text_anchor="middle"))
    drawn += [_dot(right(one["values"][key]), up(one["rounds"][-1]), one) for one in known]
    return _figure(drawn, frame, key)


def _axis(
    key: str, about: Mapping[str, Any], known: Sequence[Mapping[str, Any]], frame: Frame
) -> tuple[Callable[[Any], float], list[tuple[float, str]]]:
    """Where a value of a field lies, and what stands under the axis."""
    if about["choices"] is not None:
        there = {str(one["values"][key]) for one in known}
        known_names = [str(label(one)) for one in about["choices"]]
        names = [name for name in dict.fromkeys([*known_names, *sorted(there)]) if name in there]
        spread = _linear(-0.5, len(names) - 0.5, frame.left, frame.end)
        where = {name: spread(at) for at, name in enumerate(names)}
        return (lambda value: where[str(value)]), [(where[name], name) for name in names]
    low, high = float(about["low"]), float(about["high"])
    if about["log"]:
        along = _linear(math.log(low), math.log(high), frame.left + 8, frame.end)
        marks = log_ticks(low, high)
        marks = marks[:: max(1, len(marks) // 5)]
        return (lambda value: along(math.log(value))), [
            (along(math.log(tick)), plain(tick)) for tick in marks
        ]
    along = _linear(low, high, frame.left + 8, frame.end)
    return along, [(along(tick), plain(tick)) for tick in ticks(low, high, 5)]


def front(found: Mapping[str, Any], name: str, under: str) -> str:
    """Accuracy against a cost, with intervals; the front is what noise does not exclude."""
    points = found["fronts"][name]
    if len(points) < 2:
        return ""
    frame = Frame(right=60)
    costs = [one["cost"] for one in points]
    low, high = min(costs), max(costs)
    air = 0.06 * (high - low) or max(0.1 * high, 1e-9)
    right = _linear(low - air, high + air, frame.left, frame.end)
    up, drawn = _upward([one[end] for one in points for end in ("low", "high")], frame)
    for tick in ticks(low, high, 6):
        text = seconds(tick) if name == "latency" else plain(tick)
        drawn.append(words(text, right(tick), frame.base + 16, text_anchor="middle"))
    named: list[Point] = []
    for one in points:
        x = right(one["cost"])
        kind = "whole" if one["on_front"] else "part"
        drawn.append(line(x, up(one["low"]), x, up(one["high"]), "reach"))
        drawn.append(tag("circle", cx=x, cy=up(one["value"]), r=5, class_=kind))
        spot = (x, up(one["value"]))
        crowded = any(abs(x - a) < 30 and abs(spot[1] - b) < 12 for a, b in named)
        if one["on_front"] and not crowded:  # the most accurate of those at one cost come first
            named.append(spot)
            drawn.append(words(clip(shown(one["name"]), 12), x + 8, spot[1] + 4))
    return _figure(drawn, frame, under)


# --- parts of a drawing --------------------------------------------------------------------------


def _dot(x: float, y: float, one: Mapping[str, Any]) -> str:
    """A trial: filled where it was trained for all its epochs, ringed where it was a finalist."""
    kind = "whole" if one["state"] == "complete" else "part"
    title = tag("title", f"trial {one['number']}: {one['rounds'][-1]:.2f}")
    ring = tag("circle", cx=x, cy=y, r=8, class_="ring") if one["final"] else ""
    return ring + tag("circle", title, cx=x, cy=y, r=4.5 if kind == "whole" else 3, class_=kind)


def _linear(low: float, high: float, start: float, end: float) -> Scale:
    span = high - low or 1.0
    return lambda value: start + (end - start) * (value - low) / span


def _upward(values: Sequence[float], frame: Frame) -> tuple[Scale, list[str]]:
    """A vertical axis of points with some air, and its grid."""
    low, high = min(values), max(values)
    air = max(0.05 * (high - low), 0.5)
    up = _linear(low - air, high + air, frame.base, frame.top)
    drawn = [line(frame.left, frame.base, frame.end, frame.base, "axis")]
    for tick in ticks(low - air, high + air, 5):
        drawn.append(line(frame.left, up(tick), frame.end, up(tick), "grid"))
        drawn.append(words(plain(tick), frame.left - 8, up(tick) + 4, text_anchor="end"))
    return up, drawn


def _numbers(right: Scale, last: int, frame: Frame) -> Iterator[str]:
    for tick in ticks(0.0, float(max(last, 1)), min(8, max(last, 1))):
        yield words(plain(tick), right(tick), frame.base + 16, text_anchor="middle")


def _figure(drawn: Sequence[str], frame: Frame, under: str) -> str:
    middle = (frame.left + frame.end) / 2
    axis = words(clip(shown(under), 80), middle, frame.high - 8, text_anchor="middle")
    return _svg([*drawn, axis], frame, under)


def _svg(drawn: Sequence[str], frame: Frame, said: str) -> str:
    return tag(
        "svg", "".join(drawn), viewBox=f"0 0 {frame.wide:g} {frame.high:g}", width=frame.wide,
        height=frame.high, role="img", aria_label=shown(said),
    )  # fmt: skip
