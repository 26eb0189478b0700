from __future__ import annotations

import contextlib
import datetime as dt
import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.tables.cell_read import CellError
from harness.tables.cells import read_cell
from harness.tables.table import Cell, Column, ColumnKind, clock
from harness.text.display import fold, show

TIME = Column("到点", "time")
NUMBER = Column("站台", "number")
TEXT = Column("车次", "text", {"郑州站": "郑州"})
HALLS = Column("候车厅", "list", {"高架候车北区": "高架候车厅北区"})

minutes_of_day = st.integers(0, 24 * 60 - 1)
WIDE = str.maketrans("0123456789:", "０１２３４５６７８９：")


def ways_to_write(minutes: int) -> dict[str, object]:
    hour, minute = divmod(minutes, 60)
    return {
        "time": dt.time(hour, minute),
        "datetime": dt.datetime(2025, 7, 23, hour, minute),
        "timestamp": pd.Timestamp(2025, 7, 23, hour, minute),
        "timedelta": dt.timedelta(minutes=minutes),
        "fraction": minutes / 1440,
        "noisy fraction": math.nextafter(minutes / 1440, 1),
        "noisy time": (dt.datetime(2025, 7, 23, hour, minute) - dt.timedelta(microseconds=1)).time()
        if minutes
        else dt.time(),
        "padded": f"{hour:02}:{minute:02}",
        "unpadded": f"{hour}:{minute:02}",
        "seconds": f"{hour:02}:{minute:02}:00",
        "unpadded seconds": f"{hour}:{minute:02}:00",
        "wide": f"{hour}:{minute:02}".translate(WIDE),
        "spaced": f"\u3000 {hour}:{minute:02}\xa0",
        "dated": f"2025-07-23 {hour:02}:{minute:02}:00",
        "ratio": f"{hour}∶{minute:02}",
    }


@given(minutes_of_day)
def test_every_way_to_write_a_time_reads_as_its_minutes(minutes: int) -> None:
    read = {way: read_cell(raw, TIME).value for way, raw in ways_to_write(minutes).items()}
    assert read == dict.fromkeys(read, minutes)


@given(st.text(alphabet="0123456789:： 0２.-ap", max_size=10))
def test_a_text_is_a_time_only_if_its_digits_say_so(text: str) -> None:
    try:
        value = read_cell(text, TIME).value
    except CellError:
        return
    if value is None:
        assert text.strip() in {"", "-", "--", "---"}
        return
    assert isinstance(value, int)
    assert 0 <= value < 1440
    hour, minute = fold(text).replace("：", ":").split(":")[:2]
    assert clock(value) == f"{int(hour) % 24:02}:{minute}"


@given(st.text(max_size=30))
def test_any_text_is_read_as_its_kind_or_refused(text: str) -> None:
    kinds = ((TIME, int), (NUMBER, (int, float)), (TEXT, str), (HALLS, tuple))
    for column, kind in kinds:
        with contextlib.suppress(CellError):
            value = read_cell(text, column).value
            assert value is None or isinstance(value, kind)


@pytest.mark.parametrize(
    "raw",
    [
        *("25:61", "25:00", "12:60", "24:01", "7.05", "705", "7:5", "7点5点", "17:05 AM"),
        *(7.05, 705, -0.1, True, dt.date(2025, 7, 23), dt.timedelta(hours=30)),
    ],
)
def test_what_is_no_time_is_refused(raw: object) -> None:
    with pytest.raises(CellError):
        read_cell(raw, TIME)


@pytest.mark.parametrize(
    ("raw", "minutes"),
    [
        ("6:05", 365), ("06：10", 370), ("6点15分", 375), ("下午3:20", 920), ("6点半", 390),
        ("上午9点", 540), ("9时05分", 545), ("晚上8:00", 1200), ("07:05 PM", 1145), ("9 a.m.", 540),
        ("noon", 720), ("七点", 420), ("当日6:05", 365),
        ("(当天) 6:05", 365), ("中午12:30", 750), ("凌晨1:05", 65),
    ],
)  # fmt: skip
def test_times_in_words(raw: str, minutes: int) -> None:
    assert read_cell(raw, TIME).value == minutes
    assert read_cell(raw, TIME).repair in ("", "is text not written as HH:MM, read as a time")


@pytest.mark.parametrize(
    "raw",
    ["8", "约8:00", "8:00-9:00", "8点到9点", "8:00前", "随时", "次日", "次日25:00", "1.5小时"],
)
def test_what_only_sounds_like_a_time_is_refused(raw: str) -> None:
    with pytest.raises(CellError):
        read_cell(raw, TIME)


LATE = Column("到点", "time", past_midnight=True)


@pytest.mark.parametrize(
    ("raw", "minutes"),
    [
        ("25:38", 1538), ("24:00", 1440), ("23:59", 1439), ("47:59", 2879), (dt.time(1, 30), 90),
        (dt.timedelta(hours=25, minutes=38), 1538), (dt.timedelta(hours=6), 360),
        ("次日06:40", 1840), ("次日 6:40", 1840), ("(次日)6点40分", 1840), ("06:40+1", 1840),
        ("06:40 (+1)", 1840), ("6:40(次日)", 1840), ("6:40 am +1 day", 1840), ("第二天06:40", 1840),
    ],
)  # fmt: skip
def test_times_of_the_next_day(raw: object, minutes: int) -> None:
    assert read_cell(raw, LATE).value == minutes
    if isinstance(raw, str) and raw[0] not in "24":
        assert read_cell(raw, TIME).value == minutes


@pytest.mark.parametrize("raw", ["48:00", "25:61", dt.timedelta(hours=48), dt.timedelta(hours=-1)])
def test_what_is_past_the_next_day_is_refused(raw: object) -> None:
    with pytest.raises(CellError):
        read_cell(raw, LATE)


def test_a_length_of_time_as_text_is_as_it_was_shown() -> None:
    assert read_cell(dt.timedelta(hours=49, minutes=5), TEXT).value == "49:05"
    assert read_cell(dt.timedelta(minutes=3, seconds=7), TEXT).value == "0:03:07"


def test_midnight_and_dropped_seconds_are_told() -> None:
    assert read_cell("24:00", TIME).value == 0
    assert read_cell(1, TIME).repair == "is 24:00, read as 00:00"
    assert read_cell(dt.time(7, 5, 30), TIME).value == 425
    assert read_cell("7:05:30", TIME).repair == "has seconds, dropped"


@pytest.mark.parametrize(
    "raw", [None, "", "  ", "\u3000", "--", "—", "无数据", "nan", "NaN", math.nan, pd.NaT, "N/A"]
)
@pytest.mark.parametrize("column", [TIME, NUMBER, TEXT, HALLS])
def test_missing_is_missing_in_every_kind(raw: object, column: Column) -> None:
    assert read_cell(raw, column).value is None


def test_only_a_written_placeholder_is_worth_a_word() -> None:
    assert read_cell(None, TIME).repair == ""
    assert read_cell("无数据", TIME).repair == "holds '无数据', taken as missing"


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (7001, "7001"),
        (7001.0, "7001"),
        (1.5, "1.5"),
        (" K4547/6 ", "K4547/6"),
        ("Ｋ４５４７／６", "K4547/6"),
        ("OK365", "OK365"),
        ("0K365", "0K365"),
        ("\ufeffZ152", "Z152"),
        ("郑州\n东", "郑州 东"),
        ("郑州站", "郑州"),
        ("东（区），西", "东（区），西"),
        (True, "TRUE"),
        (dt.time(7, 5), "07:05"),
        (dt.datetime(2025, 7, 23), "2025-07-23"),
        (dt.datetime(2025, 7, 23, 7, 5), "2025-07-23 07:05"),
        (dt.datetime(2025, 7, 23, 7, 5, 9), "2025-07-23 07:05:09"),
        (dt.datetime(2025, 7, 23, 7, 4, 59, 999_990), "2025-07-23 07:05"),
    ],
)
def test_text(raw: object, value: Cell) -> None:
    assert read_cell(raw, TEXT).value == value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (5, 5),
        (5.0, 5),
        (5.5, 5.5),
        ("5", 5),
        ("５.0", 5),
        ("1,234", 1234),
        ("-3", -3),
        ("1e3", 1000),
    ],
)
def test_number(raw: object, value: Cell) -> None:
    read = read_cell(raw, NUMBER).value
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize("raw", ["五", "5号", "1,2", True, math.inf, "inf", dt.time(5), "1e999"])
def test_what_is_no_number_is_refused(raw: object) -> None:
    with pytest.raises(CellError, match="number"):
        read_cell(raw, NUMBER)


@pytest.mark.parametrize(
    ("unit", "raw", "value"),
    [
        ("元", "12.5元", 12.5),
        ("元", "￥3,200", 3200),
        ("元", "¥ 3200.00", 3200),
        ("元", "12", 12),
        ("元", 12.5, 12.5),
        ("元", "１２元", 12),
        ("$", "$1,299.99", 1299.99),
        ("%", "85%", 85),
        ("%", "85％", 85),
        ("kg", "3.5 kg", 3.5),
        ("kg", "3.5公斤", 3.5),
        ("℃", "-3℃", -3),
        ("℃", "21.5°C", 21.5),
        ("平方米", "80㎡", 80),
        ("pcs", "12 pcs", 12),
        ("人", "45人", 45),
    ],
)
def test_a_number_with_its_columns_unit(unit: str, raw: object, value: Cell) -> None:
    assert read_cell(raw, Column("价", "number", unit=unit)).value == value


@pytest.mark.parametrize(
    ("unit", "raw", "why"),
    [
        ("", "12.5元", "say in which unit"),
        ("元", "12.5美元", "no number in 元"),
        ("元", "12-15元", "no number"),
        ("元", "约12元", "no number"),
        ("元", "12元起", "no number in 元"),
        ("元", "$12元", "no number"),
        ("kg", "500g", "no number in kg"),
        ("元", "面议", "no number"),
    ],
)
def test_a_number_in_another_unit_is_refused(unit: str, raw: str, why: str) -> None:
    with pytest.raises(CellError, match=why):
        read_cell(raw, Column("价", "number", unit=unit))


@pytest.mark.parametrize("kind", ["text", "number", "time", "date", "duration", "list"])
def test_a_columns_own_words_for_missing(kind: ColumnKind) -> None:
    column = Column("价", kind, missing=("待定", "TBD"))
    for raw in ("待定", " 待定 ", "tbd", "ＴＢＤ"):
        assert read_cell(raw, column).value is None
    assert read_cell("待定", column).repair == "holds '待定', taken as missing"


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("东广场候车厅，高架候车厅北区", ("东广场候车厅", "高架候车厅北区")),
        ("东广场候车厅 , 高架候车北区", ("东广场候车厅", "高架候车厅北区")),
        ("甲、乙；丙;丁", ("甲", "乙", "丙", "丁")),
        ("甲，", ("甲",)),
        ("高架候车北区，高架候车厅北区", ("高架候车厅北区",)),
        (3, ("3",)),
    ],
)
def test_list(raw: object, value: Cell) -> None:
    assert read_cell(raw, HALLS).value == value


def test_a_check_box_can_have_other_words() -> None:
    column = Column("含税", "text", {"TRUE": "是", "FALSE": "否"})
    assert [read_cell(raw, column).value for raw in (True, False, "是")] == ["是", "否", "是"]


def test_a_list_says_what_it_repaired() -> None:
    assert read_cell("甲，甲", HALLS).repair == "names one thing twice in '甲，甲'"
    alias = read_cell("甲，高架候车北区", HALLS).repair
    assert alias == "holds '高架候车北区', read as '高架候车厅北区'"
    with pytest.raises(CellError, match="separators without a name"):
        read_cell("，，", HALLS)


def test_separators_are_the_columns_own() -> None:
    assert read_cell("甲/乙，丙", Column("厅", "list", separators="/")).value == ("甲", "乙，丙")
    assert read_cell("甲\n乙", Column("厅", "list", separators="，\n")).value == ("甲", "乙")


def test_a_shown_cell_is_one_short_plain_line() -> None:
    assert show("a\n\x1b[31mb") == r"'a\n\x1b[31mb'"
    assert len(show("x" * 1000)) < 50
