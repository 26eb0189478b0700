"""What a sweep found, as one page that opens offline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.sweep import charts, tables
from reports.charts.chart import Chart
from reports.html import environment, whole
from reports.strings import Note
from reports.table import Table
from reports.text import one_line

_TEMPLATE = Path(__file__).with_name("page.html")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page: a drawing with its numbers, or a table."""

    title: Note
    chart: Chart | None
    table: Table | None


def page(found: Mapping[str, Any]) -> bytes:
    """The page; what it says stands in `reports/strings.toml`.

    Args:
        found: the findings of a sweep.
    """
    return whole(
        environment(),
        _TEMPLATE,
        name=one_line(found["name"]),
        trials=str(len(found["trials"])),
        lead=tables.verdict(found),
        failed=tables.failed(found),
        above=list(_above(found)),
        slices=list(charts.slices(found)),
        below=list(_below(found)),
    )


def _above(found: Mapping[str, Any]) -> Iterator[Part]:
    """Who won, how it went, and what matters, as far as there is anything to show."""
    yield from _tabled(tables.finals(found))
    if (drawn := charts.history(found)) is not None:
        yield Part(drawn.title, drawn, None)
    yield from _tabled(tables.importances(found), charts.importances(found))


def _below(found: Mapping[str, Any]) -> Iterator[Part]:
    """The fronts, and every trial."""
    for name in ("latency", "length"):
        yield from _tabled(tables.front(found, name), charts.front(found, name))
    yield from _tabled(tables.trials(found, None))


def _tabled(titled: tables.Titled, chart: Chart | None = None) -> Iterator[Part]:
    """A part of the page; the table alone where there is no drawing that holds it."""
    title, table = titled
    if table.rows:
        yield Part(title, chart, table if chart is None else None)
