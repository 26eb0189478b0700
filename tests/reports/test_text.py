import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.text import (
    clip,
    count,
    cut,
    duration,
    one_line,
    pad,
    percent,
    points,
    seconds,
    visible,
    width,
)

ANY_TEXT = st.text(st.characters(codec=None))


@given(ANY_TEXT)
def test_nothing_hidden_is_left(text: str) -> None:
    shown = visible(text).replace("\n", "").replace("\t", "")
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    shown.encode("utf-8")


@given(ANY_TEXT)
def test_a_name_stays_on_its_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain 中文，。！ é ½ 😀", "plain 中文，。！ é ½ 😀"),
        ("\x1b[31mred", "␛[31mred"),
        ("a\u202eb", "a‹U+202E›b"),
        ("a\x00\r\x7f", "a␀␍␡"),
        ("a\u200bb\ufeff", "a‹U+200B›b‹U+FEFF›"),
        ("\ud800", "‹U+D800›"),
        ("\uffff", "‹U+FFFF›"),
        ("two\nlines\t.", "two\nlines\t."),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("text", "columns"), [("abc", 3), ("中文", 4), ("ｆｕｌｌ", 8), ("e\u0301", 1), ("", 0)]
)
def test_width(text: str, columns: int) -> None:
    assert width(text) == columns


@given(ANY_TEXT.map(one_line), st.integers(1, 30))
def test_clip_and_pad_fill_exactly(text: str, columns: int) -> None:
    assert width(clip(text, columns)) <= columns
    assert width(pad(clip(text, columns), columns)) == columns


def test_pad_sets_numbers_flush_right() -> None:
    assert pad("中", 4, right=True) == "  中"


def test_cut_says_what_went() -> None:
    assert cut("x" * 10, 10, "") == "x" * 10
    assert cut("x" * 1200, 10, "; rest") == "x" * 10 + " […1,190 more characters; rest]"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "–"),
        (0.0123, "12.3 ms"),
        (0.9994, "999 ms"),
        (0.99951, "1.00 s"),
        (1.4, "1.40 s"),
        (9.996, "10.0 s"),
        (99.96, "100 s"),
    ],
)
def test_seconds(value: float | None, shown: str) -> None:
    assert seconds(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(90, "90.0 s"), (1234.5, "20.6 min"), (9000, "2.50 h")]
)
def test_duration(value: float, shown: str) -> None:
    assert duration(value) == shown


def test_nothing_is_a_dash_and_never_zero() -> None:
    assert {points(None), percent(None), count(None), duration(None)} == {"–"}
    assert (points(0.0), percent(0.0), percent(0.001), count(1234)) == ("0.0", "0%", "<1%", "1,234")
