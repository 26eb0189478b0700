import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from harness.checker.check import check
from harness.store.files import read_json
from harness.tables import benchmark
from harness.tables.codec import table_from
from harness.tables.forms import FormError, run_form
from harness.tables.questions import say
from harness.tables.table import Column, Row, Table
from suites import timetable

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "golden" / "forms.yaml").read_text("utf-8")
)


@pytest.fixture(scope="module")
def table(small: Path) -> Table:
    return table_from(read_json(small / "table.json"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["form"]))
def test_a_form(case: dict[str, Any], table: Table) -> None:
    if "reason" in case:
        with pytest.raises(FormError) as error:
            run_form(case["form"], table)
        assert error.value.reason == case["reason"]
        return
    ran = run_form(case["form"], table)
    assert ran.gold.kind == case["kind"]
    if "value" in case:
        assert ran.gold.value == case["value"]


def test_forms_answer_what_the_suite_answers(table: Table) -> None:
    board = benchmark.build(timetable.Options())
    lookups = {"lookup.gate": "检票口", "lookup.platform": "站台", "lookup.departure": "开点"}
    checked = 0
    for sample in board.test:
        column = lookups.get(sample.template.partition("/")[0])
        if column is not None:
            ran = run_form({"op": "lookup", "key": sample.row, "column": column}, table)
            assert ran.gold == sample.gold
            checked += 1
    assert checked > 50


def goods() -> Table:
    columns = (
        Column("品名", "text"), Column("类别", "text"), Column("单价", "number", unit="元"),
        Column("进货", "date"), Column("保质", "duration"),
    )  # fmt: skip
    rows = [
        ("苹果", "水果", 5.5, dt.date(2025, 3, 8), 14400),
        ("香蕉", "水果", 3, dt.date(2025, 3, 9), 7200),
        ("白菜", "蔬菜", 1.2, None, 4320),
        ("土豆", "蔬菜", 2, dt.date(2025, 2, 1), 43200),
    ]
    names = [column.name for column in columns]
    return Table(
        "价目", "品名", columns,
        tuple(Row(str(r[0]), dict(zip(names, r, strict=True)), n) for n, r in enumerate(rows, 2)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ({"op": "select", "where": [{"column": "类别", "test": "equals", "value": "水果"}]},
         ("苹果", "香蕉")),
        ({"op": "count", "where": [{"column": "单价", "test": "at_most", "value": "2元"}]}, 2.0),
        ({"op": "select", "where": [{"column": "单价", "test": "within", "value": [2, 4]}]},
         ("香蕉", "土豆")),
        ({"op": "select", "where": [{"column": "进货", "test": "missing"}]}, ("白菜",)),
        ({"op": "select", "where": {"column": "进货", "test": "at_least", "value": "2025年3月9日"}},
         ("香蕉",)),
        ({"op": "extreme", "column": "单价", "pick": "max"}, "苹果"),
        ({"op": "extreme", "column": "保质", "pick": "min",
          "where": [{"column": "类别", "test": "equals", "value": "水果"}]}, "香蕉"),
        ({"op": "lookup", "key": "苹果", "column": "进货"}, "2025-03-08"),
    ],
)  # fmt: skip
def test_any_table(form: dict[str, Any], value: object) -> None:
    ran = run_form(form, goods())
    assert ran.gold.value == value
    assert check(say(ran.gold), ran.gold, ran.plain).value == 1.0


VALUES = st.one_of(
    st.none(),
    st.text(max_size=5),
    st.integers(),
    st.booleans(),
    st.lists(st.text(max_size=3), max_size=2),
)
FORMS = st.dictionaries(
    st.sampled_from(["op", "key", "column", "start", "end", "delay", "where", "pick", "value"]),
    st.one_of(VALUES, st.sampled_from(["lookup", "extreme", "苹果", "单价", "进货", "min"])),
)


@given(FORMS)
def test_any_form_runs_or_is_refused(form: dict[str, Any]) -> None:
    reason = kind = ""
    try:
        kind = run_form(form, goods()).gold.kind
    except FormError as error:
        reason = error.reason
    assert bool(kind) is not bool(reason)
