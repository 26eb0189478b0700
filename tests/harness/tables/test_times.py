"""Dates and lengths of time in cells: every way to write one is read, and no guess is made."""

from __future__ import annotations

import contextlib
import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.tables.cell_read import CellError
from harness.tables.cells import read_cell
from harness.tables.table import Column
from tests.harness.checker.forms import UNHURRIED

DATE = Column("日期", "date")
LENGTH = Column("时长", "duration")
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905 # reads better


def ways_to_write_a_date(day: dt.date) -> dict[str, object]:
    y, m, d = day.year, day.month, day.day
    return {
        "date": day,
        "datetime": dt.datetime(y, m, d),
        "timestamp": pd.Timestamp(y, m, d),
        "iso": day.isoformat(),
        "unpadded": f"{y}-{m}-{d}",
        "slashes": f"{y}/{m}/{d}",
        "padded slashes": f"{y}/{m:02}/{d:02}",
        "dots": f"{y}.{m}.{d}",
        "chinese": f"{y}年{m}月{d}日",
        "padded chinese": f"{y}年{m:02}月{d:02}日",
        "hao": f"{y}年{m}月{d}号",
        "with weekday": f"{y}年{m}月{d}日（星期六）",
        "wide": f"{y}/{m}/{d}".translate(WIDE),
        "digits": f"{y}{m:02}{d:02}",
        "number": int(f"{y}{m:02}{d:02}"),
        "midnight": f"{y}-{m:02}-{d:02} 00:00:00",
        "english": f"{MONTHS[m - 1]} {d}, {y}",
        "day first": f"{d} {MONTHS[m - 1]} {y}",
        "joined": f"{d:02}-{MONTHS[m - 1]}-{y}",
        "spaced": f"\u3000{y}-{m}-{d}\xa0",
    }


@UNHURRIED
@given(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)))
def test_every_way_to_write_a_date_reads_as_it(day: dt.date) -> None:
    ways = ways_to_write_a_date(day)
    assert {way: read_cell(raw, DATE).value for way, raw in ways.items()} == dict.fromkeys(
        ways, day
    )


@UNHURRIED
@given(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)))
def test_the_column_says_what_a_cell_leaves_out(day: dt.date) -> None:
    short = f"{day.month}月{day.day}日"
    assert read_cell(short, Column("d", "date", year=day.year)).value == day
    with pytest.raises(CellError, match="leaves out the year"):
        read_cell(short, DATE)
    for order, text in (("mdy", f"{day:%m/%d/%Y}"), ("dmy", f"{day.day}-{day.month}-{day.year}")):
        assert read_cell(text, Column("d", "date", order=order)).value == day  # type: ignore[arg-type] # by loop
        with pytest.raises(CellError, match="say order: dmy or mdy"):
            read_cell(text, DATE)


@pytest.mark.parametrize(
    "raw",
    [
        *(
            "2025-13-01",
            "2025-02-30",
            "2025-03",
            "2025年3月",
            "25-03-08",
            "3/8",
            "8-Mar-25",
            "08:00",
        ),
        *("2025-03/08", "Foo 8, 2025", "昨天", "2025-03-08至2025-03-09", "20251301", "2月30日"),
        *(45724, 20251301, 2025.5, True, dt.time(8), dt.timedelta(days=1), 1e300),
    ],
)
def test_what_is_no_date_is_refused(raw: object) -> None:
    with pytest.raises(CellError):
        read_cell(raw, DATE)


def test_a_date_says_what_was_repaired() -> None:
    assert read_cell("2025-03-08", DATE).repair == ""
    assert read_cell(dt.datetime(2025, 3, 8), DATE).repair == ""
    assert read_cell("2025/3/8", DATE).repair == "is not written as YYYY-MM-DD, read as a date"
    for raw in ("2025-03-08 10:30", dt.datetime(2025, 3, 8, 10, 30), "2025年3月8日 8:00"):
        assert read_cell(raw, DATE).repair == "has a time of day, dropped"


@UNHURRIED
@given(st.text(alphabet="0123456789-/.年月日号 :", max_size=12))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    with contextlib.suppress(CellError):
        value = read_cell(text, DATE).value
        assert value is None or isinstance(value, dt.date)


# --- lengths of time -----------------------------------------------------------------------------


def ways_to_write_a_length(minutes: int) -> dict[str, object]:
    h, m = divmod(minutes, 60)
    return {
        "timedelta": dt.timedelta(minutes=minutes),
        "minutes": f"{minutes}分钟",
        "mixed": f"{h}小时{m}分",
        "long": f"{h}个小时{m}分钟",
        "colon": f"{h}:{m:02}",
        "colons": f"{h}:{m:02}:00",
        "english": f"{h}h {m}min",
        "words": f"{h} hours {m} minutes",
        "spaced": f" {minutes} 分钟 ",
        "wide": f"{minutes}分钟".translate(WIDE),
    }


@UNHURRIED
@given(st.integers(0, 5000))
def test_every_way_to_write_a_length_reads_as_its_minutes(minutes: int) -> None:
    ways = ways_to_write_a_length(minutes)
    read = {way: read_cell(raw, LENGTH).value for way, raw in ways.items()}
    assert read == dict.fromkeys(ways, minutes)


@pytest.mark.parametrize(
    ("raw", "minutes"),
    [
        ("1.5小时", 90), ("半小时", 30), ("一个半小时", 90), ("2天", 2880), ("90秒", 1.5),
        (dt.time(2, 30), 150), ("2:30:30", 150.5), ("1小时", 60), ("3天2小时", 4440),
    ],
)  # fmt: skip
def test_lengths(raw: object, minutes: float) -> None:
    value = read_cell(raw, LENGTH).value
    assert value == minutes
    assert isinstance(value, int) is (minutes == int(minutes))


@pytest.mark.parametrize(
    ("unit", "raw", "minutes"),
    [
        ("分钟", 150, 150),
        ("小时", 2.5, 150),
        ("hours", "2", 120),
        ("天", "1.5", 2160),
        ("s", 30, 0.5),
    ],
)
def test_a_bare_number_counts_in_the_columns_unit(unit: str, raw: object, minutes: float) -> None:
    assert read_cell(raw, Column("时长", "duration", unit=unit)).value == minutes
    with pytest.raises(CellError, match="in which unit of time"):
        read_cell(raw, LENGTH)


@pytest.mark.parametrize(
    "raw",
    [
        *("很久", "3到5分钟", "2:75", "十几分钟", "3个月", "-5分钟", "150分钟左右", "08:30-09:15"),
        *(True, dt.datetime(2025, 3, 8), dt.timedelta(minutes=-5)),
    ],
)
def test_what_is_no_length_is_refused(raw: object) -> None:
    with pytest.raises(CellError):
        read_cell(raw, LENGTH)
