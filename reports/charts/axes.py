"""Two axes of a drawing: where values lie, and the numbers beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from harness.text.display import width
from reports.charts.chart import WIDE
from reports.strings import Note
from reports.svg import figure, line, words

Point = tuple[float, float]
Scale = Callable[[float], float]
_LETTER = 6.8  # units that a column of text takes at the size of a tick


def linear(low: float, high: float, start: float, end: float) -> Scale:
    """An axis that puts `low` at `start` and `high` at `end`."""
    span = (high - low) or 1.0
    return lambda value: start + (end - start) * (value - low) / span


@dataclass(frozen=True, slots=True)
class Axes:
    """Where a drawing has its axes, in its own units.

    Args:
        wide, high: of the whole drawing.
        left, right, top, foot: room around what is drawn between the axes.
    """

    wide: float = WIDE
    high: float = 300.0
    left: float = 54.0
    right: float = 24.0
    top: float = 28.0
    foot: float = 44.0

    @property
    def base(self) -> float:
        """The height of the horizontal axis."""
        return self.high - self.foot

    @property
    def end(self) -> float:
        """Where it ends."""
        return self.wide - self.right

    def along(self, low: float, high: float) -> Scale:
        """The horizontal axis."""
        return linear(low, high, self.left, self.end)

    def upward(self, low: float, high: float) -> Scale:
        """The vertical axis."""
        return linear(low, high, self.base, self.top)

    def rungs(self, up: Scale, at: Sequence[float], text: Callable[[float], str]) -> Iterator[str]:
        """Lines across, with their numbers."""
        for tick in at:
            yield line(self.left, up(tick), self.end, up(tick), "grid")
            yield words(text(tick), self.left - 8, up(tick) + 4, class_="tick", text_anchor="end")

    def feet(self, marks: Iterable[tuple[float, str]]) -> Iterator[str]:
        """The horizontal axis with its marks from left to right; a text that has no room goes."""
        yield line(self.left, self.base, self.end, self.base, "axis")
        free = 0.0
        for x, text in marks:
            half = _LETTER * width(text) / 2
            middle = min(max(x, half), self.wide - half)
            if middle - half < free:
                continue
            free = middle + half + 8
            yield line(x, self.base, x, self.base + 4, "axis")
            yield words(text, middle, self.base + 17, class_="tick", text_anchor="middle")

    def titles(self, up: Note, across: Note | str = "") -> Iterator[str]:
        """What the axes are: the vertical one above it, the horizontal one below."""
        yield words(up, 2, 12, class_="tick")
        if across:
            middle = (self.left + self.end) / 2
            yield words(across, middle, self.high - 8, class_="tick", text_anchor="middle")

    def figure(self, drawn: Iterable[str], title: Note) -> str:
        """The whole drawing, named for those who hear the page."""
        return figure("".join(drawn), self.wide, self.high, title)
