"""What a bench found, as one page that opens offline: ECDF of latency, latency against load."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from harness.bench.bench import Found
from harness.bench.table import as_text
from reports.block import TEMPLATES
from reports.charts.chart import Chart
from reports.charts.ecdf import ecdf
from reports.charts.plot import (
    BASE,
    LEFT,
    RIGHT,
    Point,
    curve,
    grid,
    linear,
    plotted,
    spots,
    upward,
)  # fmt: skip
from reports.strings import Note, say
from reports.svg import plain, ticks, words
from reports.text import DASH, one_line, percent, seconds

_STYLE = """
main { padding-top: 26px; }
pre { overflow-x: auto; font: 12.5px/1.55 var(--mono); white-space: pre; }
"""


def page(found: Found) -> str:
    """The page; it loads nothing and runs nothing."""
    style = (TEMPLATES / "page.css").read_text("utf-8") + _STYLE
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    text = escape(as_text(found.result))
    numbers = f'<pre tabindex="0" role="region" aria-label="Numbers">{text}</pre>'
    charts = (ecdf(_named(found.curves)), _against_load(found.result["entries"]))
    parts = [*(_drawn(chart) for chart in charts if chart), f"<h2>Numbers</h2>{numbers}"]
    sections = "".join(f"<section>{part}</section>" for part in parts)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" '
        f"content=\"default-src 'none'; style-src 'sha256-{digest}'; img-src data:\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f'<title>podium bench</title><link rel="icon" href="data:,"><style>{style}</style></head>'
        f"<body><main><h1>Latency</h1>{sections}</main></body></html>\n"
    )


def _named(curves: Mapping[str, Sequence[float]]) -> dict[str, list[float]]:
    return {
        name.replace("http://", ""): [value for value in values if value > 0]
        for name, values in curves.items()
    }


def _drawn(chart: Chart) -> str:
    """A chart with its table folded under it."""
    heads = "".join(f'<th scope="col">{escape(say(head))}</th>' for head in chart.headings)
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in chart.rows
    )
    return (
        f"<h2>{escape(say(chart.title))}</h2><figure>"
        f'<div class="scroll" tabindex="0">{chart.drawing}</div>'
        f"<figcaption>{escape(say(chart.help))}</figcaption>"
        f'<details class="twin"><summary>{escape(say(Note("numbers")))}</summary>'
        f'<div class="scroll" tabindex="0"><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div></details></figure>"
    )


def _against_load(entries: Sequence[Mapping[str, Any]]) -> Chart | None:
    """Median and 95th percentile against arrivals a second; at 0 what one alone takes."""
    loaded = [(at, one) for at, one in enumerate(entries) if one["latency"] and one["loaded"]]
    if not loaded:
        return None
    title = Note("chart_load")
    return Chart(
        title=title,
        help=Note("chart_load_help"),
        drawing=plotted(list(_lines(loaded)), Note("axis_load"), title),
        headings=(Note("entry"), Note("arrivals"), "p50", "p95", Note("within")),
        rows=tuple(row for _, entry in loaded for row in _rows(entry)),
    )


def _lines(loaded: Sequence[tuple[int, Mapping[str, Any]]]) -> Iterator[str]:
    lines: list[tuple[int, str, list[Point]]] = []
    for at, entry in loaded:
        for name in ("p50_s", "p95_s"):
            alone = (0.0, float(entry["latency"][name]))
            busy = [(float(level["rate"]), float(level[name])) for level in entry["loaded"]]
            lines.append((at, f"{name[:3]} {entry['name'].replace('http://', '')}", [alone, *busy]))
    points = [point for _, _, found in lines for point in found]
    high, most = max(y for _, y in points), max(x for x, _ in points)
    right, up = linear(0.0, most, LEFT, RIGHT), upward(0.0, high * 1.05)
    yield from grid(up, ticks(0.0, high, 5), lambda at: seconds(at) if at else "0")
    for tick in ticks(0.0, most, 6):
        yield words(plain(tick), right(tick), BASE + 18, class_="tick", text_anchor="middle")
    for place, (at, name, found) in enumerate(lines):
        placed = [(right(x), up(y)) for x, y in found]
        yield from curve(at, name, placed, place, thin=name.startswith("p95"))
        yield from spots(at, placed)


def _rows(entry: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    name, alone = one_line(entry["name"]), entry["latency"]
    yield name, "0", seconds(alone["p50_s"]), seconds(alone["p95_s"]), DASH
    for level in entry["loaded"]:
        yield (
            name, f"{level['rate']:.3g}", seconds(level["p50_s"]), seconds(level["p95_s"]),
            percent(level["within"]),
        )  # fmt: skip
