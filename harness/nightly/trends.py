"""A night as one page that opens offline: what it says, and every gate over the nights."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from harness.nightly.changes import change_points, levels
from harness.nightly.evidence import GATES, Gate
from harness.nightly.history import History, Night
from harness.nightly.night import Report
from harness.nightly.told import as_text
from reports.block import TEMPLATES
from reports.svg import line, path, plain, tag, ticks, words
from reports.text import visible

_WIDE, _HIGH, _LEFT, _TOP, _BASE = 860, 190, 62, 16, 158
#: Nights that a chart shows; older ones are in the history.
_NIGHTS = 400
_STYLE = """
main { padding-top: 26px; } svg { max-width: 100%; height: auto; }
pre { overflow-x: auto; font: 12.5px/1.55 var(--mono); white-space: pre; }
text { fill: var(--soft); font: 12px var(--sans); } path { fill: none; stroke-width: 1.5; }
.line { stroke: #4a41c0; } .level { stroke: #a8681a; stroke-width: 2.5; }
.grid { stroke: var(--line); } .axis, .change { stroke: var(--firm); }
.change { stroke-dasharray: 3 3; } .red { fill: #b8322f; }
"""
_UNITS = {"AS": "AS, points", "AE": "AE, points", "time": "time, seconds or × the reference"}


def page(report: Report, history: History) -> str:
    """The page; it loads nothing and runs nothing."""
    style = (TEMPLATES / "page.css").read_text("utf-8") + _STYLE
    entries = dict.fromkeys(one.entry for one in report.gates)
    parts = [f"<section><h2>podium nightly</h2><pre>{escape(as_text(report))}</pre></section>"]
    parts += [_section(entry, history.of(entry)) for entry in entries]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>podium nightly</title><style>{style}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>\n"
    )


def _section(entry: str, nights: Sequence[Night]) -> str:
    charts = "".join(_chart(gate, nights) for gate in GATES)
    return f"<section><h2>{escape(visible(entry))}</h2>{charts}</section>"


def _chart(gate: Gate, nights: Sequence[Night]) -> str:
    """One gate over the nights, with its change points and the nights that were red."""
    kept = [night for night in nights if gate in night.means][-_NIGHTS:]
    if len(kept) < 2:
        return ""
    values = [_shown(gate, night) for night in kept]
    points = change_points(values)
    low, high = min(values), max(values)
    margin = 0.05 * (high - low) or 0.05 * abs(high) or 1.0
    low, high = low - margin, high + margin

    def across(at: float) -> float:
        return _LEFT + at * (_WIDE - _LEFT - 12) / (len(kept) - 1)

    def up(value: float) -> float:
        return _BASE - (value - low) / (high - low) * (_BASE - _TOP)

    marks = ticks(low, high, 4)
    drawn = [line(_LEFT, up(tick), _WIDE, up(tick), "grid") for tick in marks]
    drawn += [words(plain(tick), _LEFT - 8, up(tick) + 4, text_anchor="end") for tick in marks]
    drawn.append(path([(across(at), up(value)) for at, value in enumerate(values)], "line"))
    ends = [0, *points, len(values)]
    for place, level in enumerate(levels(values, points)):
        first, last = ends[place], ends[place + 1] - 1
        drawn.append(path([(across(first), up(level)), (across(last), up(level))], "level"))
    for at in points:
        drawn += [line(across(at), _TOP, across(at), _BASE, "change")]
        drawn += [words(visible(kept[at].night), across(at) + 3, _TOP + 8)]
    drawn += [
        tag("circle", cx=across(at), cy=up(values[at]), r=4, class_="red")
        for at, night in enumerate(kept)
        if night.calls.get(gate) == "regressed"
    ]
    drawn += [words(visible(kept[0].night), _LEFT, _HIGH - 12)]
    drawn += [words(visible(kept[-1].night), _WIDE, _HIGH - 12, text_anchor="end")]
    title = _UNITS[gate]
    box = f"0 0 {_WIDE} {_HIGH}"
    svg = tag("svg", "".join(drawn), viewBox=box, role="img", aria_label=title)
    told = "".join(f"<li>{escape(one)}</li>" for one in _changes(kept, values, points))
    return f"<h3>{escape(title)}</h3>{svg}<ul>{told}</ul>"


def _changes(
    nights: Sequence[Night], values: Sequence[float], points: Sequence[int]
) -> Iterator[str]:
    """The change points in words, since colour and lines never speak alone."""
    found = levels(values, points)
    for place, at in enumerate(points):
        yield f"{visible(nights[at].night)}: from {found[place]:.3g} to {found[place + 1]:.3g}"
    reds = [night.night for night in nights if "regressed" in night.calls.values()]
    if reds:
        yield f"red nights: {len(reds)}, the last of them {visible(reds[-1])}"


def _shown(gate: Gate, night: Night) -> float:
    return math.exp(night.means[gate]) if gate == "time" else night.means[gate]
