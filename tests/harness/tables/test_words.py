"""How values are said: the checker must read each of them back."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.checker.check import check
from harness.core import Gold
from harness.tables.cells import read_cell
from harness.tables.questions import say
from harness.tables.table import Cell, Column, ColumnKind
from harness.tables.units import is_known, said_as, same_unit, scale_of, split_unit, with_unit
from harness.tables.words import Language, cell_words, duration_words, hours_and_minutes, span_words
from tests.harness.checker.forms import UNHURRIED

LANGUAGES: tuple[Language, ...] = ("zh", "en")
languages = st.sampled_from(LANGUAGES)


@UNHURRIED
@given(st.integers(0, 20_000), languages)
def test_a_duration_that_is_said_is_right(minutes: int, language: Language) -> None:
    gold = Gold("duration", float(minutes))
    verdict = check(say(gold, language=language), gold)
    assert verdict.value == 1, (say(gold, language=language), verdict)


@UNHURRIED
@given(st.integers(1, 400_000), languages)
def test_a_duration_to_the_second_that_is_said_is_right(seconds: int, language: Language) -> None:
    column = Column("用时", "duration")
    cell = read_cell(dt.timedelta(seconds=seconds), column).value
    assert isinstance(cell, int | float)
    said = cell_words(column, cell, language)
    assert check(said, Gold("duration", float(cell))).value == 1, said


def test_seconds_are_said_where_the_cell_has_them() -> None:
    for minutes, zh, en in (
        (201.1167, "3小时21分7秒", "3 hours 21 minutes 7 seconds"),
        (2.5, "2.5分钟", "2.5 minutes"),
        (2.05, "2分3秒", "2 minutes 3 seconds"),
        (12.0833, "12分5秒", "12 minutes 5 seconds"),
        (200.5, "3小时20分30秒", "3 hours 20 minutes 30 seconds"),
        (60.0167, "1小时0分1秒", "1 hour 0 minutes 1 second"),
        (1500.0167, "25小时0分1秒", "25 hours 0 minutes 1 second"),
    ):
        assert (duration_words(minutes, "zh"), duration_words(minutes, "en")) == (zh, en)
    assert duration_words(2.1, "zh", "分钟") == "2.1分钟"
    assert duration_words(210.6, "zh", "小时") == "3小时30分36秒"


@UNHURRIED
@given(st.integers(1, 1439), languages)
def test_a_delay_that_is_said_is_right(minutes: int, language: Language) -> None:
    assert check(hours_and_minutes(minutes, language), Gold("duration", float(minutes))).value == 1


@UNHURRIED
@given(
    st.integers(0, 100_000) | st.decimals(0, 10_000, places=2).map(float),
    st.sampled_from(["", "元", "$", "€", "%", "kg", "℃", "人", "pcs", "km/h", "平方米", "hPa"]),
    languages,
)
def test_a_number_that_is_said_with_its_unit_is_right(
    number: float, unit: str, language: Language
) -> None:
    gold = Gold("number", float(number))
    said = say(gold, language=language, unit=unit)
    assert check(said, gold).value == 1, said
    assert check(said, Gold("number", number + 1.0)).value != 1, said


@UNHURRIED
@given(st.integers(0, 1439), st.booleans(), languages)
def test_a_time_that_is_said_is_right(minutes: int, next_day: bool, language: Language) -> None:
    gold = Gold("time", f"{minutes // 60:02}:{minutes % 60:02}")
    assert check(say(gold, next_day, language), gold).value == 1


@UNHURRIED
@given(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)), languages)
def test_a_date_that_is_said_is_right(day: dt.date, language: Language) -> None:
    gold = Gold("date", day.isoformat())
    assert check(say(gold, language=language), gold).value == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_none_and_lists_that_are_said_are_right(language: Language) -> None:
    assert check(say(Gold("none", None), language=language), Gold("none", None)).value == 1
    for items in (("Red apple", "Green pear"), ("红苹果", "青梨"), ("A12", "B7")):
        gold = Gold("set", items)
        assert check(say(gold, language=language), gold).value == 1


@pytest.mark.parametrize(
    ("minutes", "chinese", "english"),
    [
        (0, "0分钟", "0 minutes"), (1, "1分钟", "1 minute"), (75, "75分钟", "75 minutes"),
        (180, "180分钟", "180 minutes"), (200, "3小时20分钟", "3 hours 20 minutes"),
        (480, "8小时", "8 hours"), (1440, "1天", "1 day"), (14_400, "10天", "10 days"),
        (1500, "25小时", "25 hours"), (1.5, "1.5分钟", "1.5 minutes"),
    ],
)  # fmt: skip
def test_durations_in_words(minutes: float, chinese: str, english: str) -> None:
    assert (duration_words(minutes, "zh"), duration_words(minutes, "en")) == (chinese, english)


@pytest.mark.parametrize(
    ("kind", "unit", "cell", "chinese", "english"),
    [
        ("text", "", "红富士", "红富士", "红富士"),
        ("number", "元", 12.5, "12.5元", "12.5元"),
        ("number", "$", 1200, "$1200", "$1200"),
        ("number", "", 3.0, "3", "3"),
        ("time", "", 425, "07:05", "07:05"),
        ("date", "", dt.date(2025, 3, 8), "2025-03-08", "2025-03-08"),
        ("duration", "", 90, "90分钟", "90 minutes"),
        ("list", "", ("甲", "乙"), "甲、乙", "甲, 乙"),
        ("list", "", None, "", ""),
    ],
)
def test_cells_in_words(
    kind: ColumnKind, unit: str, cell: Cell, chinese: str, english: str
) -> None:
    column = Column("x", kind, unit=unit)
    assert (cell_words(column, cell), cell_words(column, cell, "en")) == (chinese, english)


def test_spans_in_words() -> None:
    assert span_words("5元", "10元", "zh") == "5元到10元"
    assert span_words("$5", "$10", "en") == "$5 to $10"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12.5元", (12.5, "元")), ("￥3,200", (3200, "¥")), ("85%", (85, "%")), ("12", (12, "")),
        ("3.5 kg", (3.5, "kg")), ("-3℃", (-3, "°C")), ("$1,299", (1299, "$")), ("80㎡", (80, "m2")),
        ("12-15元", None), ("约12元左右", None), ("", None), ("元", None), ("1.2.3", None),
        ("A12B", None), ("-$30.00", (-30, "$")), ("-¥30.00", (-30, "¥")),
        ("-￥1,250.5", (-1250.5, "¥")),
        ("- $30", (-30, "$")), ("−$30", (-30, "$")), ("−3℃", (-3, "°C")), ("+$5", (5, "$")),
        ("-US$30", (-30, "US$")), ("-€5", (-5, "€")), ("-30元", (-30, "元")), ("$-30", (-30, "$")),
        ("-RMB30", (-30, "RMB")), ("($30.00)", (-30, "$")), ("$(1,234.50)", (-1234.5, "$")),
        ("（￥30）", (-30, "¥")), ("(30.00 €)", (-30, "€")), ("( $ 30 )", (-30, "$")),
        ("(-$30)", None), ("-$-3", None), ("--$3", None), ("(30)", None), ("(12元)", None),
        ("-A3", None), ("-第3", None), ("(3)班", None), ("$30-", None), ("-$5-$3", None),
    ],
)  # fmt: skip
def test_numbers_are_split_from_their_units(text: str, expected: object) -> None:
    assert split_unit(text) == expected


def test_spellings_of_one_unit() -> None:
    assert same_unit("元", "￥")
    assert same_unit("kg", "公斤")
    assert same_unit("℃", "°C")
    assert same_unit("Pcs", "pcs")
    assert not same_unit("元", "$")
    assert not same_unit("g", "kg")
    assert is_known("KG")
    assert not is_known("号楼")
    assert [said_as(u) for u in ("¥", "千克", "公斤", "°C", "m2", "人", "pcs", "千瓦")] == [
        "元", "kg", "公斤", "℃", "平方米", "人", "pcs", "kW",
    ]  # fmt: skip


def test_where_a_unit_stands() -> None:
    assert [with_unit("5", u) for u in ("", "元", "$", "kg", "%", "pcs")] == [
        "5", "5元", "$5", "5 kg", "5%", "5 pcs",
    ]  # fmt: skip
    assert with_unit("-5", "$") == "-$5"


def test_large_units_count_in_full() -> None:
    assert (scale_of("万元"), scale_of("亿"), scale_of("元"), scale_of("")) == (10_000, 10**8, 1, 1)
    gold = Gold("number", 123_000.0)
    assert say(gold, unit="万元") == "12.3万元"
    for said in ("12.3万元", "123000元", "十二万三千元"):
        assert check(said, gold).value == 1
