"""Every difference between two entries with its interval, in one drawing, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from harness.text.display import clip_middle
from reports import pairs
from reports.charts.axes import linear
from reports.charts.chart import WIDE, Chart
from reports.strings import Note
from reports.svg import figure, line, plain, tag, ticks, words
from reports.text import one_line, points

if TYPE_CHECKING:
    from reports.board import Leaderboard

_LEFT, _RIGHT, _ROW, _TOP = 330, 706, 18, 8


@dataclass(frozen=True, slots=True)
class Differences:
    """The drawing, the sentence over it, and how many pairs are not shown."""

    told: Note
    chart: Chart
    left_out: int


def view(board: Leaderboard) -> Differences | None:
    """All pairs of a board, as many as people are shown; `None` where there is none."""
    rows = list(islice(pairs.rows(board), pairs.SHOWN))
    if not rows:
        return None
    places = {entry.label: entry.place for entry in board.entries}
    hint = Note("pairs_help_wordings" if board.first.summary.wordings else "pairs_help")
    chart = _chart(rows, places, hint)
    return Differences(told(board), chart, len(board.ranking.pairs) - len(rows))


def told(board: Leaderboard) -> Note:
    """Whether these questions tell any two entries apart, in a sentence."""
    n, apart = len(board.ranking.pairs), board.ranking.apart
    if board.ranking.fixed:
        return Note("pairs_fixed")
    if n == 1:
        return Note("pair_apart" if apart else "pair_open")
    if apart in (0, n):
        return Note("pairs_all" if apart else "pairs_none", {"n": f"{n:,}"})
    return Note("pairs_some", {"apart": f"{apart:,}", "n": f"{n:,}"})


def _chart(rows: Sequence[pairs.Row], places: Mapping[str, int], hint: Note) -> Chart:
    title = Note("every_pair")
    return Chart(
        title=title,
        help=hint,
        drawing=figure("".join(_drawn(rows, places)), WIDE, _base(rows) + 26, title),
        headings=(
            Note("better"), Note("other"), Note("difference"), Note("low"), Note("high"),
            Note("detectable_short"), Note("p_holm"), Note("apart"),
        ),
        rows=tuple(
            (one_line(row.first), one_line(row.second),
             *map(points, (row.value, row.low, row.high, row.detectable)),
             f"{row.p:.3f}", "✓" if row.apart else "–")
            for row in rows
        ),
    )  # fmt: skip


def _base(rows: Sequence[pairs.Row]) -> float:
    return _TOP + _ROW * len(rows) + 4


def _drawn(rows: Sequence[pairs.Row], places: Mapping[str, int]) -> Iterator[str]:
    low, high = min(0.0, *(row.low for row in rows)), max(0.0, *(row.high for row in rows))
    across, base = linear(low, high, _LEFT, _RIGHT), _base(rows)
    for tick in ticks(low, high):
        x = across(tick)
        yield line(x, _TOP, x, base, "grid" if tick else "zero")
        yield words(plain(tick), x, base + 15, class_="tick", text_anchor="middle")
    for at, row in enumerate(rows):
        y = _TOP + _ROW * (at + 0.5)
        yield words(_named(row, places), _LEFT - 12, y + 4, class_="name", text_anchor="end")
        yield line(across(row.low), y, across(row.high), y, "whisker" if row.apart else "reach")
        yield tag("circle", cx=across(row.value), cy=y, r=4, class_="dot" if row.apart else "spot")
        yield words(_figures(row), _RIGHT + 12, y + 4, class_="figure" if row.apart else "tick")


def _named(row: pairs.Row, places: Mapping[str, int]) -> str:
    """Both with their places: names that begin alike are clipped alike."""
    both = (row.first, row.second)
    return " − ".join(f"{places[name]} {clip_middle(one_line(name), 19)}" for name in both)


def _figures(row: pairs.Row) -> str:
    return f"{points(row.value)} [{points(row.low)}, {points(row.high)}]"
