"""What stands around a table, and what stands in one."""

from __future__ import annotations

import time

import pytest

from harness.rows.labels import ends_in_colon, is_label, is_total


@pytest.mark.parametrize(
    "text",
    [
        "制表人",
        "制表人：",
        "制表人：李明",
        "制表：",
        "审核：王芳",
        "审核人",
        "填表日期：2025年3月1日",
        "编制单位：某公司",
        "数据来源：统计局",
        "单位：元",
        "备注：含税",
        "更新时间: 2025-03-01",
        "打印日期",
        "Prepared by",
        "Prepared by: J. Smith",
        "Checked by A. Jones",
        "Date: 2025-03-01",
        "Source: census",
        "Last updated: May",
        "NOTE: none",
        "as of: June",
    ],
)
def test_labels(text: str) -> None:
    assert is_label(text) or ends_in_colon(text)


@pytest.mark.parametrize(
    "text",
    [
        "张三",
        "K101",
        "审核通过的商品",
        "注射器",
        "日期牌",
        "Dates",
        "Sourdough bread",
        "Note 10 phone",
        "8:30",
        "单位食堂",
        "Unity",
        "制表机",
        "Date palm",
        "来源广泛",
    ],
)
def test_names_of_things_are_no_labels(text: str) -> None:
    assert not is_label(text)
    assert not ends_in_colon(text)
    assert not is_total(text)


@pytest.mark.parametrize(
    "text",
    [
        "合计",
        "合 计",
        "总 计：",
        "小计",
        "本月合计",
        "共计：",
        "平均分",
        "合计（元）",
        "Total",
        "Grand Total",
        "TOTAL:",
        "Sub-total",
        "Average",
        "Total: 4 employees",
        "Subtotal North",
        "North subtotal",
        "North total",
        "Total for North",
        "Total valid votes",
        "Net total",
        "Total cost",
        "Sum total",
        "合计：12人",
        "共 5 项",
    ],
)
def test_totals(text: str) -> None:
    assert is_total(text)


@pytest.mark.parametrize(
    "text",
    ["共和国", "总计划师", "Totally", "Summer", "平均律", "合计算器", "Total War", "Total eclipse"],
)
def test_names_of_things_are_no_totals(text: str) -> None:
    assert not is_total(text)


@pytest.mark.parametrize("text", ["制表人" * 30_000, "：" * 90_000, " " * 90_000, "date " * 30_000])
def test_a_long_cell_takes_no_longer_than_it_is(text: str) -> None:
    began = time.process_time()
    is_label(text), ends_in_colon(text), is_total(text)
    assert time.process_time() - began < 3
