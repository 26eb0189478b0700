"""Scores as bars with intervals, and ranks as small lines of places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.charts.chart import WIDE, Chart, name_of
from reports.columns import scored
from reports.strings import Note
from reports.summary import PARTS
from reports.svg import figure, line, plain, tag, words
from reports.text import one_line, points

if TYPE_CHECKING:
    from reports.board import Entry, Leaderboard

_DRAWN = 40  # entries, the tables hold all
_LEFT, _RIGHT, _ROW = 200, 720, 30


def bars(board: Leaderboard) -> Chart:
    """The ranking score of each entry, built from its parts, with its interval."""
    entries = board.entries[:_DRAWN]
    high = len(entries) * _ROW + 34
    rows = "".join(_bar(board, entry, 6 + at * _ROW) for at, entry in enumerate(entries))
    title = Note(f"chart_{board.basis}")
    headings = (Note("entry"), Note(board.basis), Note("low"), Note("high"))
    parts = _parts(board)
    return Chart(
        title=title,
        help=Note("chart_total_help") if parts else Note("AS_long"),
        drawing=figure(_scale(high) + rows, WIDE, high, title),
        headings=(*headings, *(Note("share_of", {"part": part}) for part in parts)),
        rows=tuple(_bar_row(board, entry) for entry in entries),
        drawn=_DRAWN if len(board.entries) > _DRAWN else None,
    )


def _across(value: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * value / 100


def _scale(high: float) -> str:
    marks = (
        line(_across(tick), 0, _across(tick), high - 24, "grid")
        + words(plain(tick), _across(tick), high - 8, class_="tick", text_anchor="middle")
        for tick in range(0, 101, 20)
    )
    return "".join(marks)


def _bar(board: Leaderboard, entry: Entry, top: float) -> str:
    main = entry.main(board.basis)
    middle = top + _ROW / 2
    name = words(name_of(entry), _LEFT - 10, middle + 4, class_="name", text_anchor="end")
    text = words(scored(main), _RIGHT + 10, middle + 4, class_="figure")
    if main is None:
        return name + text
    start, blocks = 0.0, ""
    for part, share in _shares(board, entry):
        free = _across(min(start + share, main.low))
        blocks += _block(part, (_across(start), _across(start + share), free), share, top + 5)
        start += share
    low, high = _across(main.low), _across(main.high)
    return name + blocks + _whisker(low, high, middle) + text


def _parts(board: Leaderboard) -> tuple[str, ...]:
    """The parts that the bars are built from; accuracy alone has none."""
    return {"total": PARTS, "AS+AE": ("AS", "AE"), "AS": ()}[board.basis]


def _shares(board: Leaderboard, entry: Entry) -> list[tuple[str, float]]:
    """What each part adds to the bar, in points."""
    weights = entry.summary.weights(board.basis)
    found = [(part, weights.get(part), entry.summary.parts[part]) for part in PARTS]
    return [(part, w * score.value) for part, w, score in found if w is not None and score]


def _block(part: str, span: tuple[float, float, float], share: float, top: float) -> str:
    """A block from left to right, labelled where the interval leaves room up to `free`."""
    left, right, free = span
    wide = max(0.0, right - left - 1)  # a hair of paper between two blocks
    block = tag("rect", x=left, y=top, width=wide, height=_ROW - 10, class_=f"part-{part}")
    if free - left < 58:
        return block
    return block + words(f"{part} {points(share)}", left + 7, top + 14, class_="inside")


def _whisker(low: float, high: float, middle: float) -> str:
    return line(low, middle, high, middle, "whisker") + "".join(
        line(x, middle - 4, x, middle + 4, "whisker") for x in (low, high)
    )


def _bar_row(board: Leaderboard, entry: Entry) -> tuple[str, ...]:
    main = entry.main(board.basis)
    values = (main.value, main.low, main.high) if main else (None, None, None)
    shares = dict(_shares(board, entry))
    return (
        one_line(entry.label),
        *(points(value) for value in values),
        *(points(shares.get(part)) for part in _parts(board)),
    )


def rank_mark(entry: Entry, size: int) -> str:
    """A small line of places: the range that is open, and where the entry stands among `size`."""
    if entry.rank is None or size < 2:
        return ""
    wide, high = 76, 14
    step = (wide - 12) / (size - 1)
    best, worst = (6 + step * (place - 1) for place in entry.rank)
    drawing = line(3, 7, wide - 3, 7, "grid") + line(best, 7, worst, 7, "range")
    drawing += tag("circle", cx=6 + step * (entry.place - 1), cy=7, r=3.5, class_="dot")
    return tag(
        "svg", drawing, viewBox=f"0 0 {wide} {high}", width=wide, height=high, aria_hidden="true"
    )
