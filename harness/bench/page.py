"""What a bench found, as one page that opens offline: ECDF of latency, latency against load."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.bench.bench import Found, noticed
from harness.bench.table import about, alone, limit, loaded
from reports.charts.axes import Point, linear
from reports.charts.chart import Chart
from reports.charts.ecdf import ecdf
from reports.charts.plot import BASE, LEFT, RIGHT, curve, grid, plotted, spots, upward
from reports.html import environment, whole
from reports.strings import Note
from reports.svg import plain, ticks, words
from reports.text import DASH, one_line, percent, seconds

_TEMPLATE = Path(__file__).with_name("page.html")


def page(found: Found) -> bytes:
    """The page; what it says stands in `reports/strings.toml`."""
    result = found.result
    charts = (ecdf(_named(found.curves)), _against_load(result["entries"]))
    return whole(
        environment(),
        _TEMPLATE,
        about=about(result),
        leads=list(_leads(result)),
        noticed=noticed(result),
        alone=alone(result),
        loaded=loaded(result),
        limit=limit(result),
        charts=[chart for chart in charts if chart is not None],
    )


def _leads(result: Mapping[str, Any]) -> Iterator[Note]:
    """How long each entry took beside the reference, a sentence each."""
    reference = one_line(_short(result["reference"]))
    for entry in result["entries"]:
        found = entry["relative"]
        if found is not None:
            ends = {name: f"{found[name]:.3f}" for name in ("value", "low", "high")}
            names = {"b": one_line(_short(entry["name"])), "a": reference}
            yield Note(f"bench_lead_{found['call'].replace(' ', '_')}", {**names, **ends})


def _short(name: str) -> str:
    """An address without what all of them begin with."""
    return name.replace("http://", "")


def _named(curves: Mapping[str, Sequence[float]]) -> dict[str, list[float]]:
    return {_short(name): [one for one in values if one > 0] for name, values in curves.items()}


def _against_load(entries: Sequence[Mapping[str, Any]]) -> Chart | None:
    """Median and 95th percentile against arrivals a second; at 0 what one alone takes."""
    busy = [(at, one) for at, one in enumerate(entries) if one["latency"] and one["loaded"]]
    if not busy:
        return None
    title = Note("chart_load")
    return Chart(
        title=title,
        help=Note("chart_load_help"),
        drawing=plotted(list(_lines(busy)), Note("axis_load"), title),
        headings=(Note("entry"), Note("arrivals"), Note("p50"), Note("p95"), Note("within")),
        rows=tuple(row for _, entry in busy for row in _rows(entry)),
    )


def _lines(busy: Sequence[tuple[int, Mapping[str, Any]]]) -> Iterator[str]:
    lines: list[tuple[int, str, list[Point]]] = []
    for at, entry in busy:
        for name in ("p50_s", "p95_s"):
            alone_s = (0.0, float(entry["latency"][name]))
            under = [(float(level["rate"]), float(level[name])) for level in entry["loaded"]]
            lines.append((at, f"{name[:3]} {_short(entry['name'])}", [alone_s, *under]))
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
    name, taken = one_line(entry["name"]), entry["latency"]
    yield name, "0", seconds(taken["p50_s"]), seconds(taken["p95_s"]), DASH
    for level in entry["loaded"]:
        yield (
            name, f"{level['rate']:.3g}", seconds(level["p50_s"]), seconds(level["p95_s"]),
            percent(level["within"]),
        )  # fmt: skip
