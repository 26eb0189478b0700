"""Just enough SVG: elements, axes and labels. Colours come from the page's own style sheet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from reports.strings import Note, say

Number = float | int


def tag(name: str, content: str = "", /, **attributes: str | Number) -> str:
    """One element; `class_` is `class`, an underscore a hyphen. `content` is SVG already."""
    texts = (
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{''.join(texts)}>{content}</{name}>"


def _value(value: str | Number) -> str:
    return escape(value) if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")


def words(text: str | Note, x: Number, y: Number, /, **attributes: str | Number) -> str:
    """A text; a `Note` carries its Chinese along for the language switch."""
    if isinstance(text, Note):
        english = escape(say(text, "en"))
        return tag("text", english, x=x, y=y, data_zh=say(text, "zh"), **attributes)
    return tag("text", escape(text), x=x, y=y, **attributes)


def line(x1: Number, y1: Number, x2: Number, y2: Number, kind: str) -> str:
    """A straight line of a style class."""
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=kind)


def path(points: Sequence[tuple[Number, Number]], kind: str, dash: str = "") -> str:
    """A line through points."""
    steps = " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    dashes = {"stroke_dasharray": dash} if dash else {}
    return tag("path", d=f"M{steps}", class_=kind, **dashes)


def figure(content: str, wide: Number, high: Number, title: Note) -> str:
    """The outermost element, named for those who hear the page."""
    english, chinese = say(title, "en"), say(title, "zh")
    return tag(
        "svg",
        content,
        viewBox=f"0 0 {_value(wide)} {_value(high)}",
        width=wide,
        height=high,
        role="img",
        aria_label=english,
        data_zh_aria_label=chinese,
    )


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers from `low` to `high`, at most about `most` of them."""
    if not high > low:
        return [low]
    rough = (high - low) / most
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= rough)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(step * at, 12) for at in range(first, last + 1)]


def log_ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 times powers of ten from `low` to `high`, both positive."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    every = [factor * 10.0**power for power in powers for factor in (1, 2, 5)]
    inside = [tick for tick in every if low <= tick <= high]
    return inside if len(inside) > 1 else ticks(low, high, 4)


def plain(value: float) -> str:
    """A tick's number without needless zeros."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
