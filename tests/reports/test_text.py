import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.text import (
    count,
    cut,
    duration,
    one_line,
    percent,
    points,
    seconds,
    visible,
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
