"""What a bench found, as one page that opens offline: ECDF of latency, latency against load."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from harness.bench.bench import Found
from harness.bench.table import as_text
from harness.text.display import clip_middle, shown
from reports.block import TEMPLATES
from reports.svg import line, log_ticks, path, plain, tag, ticks, words
from reports.text import seconds

_WIDE, _HIGH, _LEFT, _RIGHT, _TOP, _BASE = 860, 340, 62, 640, 18, 292
# A line is told by its dashes as well as by its colour.
_DASHES = ("", "7 4", "2 3", "10 3 2 3", "1 5")
_COLOURS = ("#4a41c0", "#a8681a", "#1f7d76", "#b8322f", "#6f727a")
_STYLE = """
main { padding-top: 26px; } svg { max-width: 100%; height: auto; }
pre { overflow-x: auto; font: 12.5px/1.55 var(--mono); white-space: pre; }
text { fill: var(--soft); font: 12px var(--sans); } path { fill: none; stroke-width: 2; }
.grid { stroke: var(--line); } .axis { stroke: var(--firm); }
"""
Point = tuple[float, float]
Scale = Callable[[float], float]


def page(found: Found) -> str:
    """The page; it loads nothing and runs nothing."""
    style = (TEMPLATES / "page.css").read_text("utf-8") + _STYLE
    parts = [
        _section("Latency, one question at a time", _ecdf(found.curves)),
        _section("Latency against load", _against_load(found.result["entries"])),
        _section("Numbers", f"<pre>{escape(as_text(found.result))}</pre>"),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>podium bench</title><style>{style}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>\n"
    )


def _section(title: str, content: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{content}</section>" if content else ""


def _ecdf(curves: Mapping[str, Sequence[float]]) -> str:
    """The share of questions answered within a time, a step for each question."""
    every = [value for values in curves.values() for value in values if value > 0]
    if not every:
        return ""
    right, up = _log_scale(min(every), max(every)), _linear(0.0, 1.0)
    drawn = [*_grid_x(right, every), *_grid_y(up, ticks(0.0, 1.0, 5), lambda share: f"{share:.0%}")]
    for at, (name, values) in enumerate(curves.items()):
        drawn += _curve(at, name, [(right(x), up(y)) for x, y in _steps(values)])
    return _figure(drawn, "Share of questions answered within a time (log scale)")


def _steps(values: Sequence[float]) -> Iterator[Point]:
    """The corners of an empirical distribution function of sorted values."""
    for at, value in enumerate(values):
        yield value, at / len(values)
        yield value, (at + 1) / len(values)


def _against_load(entries: Sequence[Mapping[str, Any]]) -> str:
    """Median and 95th percentile against arrivals a second; at 0 what one alone takes."""
    lines: list[tuple[int, str, list[Point]]] = []
    for at, entry in enumerate(entries):
        if entry["latency"] is None or not entry["loaded"]:
            continue
        for name in ("p50_s", "p95_s"):
            alone = (0.0, float(entry["latency"][name]))
            busy = [(float(level["rate"]), float(level[name])) for level in entry["loaded"]]
            lines.append((at, f"{name[:3]} {entry['name']}", [alone, *busy]))
    if not lines:
        return ""
    points = [point for _, _, found in lines for point in found]
    high, most = max(y for _, y in points), max(x for x, _ in points)
    right = _linear(0.0, most, _LEFT, _RIGHT)
    up = _linear(0.0, high * 1.05)
    drawn = _grid_y(up, ticks(0.0, high, 5), seconds)
    for tick in ticks(0.0, most, 6):
        drawn.append(words(plain(tick), right(tick), _BASE + 18, text_anchor="middle"))
    for place, (at, name, found) in enumerate(lines):
        spots = [(right(x), up(y)) for x, y in found]
        drawn += _curve(at, name, spots, place, thin=name.startswith("p95"))
        drawn += [tag("circle", cx=x, cy=y, r=3, fill=_COLOURS[at % 5]) for x, y in spots]
    return _figure(drawn, "Arrivals a second (Poisson, open loop); at 0 one question at a time")


def _linear(low: float, high: float, start: float = _BASE, end: float = _TOP) -> Scale:
    span = (high - low) or 1.0
    return lambda value: start + (end - start) * (value - low) / span


def _log_scale(low: float, high: float) -> Scale:
    """A logarithmic axis with some air on both sides."""
    from math import log

    air = max(0.05 * log(high / low), 0.02)
    return _linear_of_log(log(low) - air, log(high) + air)


def _linear_of_log(low: float, high: float) -> Scale:
    from math import log

    along = _linear(low, high, _LEFT, _RIGHT)
    return lambda value: along(log(value))


def _grid_x(right: Scale, values: Sequence[float]) -> list[str]:
    return [
        words(seconds(tick), right(tick), _BASE + 18, text_anchor="middle")
        for tick in log_ticks(min(values), max(values))
    ]


def _grid_y(up: Scale, at: Sequence[float], text: Callable[[float], str]) -> list[str]:
    drawn = []
    for tick in at:
        drawn.append(line(_LEFT, up(tick), _RIGHT, up(tick), "grid" if tick else "axis"))
        drawn.append(words(text(tick), _LEFT - 8, up(tick) + 4, text_anchor="end"))
    return drawn


def _curve(
    at: int, name: str, points: Sequence[Point], place: int | None = None, *, thin: bool = False
) -> list[str]:
    """A line in the colour and dashes of an entry, and its line of the legend."""
    colour, y = _COLOURS[at % 5], _TOP + 10 + 20 * (at if place is None else place)
    dash = "3 3" if thin else _DASHES[at % 5]
    key = [(_RIGHT + 16, y), (_RIGHT + 46, y)]
    drawn = [tag("g", path(points, "drawn", dash) + path(key, "drawn", dash), stroke=colour)]
    drawn.append(words(clip_middle(shown(name.replace("http://", "")), 24), _RIGHT + 52, y + 4))
    return drawn


def _figure(drawn: Sequence[str], label: str) -> str:
    axis = words(label, (_LEFT + _RIGHT) / 2, _BASE + 40, text_anchor="middle")
    return tag(
        "svg", "".join(drawn) + axis, viewBox=f"0 0 {_WIDE} {_HIGH}", width=_WIDE, height=_HIGH,
        role="img", aria_label=label,
    )  # fmt: skip
