"""The score while training, drawn below the loss over the same steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from reports.charts.chart import SIDE, WIDE
from reports.strings import Note
from reports.svg import line, path, plain, tag, ticks, words
from reports.text import DASH, few, one_line, points

if TYPE_CHECKING:
    from reports.board import Entry

DASHES = ("", "7 3", "2 3", "9 3 2 3", "4 4", "12 4", "2 6", "6 2 2 2")
END = WIDE - 190  # where the steps end and the names begin
HIGH_WITH_SCORE = 500
_TOP, _BASE = 318, 458
_NAMED = 3


def step_axis(across: Callable[[float], float], last: float, y: float) -> Iterator[str]:
    """The numbers of the steps."""
    for tick in ticks(0, last):
        yield words(plain(tick), across(tick), y, class_="tick", text_anchor="middle")
    yield words(Note("step"), END, y + 18, class_="tick", text_anchor="end")


def score_panel(entries: Sequence[Entry], across: Callable[[float], float], last: float) -> str:
    """Scores from 0 to 100, an entry in the line and dash of its loss; its best has a ring."""
    drawn = [words(Note("probe_AS"), SIDE, _TOP - 12, class_="tick")]
    for tick in (0, 25, 50, 75, 100):
        kind = "grid" if tick else "axis"
        drawn.append(line(SIDE, _up(tick), END, _up(tick), kind))
        drawn.append(words(plain(tick), SIDE - 8, _up(tick) + 4, class_="tick", text_anchor="end"))
    drawn += step_axis(across, last, _BASE + 18)
    for at, entry in enumerate(entries):
        drawn += _curve(entry, at, across)
    return "".join(drawn)


def _up(score: float) -> float:
    return _BASE - (_BASE - _TOP) * score / 100


def _curve(entry: Entry, at: int, across: Callable[[float], float]) -> Iterator[str]:
    probe = entry.run.probe
    if probe is None:
        return
    spots = [(step, across(step), _up(score)) for step, score in probe.scores]
    yield path([(x, y) for _, x, y in spots], f"curve line-{at}", DASHES[at])
    for step, x, y in spots:
        if step == probe.best:
            yield tag("circle", cx=x, cy=y, r=5, class_="spot best")
        yield tag("circle", cx=x, cy=y, r=2, class_=f"line-{at}")


def score_rows(entry: Entry) -> Iterator[tuple[str, ...]]:
    """Every score of an entry, for the table beside the drawing."""
    probe = entry.run.probe
    for step, score in () if probe is None else probe.scores:
        mark = " ★" if probe is not None and step == probe.best else ""
        yield one_line(entry.label), f"{step:,}", DASH, f"{points(score)}{mark}"


def score_help(entries: Sequence[Entry]) -> Note:
    """What is drawn, and what one answer is worth."""
    worth = {f"{points(100 / probe.n)}" for entry in entries if (probe := entry.run.probe)}
    return Note("chart_loss_score_help", {"list": few(sorted(worth), _NAMED)})
