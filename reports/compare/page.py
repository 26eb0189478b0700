"""A comparison as one page of HTML that asks nothing of any host and works without a script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reports.compare import tables, verdict
from reports.compare.chart import bars
from reports.html import environment, whole
from reports.strings import Note
from reports.text import DASH, cut, one_line, seconds, visible

if TYPE_CHECKING:
    from reports.charts.chart import Chart
    from reports.compare.comparison import Against, Comparison
    from reports.compare.flips import Flip, Said
    from reports.table import Table

PAGE = "compare.html"
_TEMPLATE = Path(__file__).with_name("page.html")
_FLIPS = 300  # of one comparison; compare.json has all
_ANSWER = 4000  # characters of one answer
_WHOLE = "; the whole is in compare.json"
_RIGHT, _HALF = 1.0, 0.5


@dataclass(frozen=True, slots=True)
class Reply:
    """One side of a flip as the page shows it."""

    place: str
    name: str
    letter: str
    sign: str
    text: str | Note
    found: str
    cut_off: bool
    seconds: str
    tokens: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A flip as the page shows it."""

    won: bool
    question: str
    family: str
    gold: str
    reference: str
    replies: tuple[Reply, Reply]


@dataclass(frozen=True, slots=True)
class Section:
    """One run against the first: its tables, chart and flips, and how many flips are not shown."""

    name: str
    verdict: Note
    call: str
    hits: Note
    differences: Table
    chart: Chart | None
    flips: tuple[Shown, ...]
    counts: Note
    more: Note | None


def page(compared: Comparison) -> bytes:
    """The page."""
    levers = [
        (label, tables.levers(compared, found)) for label, found in compared.levers.items() if found
    ]
    return whole(
        environment(),
        _TEMPLATE,
        compared=compared,
        suite=compared.first.run.summary.suite,
        count=f"{len(compared.first.run.answers):,}",
        title=Note("compare_with", {"name": one_line(compared.first.label)}),
        sections=[_section(compared, other) for other in compared.others],
        cautions=verdict.cautions(compared),
        levers=levers,
        formula=compared.first.run.summary.scoring.formula,
    )


def _section(compared: Comparison, other: Against) -> Section:
    names = (compared.first.label, other.side.label)
    won = sum(flip.won for flip in other.flips)
    values = {"a": one_line(names[0]), "b": one_line(names[1])}
    counts = {"lost": f"{len(other.flips) - won:,}", "won": f"{won:,}"}
    many = {"shown": f"{_FLIPS:,}", "all": f"{len(other.flips):,}"}
    return Section(
        name=one_line(other.side.label),
        verdict=verdict.verdict(compared, other),
        call=other.call,
        hits=verdict.hits(compared, other),
        differences=tables.differences(compared, other),
        chart=bars(compared, other) if other.causes else None,
        flips=tuple(_shown(flip, names) for flip in _first(other.flips)),
        counts=Note("compare_flips_of", {**values, **counts}),
        more=Note("compare_flips_first", many) if len(other.flips) > _FLIPS else None,
    )


def _first(flips: tuple[Flip, ...]) -> Iterator[Flip]:
    """Up to `_FLIPS`, of both kinds where there are both."""
    lost = [flip for flip in flips if not flip.won]
    won = [flip for flip in flips if flip.won]
    half = max(_FLIPS // 2, _FLIPS - len(won))
    yield from lost[:half]
    yield from won[: _FLIPS - min(half, len(lost))]


def _shown(flip: Flip, names: tuple[str, str]) -> Shown:
    first, second = (
        _reply(place, one_line(name), said)
        for place, name, said in zip("AB", names, (flip.first, flip.second), strict=True)
    )
    return Shown(
        won=flip.won,
        question=visible(flip.question) or one_line(flip.id),
        family=one_line(flip.family),
        gold=visible(flip.gold),
        reference=visible(flip.reference),
        replies=(first, second),
    )


def _reply(place: str, name: str, said: Said) -> Reply:
    text = visible(cut(said.text, _ANSWER, _WHOLE))
    letter = "r" if said.correct >= _RIGHT else "w" if said.correct < _HALF else "p"
    return Reply(
        place=place,
        name=name,
        letter=letter,
        sign={"r": "✓", "w": "✗", "p": "◐"}[letter],
        text=text if text.strip() else Note("said_nothing"),
        found=visible(said.found),
        cut_off=said.cut_off,
        seconds=seconds(said.seconds),
        tokens=DASH if said.tokens is None else f"{said.tokens:,} tok",
    )
