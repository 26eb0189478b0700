"""What is written in any of many forms is read back, and what is vague is not read at all."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.checker.parse.codes import find_codes, shape_of
from harness.checker.parse.numbers import chinese_int, chinese_number, english_int
from harness.checker.parse.values import ValueKind, find_values, read
from harness.text.normalize import fold, information_length, is_empty, prepare
from tests.harness.checker.forms import (
    DATES,
    DURATIONS,
    NUMBERS,
    TIMES,
    UNHURRIED,
    YEARLESS,
    chinese,
)  # fmt: skip

DAYS = st.dates(dt.date(1950, 1, 1), dt.date(2099, 12, 31))
HOURS, MINUTES = st.integers(0, 23), st.integers(0, 59)


@UNHURRIED
@given(HOURS, MINUTES, st.sampled_from(TIMES))
def test_a_time_in_any_form_is_read_back(hour: int, minute: int, form: Any) -> None:
    reading = read("time", form(hour, minute))
    assert reading is not None
    assert reading.value == f"{hour:02d}:{minute:02d}"


@UNHURRIED
@given(DAYS, st.sampled_from(DATES), st.sampled_from(YEARLESS))
def test_a_date_in_any_form_is_read_back(day: dt.date, form: Any, yearless: Any) -> None:
    reading, short = read("date", form(day)), read("date", yearless(day))
    assert reading is not None
    assert reading.value == day.isoformat()
    assert short is not None
    assert short.value == f"{day:%m-%d}"


@UNHURRIED
@given(st.integers(1, 3_000), st.sampled_from(DURATIONS))
def test_a_duration_in_any_form_is_read_back(minutes: int, form: Any) -> None:
    reading = read("duration", form(minutes))
    assert reading is not None
    assert reading.value == pytest.approx(minutes, abs=1e-3)


@UNHURRIED
@given(st.integers(0, 99_999), st.sampled_from(NUMBERS))
def test_a_number_in_any_form_is_read_back(n: int, form: Any) -> None:
    reading = read("number", form(n))
    assert reading is not None
    assert reading.value == n


@UNHURRIED
@given(st.integers(0, 99_999))
def test_chinese_numerals_are_read_back(n: int) -> None:
    assert chinese_int(chinese(n)) == n


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("一百五", 150), ("一百零五", 105), ("两千", 2000), ("三万五", 35_000), ("二零二五", 2025),
        ("一亿二千万", 120_000_000), ("壹佰贰拾叁", 123), ("零五", 5), ("一十二", 12),
        ("两三", None), ("一五", None), ("百", None), ("万一", None), ("二十二十", None),
        ("一百零", None), ("一千零五百", None), ("十百", None), ("", None), ("一二十", None),
    ],
)  # fmt: skip
def test_chinese_numerals_by_hand(numeral: str, value: int | None) -> None:
    assert chinese_int(numeral) == value


def test_decimals_and_english_words() -> None:
    assert chinese_number("三点一四") == 3.14
    assert chinese_number("三点十四") is None
    assert [english_int(w) for w in ("zero", "nineteen", "thirty-five", "twenty ten")] == [
        0, 19, 35, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        ("time", "25:61 12:60 24:05 7:6 上午12:30 上午13:05 早一点 以下三点 八点五 7点多"),
        ("time", "1小时15分 K4547/6 2025-07-23 07:06到07:16"),
        ("number", "八点五分 下午7:06 K4547/6 Z152 1461次 5B 7月23日 2025-07-23 十几 两三趟 三亚"),
        ("number", "十分重要 3/5 1.2.3 3万5千 3和5 周三"),
        ("date", "2025-13-45 2025年3月 3月 03/08/2025 2月30日 8日 三月初 2025 12.5 3/8 1.2.3"),
        (
            "date",
            "3月8日到10日 3月8日或9日 2025-03-08至2025-03-09 K420 07:06 may 10-15人 2025-3-8-1",
        ),
        ("duration", "八点五分 十几分钟 两三分钟 半个多小时 三分之一 3到5分钟 1/2小时 75"),
    ],
)
def test_what_is_no_value_or_two_is_unparsed(kind: ValueKind, texts: str) -> None:
    assert {text: read(kind, text) for text in texts.split() if read(kind, text)} == {}


def test_a_reading_tells_what_it_used_and_what_is_left() -> None:
    reading = read("time", "约下午7:06开车")
    assert reading is not None
    assert (reading.value, reading.start, reading.end) == ("19:06", 1, 7)
    assert reading.leftover == "约 开车"


@pytest.mark.parametrize(
    ("code", "shape"),
    [
        ("K4547/6", "train"), ("7001", "train"), ("55516", "train"), ("OK365", "train"),
        ("0K213", "train"), ("5B", "gate"), ("13B", "gate"), ("123", ""), ("ABC", ""),
        ("7001/7002", ""), ("兰州", ""), ("A1B2", "code"),
    ],
)  # fmt: skip
def test_shapes_of_codes(code: str, shape: str) -> None:
    assert shape_of(code) == shape


def test_codes_keep_letters_and_digits_apart() -> None:
    found = [m.value for m in find_codes(prepare("OK365、0K365次，K4547 / 6和1A/1B"))]
    assert found == ["OK365", "0K365", "K4547/6", "1A", "1B"]


def test_folding() -> None:
    assert fold("Ｋ４２０　７：０６\u200b\x07\r\n\r\n　末行 ") == "K420 7:06\n末行"
    assert fold("①K420②K178") == "(1)K420(2)K178"
    assert fold("7–8 9−1 1～2 1½") == "7-8 9-1 1~2 1.5"
    assert prepare("<b>K420</b> $90\\text{分鐘}$") == "k420\n90 分钟"


@UNHURRIED
@given(st.text(max_size=200))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0), ("  。，\n", 0), ("07:06", 4), ("Ｋ４２０次，07：06 开。", 10), ("k\u200b1", 2),
        ("℃", 2), ("（兰州）", 2),
    ],
)  # fmt: skip
def test_information_is_counted_without_blanks_and_punctuation(text: str, length: int) -> None:
    assert information_length(text) == length


def test_emptiness() -> None:
    nothing = ("", " \n\t", "……", "。", "<think>07:06", "<think>x</think>", "\u200b", "？！")
    unseen = (
        "\u3164",
        "\uffa0",
        "\u2800",
        "\U000e0041",
        "\u0301",
        "**。**",
        "“”",
        "\ufeff、\u200d",
    )
    for text in (*nothing, *unseen):
        assert is_empty(text), repr(text)
    for text in ("无", "--", "—", "/", "-。", "0", "√", "<think>x</think>无"):
        assert not is_empty(text), text


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=120), st.sampled_from(["time", "date", "duration", "number", "text"]))
def test_spans_lie_in_the_text_and_do_not_cross(text: str, kind: ValueKind) -> None:
    prepared = prepare(text)
    at = 0
    for mention in find_values(kind, prepared):
        assert at <= mention.start < mention.end <= len(prepared)
        at = mention.end
