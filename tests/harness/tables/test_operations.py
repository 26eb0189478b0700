"""Each operation answers the same as a program and as a form, and one more costs one entry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.core import Gold
from harness.distill.prompts import read_prompt
from harness.distill.ways.perfect_teacher import ideal_forms
from harness.errors import InputError
from harness.tables.conditions import Condition
from harness.tables.form_families import family_of, op_words, possible
from harness.tables.forms import NO_ANSWER, FormError, run_form
from harness.tables.operations import OPERATIONS, Answer, Operation, Program, minutes_between
from harness.tables.programs import ask
from harness.tables.questions import Choices, build_suite
from harness.tables.suite_file import read_definition
from harness.tables.table import DAY, Cell, Column, Row, Table

COLUMNS = (
    Column("名", "text"),
    Column("类", "text"),
    Column("签", "list"),
    Column("价", "number", unit="元"),
    Column("到", "time"),
    Column("开", "time", past_midnight=True),
    Column("始", "date"),
    Column("终", "date"),
    Column("长", "duration"),
)
CONDITIONS = (
    Condition("类", "equals", "x"),
    Condition("签", "contains", "x"),
    Condition("签", "equals", "x"),
    Condition("价", "at_most", "x"),
    Condition("到", "at_least", "x", every=360),
    Condition("开", "within", "x", every=0),
    Condition("终", "within", "x"),
    Condition("长", "at_least", "x"),
    Condition("始", "missing"),
    Condition("类", "present"),
)


def table_of(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> Table:
    names = [column.name for column in columns]
    made = (Row(str(r[0]), dict(zip(names, r, strict=True)), n) for n, r in enumerate(rows, 2))
    return Table("表", names[0], tuple(columns), tuple(made))


def some(cells: st.SearchStrategy[Any]) -> st.SearchStrategy[Cell]:
    return cells | cells | cells | st.none()


days = some(st.integers(0, 400).map(lambda number: dt.date(2025, 1, 1) + dt.timedelta(number)))
rows = st.tuples(
    some(st.sampled_from(["甲", "乙", "丙"])),
    some(st.lists(st.sampled_from("东西南"), min_size=1, unique=True).map(tuple)),
    some(st.integers(0, 40).map(lambda halves: halves // 2 if halves % 2 == 0 else halves / 2)),
    some(st.integers(0, DAY - 1)), some(st.integers(0, 2 * DAY - 1)), days, days,
    some(st.integers(1, 600)),
)  # fmt: skip
tables = st.lists(rows, min_size=3, max_size=6).map(
    lambda cells: table_of(COLUMNS, [(f"K{number}", *row) for number, row in enumerate(cells)])
)


@st.composite
def programs(draw: st.DrawFn, op: str) -> Program:
    columns: dict[str, Any] = {
        field: draw(st.sampled_from([column.name for column in COLUMNS if column.kind in kinds]))
        for field, kinds in OPERATIONS[op].columns[0].items()
    }
    is_whole = bool(columns) and draw(st.booleans())
    is_limited = OPERATIONS[op].of_many and not is_whole
    where = (draw(st.sampled_from(CONDITIONS)),) if is_limited else ()
    delays = (draw(st.integers(1, DAY - 1)),)
    return Program(
        "p", op, **columns, pick=draw(st.sampled_from(["min", "max"])), where=where, delays=delays
    )


def forms_of(program: Program, table: Table) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Everything that a program could ask: what it says, and the same as a form."""
    names = {name: getattr(program, name) for name in ("op", "column", "start", "end", "pick")}
    form = {**names, "delay": program.delays[0]}
    if not OPERATIONS[program.op].of_many:
        yield from (((row.key,), {**form, "key": row.key}) for row in table.rows)
    elif not program.where:
        yield (), form
    for condition in program.where:
        for _, words in condition.operands(table):
            value = words.split("到") if condition.test == "within" else words
            where = {"column": condition.column, "test": condition.test, "value": value}
            yield (words,) if condition.slot else (), {**form, "where": where}


def answer_of(form: dict[str, Any], table: Table) -> tuple[Gold, str] | str | None:
    try:
        ran = run_form(form, table)
    except FormError as error:
        return None if error.reason == NO_ANSWER else error.reason
    return (ran.gold, ran.domain) if ran.op == form["op"] else None


@pytest.mark.parametrize("op", OPERATIONS)
@settings(max_examples=10, deadline=None)  # other jobs may share the machine
@given(tables, st.data())
def test_a_program_and_its_forms_give_one_answer(
    op: str, table: Table, data: st.DataObject
) -> None:
    program = data.draw(programs(op))
    answers = {
        (q.cluster,) if "key" in q.slots else tuple(q.slots.values()): (q.gold, q.domain)
        for q in ask(program, table, 0)
    }
    assert answers == {
        said: answer
        for said, form in forms_of(program, table)
        if (answer := answer_of(form, table)) is not None
    }


def test_a_form_counts_the_days_that_times_say_themselves() -> None:
    table = table_of(COLUMNS, [("K1", None, None, None, 480, 2040, None, None, None)])
    assert run_form({"op": "difference", "key": "K1", "start": "到", "end": "开"}, table).gold == (
        Gold("duration", 1560.0)
    )


def test_a_teacher_is_told_of_every_operation() -> None:
    assert all(f"- {op}：" in read_prompt("ask").template for op in OPERATIONS)


@pytest.mark.parametrize(
    ("start", "end", "minutes"), [(1439, 0, 1), (0, 1439, 1439), (5, 5, 0), (10, 9, 1439)]
)
def test_minutes_between(start: int, end: int, minutes: int) -> None:
    assert minutes_between(start, end) == minutes


# --- one operation more --------------------------------------------------------------------------


def total(program: Program, _: Table, rows: Sequence[Row]) -> Answer | None:
    cells = [cell for row in rows if isinstance(cell := row[program.column], int | float)]
    return Answer(Gold("number", float(sum(cells)))) if cells else None


TOTAL = Operation(
    total, "{where}的{column}一共多少？", "no row has a {column}", ({"column": ("number",)},),
    reads=("where",), says=(),
)  # fmt: skip
GOODS = table_of(
    (Column("品名", "text"), Column("类别", "text"), Column("库存", "number")),
    [("苹果", "水果", 120), ("香蕉", "水果", 60), ("白菜", "蔬菜", 300), ("土豆", "蔬菜", None)],
)
SUITE = """
name: shop
version: "1"
profile: {id: p/1, weights: {AS: 1}, t_full: 0.5, t_zero: 8}
key: 品名
columns: [{name: 品名, kind: text}, {name: 类别, kind: text}, {name: 库存, kind: number}]
families:
  total:
    title: 合计
    programs:
      - id: total.stock
        op: total
        column: 库存
        where: [{column: 类别, test: equals, slot: kind}]
        reference: "{kind}一共有{value}。"
        train: ["{kind}一共还有多少？"]
        test: ["{kind}总共剩多少？"]
        report: ["{kind}的库存合计是多少？"]
"""


def write(folder: Path, text: str) -> Path:
    (folder / "suite.yaml").write_text(text, encoding="utf-8")
    return folder / "suite.yaml"


def test_one_operation_more_costs_one_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match=r"'total' is no choice \(known: count, difference, "):
        read_definition(write(tmp_path, SUITE))
    monkeypatch.setitem(OPERATIONS, "total", TOTAL)
    suite = build_suite(read_definition(write(tmp_path, SUITE)), GOODS, Choices())
    assert [(s.question, s.gold.value, s.reference) for s in suite.train] == [
        ("水果一共还有多少？", 180.0, "水果一共有180。"),
        ("蔬菜一共还有多少？", 300.0, "蔬菜一共有300。"),
    ]
    with pytest.raises(InputError, match="类别 is a text column, and must be number"):
        read_definition(write(tmp_path, SUITE.replace("column: 库存", "column: 类别", 1)))
    with pytest.raises(InputError, match="op total does not read pick"):
        read_definition(write(tmp_path, SUITE.replace("column: 库存", "pick: min", 1)))

    assert (possible(GOODS, {"total"}), op_words("total")) == (["total"], "total")
    first, second, *_ = ideal_forms(GOODS, GOODS.rows, ["total"], 4, 0)
    assert first["question"] == "类别是水果的库存一共多少？"
    assert [first["answer"], second["answer"]] == ["180", "180"]
    ran = run_form(first, GOODS)
    assert (ran.gold, family_of(ran)) == (Gold("number", 180.0), "total")
    with pytest.raises(FormError, match="no row has a 库存"):
        run_form({**first, "where": {"column": "库存", "test": "missing"}}, GOODS)
