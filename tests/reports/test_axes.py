"""Axes: numbers beside them that keep apart, and stay inside the drawing."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from reports.charts.axes import Axes, linear
from reports.strings import Note

TEXT = re.compile(r'<text x="([^"]*)"[^>]*>([^<]*)</text>')


def placed(marks: list[tuple[float, str]]) -> list[tuple[float, str]]:
    drawn = "".join(Axes(wide=360).feet(marks))
    return [(float(x), text) for x, text in TEXT.findall(drawn)]


def test_a_text_that_has_no_room_goes() -> None:
    marks = [(54.0, "2026-11-29"), (60.0, "2026-11-30"), (200.0, "2026-12-01")]
    assert [text for _, text in placed(marks)] == ["2026-11-29", "2026-12-01"]


@given(st.lists(st.tuples(st.floats(54, 336), st.text("0123456789-第夜", min_size=1, max_size=12))))
def test_texts_stay_inside_and_apart(marks: list[tuple[float, str]]) -> None:
    found = placed(sorted(marks))
    assert all(0 <= x <= 360 for x, _ in found)
    assert [x for x, _ in found] == sorted({x for x, _ in found})


def test_values_go_up_and_to_the_right() -> None:
    axes = Axes(wide=360, high=200)
    assert axes.upward(0, 1)(1) == axes.top < axes.upward(0, 1)(0) == axes.base
    assert axes.along(0, 1)(0) == axes.left < axes.along(0, 1)(1) == axes.end
    assert linear(3, 3, 10, 20)(3) == 10


def test_titles_carry_both_languages_and_escape() -> None:
    drawn = "".join(Axes().titles(Note("sweep_value"), "<b>"))
    assert 'data-zh="搜索得分（分）"' in drawn
    assert ">score of the search, points<" in drawn
    assert "<b>" not in drawn
