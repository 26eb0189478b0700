"""Kinds of columns from their cells, and what is said where it cannot be told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.rows.number_formats import as_shown
from harness.starter.column_kinds import Kind, understand
from harness.starter.headers import read_header
from harness.tables.cells import read_cell
from tests.harness.checker.forms import UNHURRIED


def kind_of(name: str, *cells: object, context: str = "") -> Kind:
    return understand(read_header(name), cells, context)


def test_few_words_among_numbers_are_told_all_of_them() -> None:
    note = kind_of("成绩", 90, 80, "缺考", 70, 88, "免修", 91).note
    assert note.startswith("缺考, 免修 stand among numbers, so it is text")
    assert note.endswith("set kind: number and missing: [缺考, 免修]")
    assert kind_of("成绩", *range(20), "缺考", "免修").note.endswith("missing: [缺考, 免修]")
    assert kind_of("队员", "张三", "李四", 3).note == ""


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        (("03.06.2025", "02.06.2025"), "03.06.2025 may be 3 June or 6 March"),
        (("05/05/2025", "05/06/2025"), "05/06/2025 may be 5 June or 6 May"),
    ],
)
def test_a_date_that_may_be_two_is_one_of_the_file(dates: tuple[str, ...], said: str) -> None:
    assert kind_of("开业", *dates).note.startswith(f"{said}: say kind: date with order: mdy")


def test_a_month_by_its_number_counts_nothing() -> None:
    assert kind_of("花期", "6月", "5月", "11月").column.kind == "text"
    assert kind_of("工期", "6个月", "5个月", "11个月").column.kind != "text"


DAY = dt.datetime(2025, 3, 8)
OWED = (12, 1250.5, -30, 99)


@pytest.mark.parametrize(
    ("number_format", "unit"),
    [
        ("¥#,##0.00", "元"), ("¥#,##0.00;¥-#,##0.00", "元"), ('"¥"0;"¥"(0)', "元"),
        ("$#,##0.00_);($#,##0.00)", "$"), ('"$"#,##0.00_);[Red]\\("$"#,##0.00\\)', "$"),
        ("[$€-407]#,##0.00", "€"), ('#,##0.00 "€"', "€"), ("£#,##0.00;[Red]-£#,##0.00", "£"),
        ("[$USD] #,##0.00", "$"), ('0.00"元"', "元"),
    ],
)  # fmt: skip
def test_amounts_stay_amounts_where_one_is_negative(number_format: str, unit: str) -> None:
    kind = kind_of("Balance", *(as_shown(value, number_format) for value in OWED))
    assert (kind.column.kind, kind.column.unit, kind.note) == ("number", unit, "")
    assert list(kind.values) == pytest.approx(OWED, abs=0.5)


@pytest.mark.parametrize("owed", ["-$30.00", "($30.00)", "$-30.00", "−$30.00", "$(30.00)"])
def test_negative_amounts_that_are_text(owed: str) -> None:
    kind = kind_of("Balance", "$12.00", "$1,250.50", owed, "99")
    assert (kind.column.kind, kind.column.unit) == ("number", "$")
    assert list(kind.values) == [12, 1250.5, -30, 99]
    chinese = kind_of("余额", "¥12.00", "¥1,250.50", owed.replace("$", "￥"))
    assert (chinese.column.unit, list(chinese.values)) == ("元", [12, 1250.5, -30])


def test_another_currency_is_still_another() -> None:
    assert kind_of("Balance", "$12.00", "-€30.00", "$7").column.kind == "text"
    assert kind_of("Room", "(1)", "(2)", "(3)").column.kind == "text"


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("品名", ("梨", "桃", None), {"kind": "text"}),
        ("单价", (1, 2.5, None), {"kind": "number"}),
        ("单价", ("12.5元", "￥3", "4"), {"kind": "number", "unit": "元"}),
        ("单价（元）", (1, 2), {"kind": "number", "unit": "元"}),
        ("重量", ("5千克", "3 kg"), {"kind": "number", "unit": "kg"}),
        ("折扣", ("85%", "90%"), {"kind": "number", "unit": "%"}),
        ("楼", ("3号楼", "4号楼"), {"kind": "text"}),
        ("规格", ("500g", "2kg"), {"kind": "text"}),
        ("检票口", ("1A", "2A"), {"kind": "text"}),
        ("编号", (1001, 1002), {"kind": "text"}),
        ("数", ("007", "008"), {"kind": "text"}),
        ("电话", ("13800001111", "13800002222"), {"kind": "text"}),
        ("到点", (dt.time(7, 5), "8:30", None), {"kind": "time"}),
        ("打卡", (DAY.replace(hour=8), DAY.replace(hour=9)), {"kind": "time"}),
        ("时间", (DAY.replace(hour=8), DAY.replace(day=9, hour=9)), {"kind": "text"}),
        ("片长", (dt.time(2, 30), dt.time(1, 45)), {"kind": "duration"}),
        ("用时", ("2:30", "1小时"), {"kind": "duration"}),
        ("上课", ("45分钟", "1.5小时"), {"kind": "duration"}),
        ("时长（分钟）", (45, 90), {"kind": "duration", "unit": "分钟"}),
        ("成绩", ("95分", "88分"), {"kind": "number", "unit": "分"}),
        ("入职", (DAY, dt.datetime(2024, 1, 2)), {"kind": "date"}),
        ("入职", ("2025-03-08", "2025年3月9日"), {"kind": "date"}),
        ("入职日期", (20250308, 20250309), {"kind": "date"}),
        ("数量", (20250308, 20250309), {"kind": "number"}),
        ("日期", ("3月8日", "2025年3月9日"), {"kind": "date", "year": 2025}),
        ("Date", ("03/25/2025", "03/08/2025"), {"kind": "date", "order": "mdy"}),
        ("Date", ("25/03/2025", "08/03/2025"), {"kind": "date", "order": "dmy"}),
        ("技能", ("Python、SQL", "SQL", "SQL、Excel", "Excel、Python"), {"kind": "list"}),
        ("简介", ("这里，那里", "东边，西边", "左边，右边"), {"kind": "text"}),
        ("车次", ("K1/2", "K3/4", "K1/2"), {"kind": "text"}),
        ("告警", (True, False, True), {"kind": "text", "aliases": {"TRUE": "是", "FALSE": "否"}}),
        ("产地", ("山东", "暂无", "河北"), {"kind": "text", "missing": ("暂无",)}),
        ("单价", (1, 2, 3, 4, "待定"), {"kind": "number", "missing": ("待定",)}),
        ("状态", ("未知", "未知", "好"), {"kind": "text"}),
    ],
)
def test_kinds(name: str, cells: tuple[object, ...], expected: dict[str, Any]) -> None:
    column = kind_of(name, *cells).column
    found = column.model_dump(exclude_defaults=True)
    found.pop("name")
    found.pop("separators", None)
    assert found == expected


def test_the_title_tells_a_year_that_cells_leave_out() -> None:
    cells = ("3月8日", "3月9日")
    assert kind_of("日期", *cells, context="2025年值班表").column.year == 2025
    for context in ("值班表", "2024至2025值班表"):
        kind = kind_of("日期", *cells, context=context)
        assert kind.column.kind == "text"
        assert kind.note.startswith("its dates leave out the year")


def test_what_is_odd_is_told() -> None:
    kind = kind_of("单价", 1, 2, 3, 4, "面议")
    assert kind.column.kind == "text"
    assert kind.note == (
        "'面议' is no number, so it is text; to read it as number, mend the cell, or set "
        "kind: number and missing: [面议]"
    )
    assert kind_of("单价", 1, "大", "小", 4).note == ""
    ambiguous = kind_of("Date", "03/04/2025", "05/06/2025")
    assert ambiguous.column.kind == "text"
    assert ambiguous.note.startswith("03/04/2025 may be 3 April or 4 March: say kind: date")


@pytest.mark.parametrize(
    ("cells", "missing", "values"),
    [
        (("甜", "无", "无", "无"), ("无",), ("甜", None, None, None)),
        (("甜", "/", "暂无", "待定"), ("/", "待定", "暂无"), ("甜", None, None, None)),
        (("A1", "N/A", "-", "N/A"), (), ("A1", None, None, None)),
        (("A1", "TBA", "TBD", "tbd"), ("TBA", "TBD", "tbd"), ("A1", None, None, None)),
        (("有", "无", "有", "无", "待定"), ("待定",), ("有", "无", "有", "无", None)),
        (("是", "没有", "是"), (), ("是", "没有", "是")),
        (("无", "无", "无"), ("无",), (None, None, None)),
        (("未知", "未知", "好"), (), ("未知", "未知", "好")),
        (("未知", "无", "未知", "好"), ("无",), ("未知", None, "未知", "好")),
        (("提供", "不提供", "无"), ("无",), ("提供", "不提供", None)),
    ],
)
def test_placeholders_are_no_values(
    cells: tuple[str, ...], missing: tuple[str, ...], values: tuple[str | None, ...]
) -> None:
    kind = kind_of("说明", *cells)
    assert (kind.column.missing, kind.values) == (missing, values)


@pytest.mark.parametrize(
    ("name", "cells", "late"),
    [
        ("开点", (dt.timedelta(hours=25, minutes=38), dt.timedelta(hours=6)), True),
        ("到达", (dt.time(23, 5), dt.timedelta(hours=25)), True),
        ("时刻", (dt.time(23, 5), dt.timedelta(hours=25)), True),
        ("发车", ("23:10", "25:38", "6:00"), True),
        ("Departs", ("23:10", "24:38", "6:00"), True),
        ("到达", ("23:10", "次日1:38", "6:00"), False),
        ("开点", ("23:10", "24:00"), True),
        ("开点", ("23:10", "6:00"), False),
    ],
)
def test_clocks_that_count_on(name: str, cells: tuple[object, ...], late: bool) -> None:
    column = kind_of(name, *cells).column
    assert (column.kind, column.past_midnight) == ("time", late)


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("用时", (dt.timedelta(hours=25), dt.timedelta(hours=6))),
        ("Finish time", (dt.timedelta(hours=5), dt.timedelta(hours=6))),
        ("片长", (dt.time(2, 5), dt.timedelta(hours=25))),
        ("累计", (dt.timedelta(hours=125), dt.timedelta(hours=6))),
    ],
)
def test_lengths_of_time_stay_such(name: str, cells: tuple[object, ...]) -> None:
    assert kind_of(name, *cells).column.kind == "duration"


def test_what_is_dropped_or_guessed_is_told() -> None:
    assert kind_of("打卡", dt.time(8, 5, 12), dt.time(9)).note == "has seconds, dropped in 1 cell"
    stamps = (DAY.replace(hour=8, second=5), DAY.replace(hour=9))
    assert kind_of("打卡", *stamps).note == (
        "has seconds, dropped in 1 cell; all on 2025-03-08, so only the time is read"
    )
    assert kind_of("开点", dt.timedelta(hours=25, minutes=8), dt.time(9)).note == (
        "its clock counts on past 24:00, as to 25:08, 01:08 of the next day"
    )
    dated = kind_of("日期", "2025-03-08 10:30", "2025-03-09", "2025-03-10 00:00")
    assert dated.note == "has a time of day, dropped in 1 cell"
    stamps_of_a_log = ("2025-03-08 08:00:01", "2025-03-08 08:00:05", "2025-03-08 09:10:00")
    assert kind_of("时间", *stamps_of_a_log).values == stamps_of_a_log
    midnights = ("2025-03-08 00:00:00", "2025-03-09 0:00", "2025/3/10 00:00")
    assert kind_of("日期", *midnights).column.kind == "date"
    kept = kind_of("下单", DAY.replace(hour=8, second=5), dt.datetime(2025, 3, 9, 9))
    assert kept.values == ("2025-03-08 08:00:05", "2025-03-09 09:00")


def test_a_unit_of_a_few_cells_is_not_the_columns() -> None:
    kind = kind_of("2021", 100, 80, "20%")
    assert (kind.column.kind, kind.column.unit) == ("text", "")
    assert kind_of("2021", "100元", 80, "20元").column.unit == "元"
    assert kind_of("占比（%）", 100, 80, "20%").column.unit == "%"
    assert kind_of("2021", 100, 80, 70, 60, "20%").note.startswith("'20%' is no number")


def test_what_a_column_is_like() -> None:
    assert kind_of("序号", 1, 2, 3).is_serial
    assert not kind_of("序号", 1, 3, 2).is_serial
    assert kind_of("备注", "很长的一段话" * 6, "另一段很长的话" * 6).is_long
    assert kind_of("星期", "周一", None, "周二", None).is_stacked
    assert not kind_of("教室", "A", "A", None).is_stacked
    assert kind_of("单价", 1, 2).is_quantity
    assert not kind_of("楼层", 1, 2).is_quantity
    kind = kind_of("单价", 1, 1, None)
    assert (kind.distinct, kind.missing) == (1, 1)


WRITTEN = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**9), 10**9), st.floats(allow_nan=False),
    st.datetimes(), st.times(), st.text(max_size=12),
    st.sampled_from(["12元", "2025-03-08", "3月8日", "8:30", "45分钟", "--", "待定", "甲、乙"]),
)  # fmt: skip


@UNHURRIED
@given(st.text(min_size=1, max_size=8), st.lists(WRITTEN, min_size=1, max_size=6))
def test_any_column_is_understood_and_every_cell_of_it_read(name: str, cells: list[object]) -> None:
    kind = kind_of(name, *cells)
    assert len(kind.values) == len(cells)
    column = kind.column.column()
    assert [read_cell(cell, column).value for cell in cells] == list(kind.values)
