from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.text.masking import MASK, masked, places, spans, without_figures

words = st.text("ab1/2 兰州西K", max_size=12)


@pytest.mark.parametrize(
    ("text", "values", "left"),
    [
        ("K1次在11站台", ["1"], "K1次在11站台"),
        ("K1次在11站台", ["K1", "11"], f"{MASK}次在{MASK}站台"),
        ("K4547/6次到兰州西", ["K4547", "兰州"], f"K4547/6次到{MASK}西"),
        ("K4547/6次到兰州西", ["K4547/6", "兰州", "兰州西"], f"{MASK}次到{MASK}"),
        ("1站台和12站台", ["1", "12"], f"{MASK}站台和{MASK}站台"),
        ("Ann Lee meets Anna", ["Ann"], f"{MASK} Lee meets Anna"),
        ("room B203, B203A", ["B203"], f"room {MASK}, B203A"),
        ("苹果", [], "苹果"),
        ("苹果", [""], "苹果"),
    ],
)
def test_whole_values_are_masked(text: str, values: list[str], left: str) -> None:
    assert masked(text, values) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("07:30到K772/5次", f"{MASK}到{MASK}次"),
        ("2025-03-08有1.5小时", f"{MASK}有{MASK}小时"),
        ("at 07:30. the end", f"at {MASK}. the end"),
        ("5b and iphone", f"{MASK} and iphone"),
    ],
)
def test_figures_are_masked_whole(text: str, left: str) -> None:
    assert without_figures(text) == left


@given(words, st.lists(words.filter(bool), max_size=4))
def test_spans_are_of_the_values_and_never_overlap(text: str, values: list[str]) -> None:
    last = 0
    for start, end, value in spans(text, values):
        assert last <= start
        assert text[start:end] == value
        last = end


@given(words, words)
def test_nothing_is_lost_but_the_value(text: str, value: str) -> None:
    count = len(spans(text, [value]))
    assert count <= len(list(places(text, value)))
    assert len(masked(text, [value])) == len(text) - count * (len(value) - 1)
