"""Marks small enough for a table cell, beside the number that they draw."""

from __future__ import annotations

from reports.svg import line, tag

_WIDE, _HIGH = 96, 12


def meter(share: float, kind: str, mark: float | None = None) -> str:
    """A bar of a share of 0 to 1 in a style class; `mark` is another share, drawn as a tick."""
    drawing = line(0, _HIGH - 0.5, _WIDE, _HIGH - 0.5, "grid")
    drawing += tag("rect", x=0, y=2, width=_WIDE * share, height=_HIGH - 3, class_=kind)
    if mark is not None:
        at = min(max(_WIDE * mark, 0.75), _WIDE - 0.75)
        drawing += line(at, 0, at, _HIGH, "whisker")
    box = f"0 0 {_WIDE} {_HIGH}"
    return tag("svg", drawing, viewBox=box, width=_WIDE, height=_HIGH, aria_hidden="true")
