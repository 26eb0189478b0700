"""Operations over numbers with units, dates and durations, against answers worked out by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal

from harness.core import Gold
from harness.tables.conditions import Condition, Test
from harness.tables.operations import Program
from harness.tables.programs import ask
from harness.tables.table import Cell, Column, Row, Table

GOODS = (
    Column("品名", "text"),
    Column("单价", "number", unit="元"),
    Column("类别", "text"),
    Column("上架", "date"),
    Column("下架", "date"),
    Column("工时", "duration"),
    Column("预算", "number", unit="万元"),
)


def answers(program: Program, table: Table) -> dict[str, object]:
    """Gold values by the words of the slots."""
    return {"|".join(q.slots.values()): q.gold.value for q in ask(program, table, 0)}


def where(column: str, test: Test, slot: str = "x", **more: int) -> Condition:
    return Condition(column, test, slot, **more)


def goods(*rows: Sequence[Cell]) -> Table:
    names = [column.name for column in GOODS]
    made = (
        Row(str(cells[0]), dict(zip(names, cells, strict=True)), number)
        for number, cells in enumerate(rows, start=2)
    )
    return Table("goods", "品名", GOODS, tuple(made))


def day(number: int) -> dt.date:
    return dt.date(2025, 3, number)


SHELF = goods(
    ("梨", 5, "果", day(1), day(11), 30, 1.5),
    ("桃", 8.5, "果", day(3), day(3), 90, 12.3),
    ("葱", 3, "菜", day(8), None, None, 2),
    ("姜", 12, "菜", None, day(20), 480, None),
    ("米", 20, "粮", day(20), day(10), 2880, 5),
    ("面", 15, "粮", day(25), day(31), 60, 8),
)


def test_lookup_of_dates_durations_and_numbers_in_large_units() -> None:
    (first, second, *_) = ask(Program("p", "lookup", "上架"), SHELF, 0)
    assert (first.gold, first.domain) == (Gold("date", "2025-03-01"), "上架")
    assert second.gold == Gold("date", "2025-03-03")
    golds = [q.gold for q in ask(Program("p", "lookup", "工时"), SHELF, 0)]
    assert golds == [Gold("duration", float(m)) for m in (30, 90, 480, 2880, 60)]
    budgets = ask(Program("p", "lookup", "预算"), SHELF, 0)
    assert [q.gold.value for q in budgets] == [15_000, 123_000, 20_000, 50_000, 80_000]
    assert {q.unit for q in budgets} == {"万元"}


def test_days_between_dates_where_the_end_comes_later() -> None:
    program = Program("p", "difference", start="上架", end="下架")
    assert answers(program, SHELF) == {"梨": 14_400.0, "面": 8_640.0}
    longest = Program("p", "extreme", start="上架", end="下架", pick="max")
    assert answers(longest, SHELF) == {"": "梨"}


def test_conditions_on_numbers_dates_and_durations() -> None:
    dear = Program("p", "select", where=(where("单价", "at_least"),))
    assert answers(dear, SHELF)["12元"] == ("姜", "米", "面")
    cheap = Program("p", "select", where=(where("单价", "at_most"),))
    assert answers(cheap, SHELF)["8元"] == ("梨", "葱")
    between = Program("p", "select", where=(where("单价", "within"),))
    assert answers(between, SHELF)["8元到12元"] == ("桃", "姜")
    late = Program("p", "select", where=(where("上架", "at_least"),))
    assert answers(late, SHELF)["2025-03-20"] == ("米", "面")
    long = Program("p", "select", where=(where("工时", "at_least"),))
    assert answers(long, SHELF)["8小时"] == ("姜", "米")


def test_times_are_cut_near_their_quantiles_where_every_is_nothing() -> None:
    times = [Row(str(n), {"车次": str(n), "开点": 420 + 17 * n}, n) for n in range(30)]
    table = Table("t", "车次", (Column("车次", "text"), Column("开点", "time")), tuple(times))
    late = Program("p", "select", where=(where("开点", "at_least", every=0),), max_rows=30)
    assert {said: len(keys) for said, keys in answers(late, table).items()} == {  # type: ignore[arg-type] # sets
        "08:00": 26, "10:00": 19, "11:00": 15, "13:00": 8, "14:00": 5,
    }  # fmt: skip
    within = Program("p", "select", where=(where("开点", "within", every=0),))
    assert "08:00到10:00" in answers(within, table)


def test_count_says_how_many_and_names_its_rows() -> None:
    program = Program("p", "count", where=(where("类别", "equals"),))
    assert answers(program, SHELF) == {"果": 2.0, "菜": 2.0, "粮": 2.0}
    (first, *_) = ask(program, SHELF, 0)
    assert (first.gold.kind, first.rows, first.domain) == ("number", ("梨", "桃"), "")
    assert answers(Program("p", "count", max_rows=5), SHELF) == {}
    assert answers(Program("p", "count"), SHELF) == {"": 6.0}


def test_extremes_of_numbers_dates_and_durations() -> None:
    found = {
        (column, pick): answers(Program("p", "extreme", column, pick=pick), SHELF)[""]
        for column in ("单价", "上架", "工时")
        for pick in PICKS
    }
    assert found == {
        ("单价", "min"): "葱", ("单价", "max"): "米", ("上架", "min"): "梨", ("上架", "max"): "面",
        ("工时", "min"): "梨", ("工时", "max"): "米",
    }  # fmt: skip


PICKS: tuple[Literal["min", "max"], ...] = ("min", "max")


def test_questions_of_an_english_suite() -> None:
    between = Program("p", "select", where=(where("单价", "within"),), language="en")
    assert "8元 to 12元" in answers(between, SHELF)
