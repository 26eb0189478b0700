"""What headers say: a noun, a unit, a part to play, a language."""

from __future__ import annotations

import time
from typing import get_args

import pytest

from harness.starter.headers import (
    Names,
    is_named,
    is_unit,
    language_of,
    read_header,
    role_of,
    subject_of,
    whole_header,
)
from harness.tables.table import ColumnKind


@pytest.mark.parametrize(
    ("name", "noun", "unit"),
    [
        ("单价", "单价", ""),
        ("单价（元）", "单价", "元"),
        ("单价(元/斤)", "单价", "元/斤"),
        ("时长（分钟）", "时长", "分钟"),
        ("时长/分钟", "时长", "分钟"),
        ("重量 [kg]", "重量", "kg"),
        ("价格（单位：元）", "价格", "元"),
        ("距离（千米）", "距离", "km"),
        ("Price ($)", "Price", "$"),
        ("Weight (lbs)", "Weight", "lbs"),
        ("姓名（必填）", "姓名", ""),
        ("产地/城市", "产地/城市", ""),
        ("领用 人：", "领用人", ""),
        ("价{格}", "价格", ""),
        ("（元）", "（元）", ""),
    ],
)
def test_a_header_is_taken_apart(name: str, noun: str, unit: str) -> None:
    header = read_header(name)
    assert (header.name, header.noun, header.unit) == (name, noun, unit)


def test_two_of_one_noun_keep_their_whole_names() -> None:
    assert whole_header(read_header("单价（元）")).noun == "单价（元）"
    assert whole_header(read_header("单价（元）")).unit == "元"


@pytest.mark.parametrize(
    ("name", "kind", "role"),
    [
        ("发车时间", "time", "departure"), ("到达时间", "time", "arrival"),
        ("上课时间", "time", "start"), ("Closes", "time", "end"), ("时间", "time", ""),
        ("入职日期", "date", "start"), ("保质期至", "date", "end"), ("Birthday", "date", "birth"),
        ("起点", "text", "origin"), ("终点站", "text", "terminus"), ("闸口", "text", "gate"),
        ("月台", "number", "platform"), ("候车室", "list", "hall"), ("任课教师", "text", "teacher"),
        ("负责人", "text", "person"), ("姓名", "text", "name"), ("类别", "text", "category"),
        ("Supplier", "text", "firm"), ("周三", "text", "weekday"), ("Tuesday", "text", "weekday"),
        ("Sunglasses", "text", ""), ("是否含税", "text", "yesno"), ("联系电话", "text", "code"),
        ("单价", "number", "price"), ("月薪", "number", "money"), ("库存", "number", "amount"),
        ("楼层", "number", "label"), ("温度", "number", ""), ("产地", "text", "source"),
        ("Unit Price", "number", "price"), ("Gates", "text", "gate"), ("Investigate", "text", ""),
    ],
)  # fmt: skip
def test_roles(name: str, kind: ColumnKind, role: str) -> None:
    assert role_of(read_header(name), kind) == role


@pytest.mark.parametrize(
    ("nouns", "subject"),
    [
        (["列车号"], "train"), (["车次"], "train"), (["航班号"], "flight"), (["品名"], "goods"),
        (["Item"], "goods"), (["姓名"], "person"), (["工号"], "employee"), (["学号"], "student"),
        (["书名"], "book"), (["星期", "节次"], "lesson"), (["记录时间"], "moment"), (["指标"], ""),
    ],
)  # fmt: skip
def test_what_rows_are(nouns: list[str], subject: str) -> None:
    assert subject_of(nouns) == subject


def test_lists_of_names() -> None:
    assert is_named("durations", read_header("片长"))
    assert is_named("identifiers", read_header("SKU"))
    assert is_named("serials", read_header("序号"))
    assert not is_named("serials", read_header("序号表"))
    assert is_named("remarks", read_header("备注"))
    assert [is_unit(word) for word in ("元", "元/斤", "pcs", "人", "/斤", "含税", "")] == [
        True, True, True, True, False, False, False,
    ]  # fmt: skip


def test_the_language_of_a_table() -> None:
    assert language_of(["name", "价格"], ()) == "zh"
    assert language_of(["name", "price"], ["苹果", "梨", 3, "A1"]) == "zh"
    assert language_of(["name", "price"], ["apple", "梨", "pear"]) == "en"
    assert language_of(["name", "price"], [3, None]) == "en"


LONG = 30_000
REPEATS = [
    "(" * LONG, "（" * LONG + "元）", "a(" * LONG, "()" * LONG, " " * LONG + "x", "a" + " " * LONG,
    "a/" + " " * LONG + "b", "/" * LONG, "单价" + "(" * LONG + "元)", "[" * LONG + "]",
    "价" * LONG + "（元）", "（元" * LONG, ")" * LONG, "单位：" * LONG, "depart" * LONG,
    "arrival " * LONG, "第1节" * LONG, "2025" * LONG, "{}" * LONG, "到达" * LONG,
]  # fmt: skip


@pytest.mark.parametrize("name", REPEATS, ids=range(len(REPEATS)))
def test_a_long_header_takes_no_longer_than_it_is(name: str) -> None:
    began = time.process_time()
    header = read_header(name)
    for kind in get_args(ColumnKind):
        role_of(header, kind)
    subject_of([name])
    for names in get_args(Names):
        is_named(names, header)
    assert time.process_time() - began < 6
