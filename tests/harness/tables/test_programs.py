"""Each operation against answers worked out by hand, and `select` against brute force."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.core import Gold
from harness.errors import InputError
from harness.tables.conditions import Condition, Test, words_of
from harness.tables.operations import OPERATIONS, Program, gold_of
from harness.tables.programs import Question, ask, few
from harness.tables.table import Cell, Column, Row, Table

COLUMNS = (
    Column("车次", "text"),
    Column("终到站", "text"),
    Column("到点", "time"),
    Column("开点", "time"),
    Column("候车厅", "list"),
    Column("站台", "number"),
)


def board(*rows: Sequence[Cell]) -> Table:
    names = [column.name for column in COLUMNS]
    made = (
        Row(str(cells[0]), dict(zip(names, cells, strict=True)), number)
        for number, cells in enumerate(rows, start=2)
    )
    return Table("board", "车次", COLUMNS, tuple(made))


TABLE = board(
    ("K1", "兰州", 1420, 12, ("东厅", "北厅"), 1),  # 23:40 to 00:12 of the next day
    ("K2", "兰州", 600, 610, ("北厅", "东厅"), 1),
    ("K3", "兰州", None, 700, ("东厅",), 2),
    ("K4", "西宁", 601, None, None, 2),
    ("K5", "西宁", 720, 730, ("南厅",), 2.5),
)


def answers(program: Program, table: Table = TABLE) -> dict[str, object]:
    """Gold values by the words of the slots."""
    return {"|".join(q.slots.values()): q.gold.value for q in ask(program, table, 0)}


def where(column: str, test: Test, slot: str = "x", **more: int) -> Condition:
    return Condition(column, test, slot, **more)


@pytest.mark.parametrize(
    ("column", "kind", "expected"),
    [
        ("终到站", "text", {"K1": "兰州", "K2": "兰州", "K3": "兰州", "K4": "西宁", "K5": "西宁"}),
        ("到点", "time", {"K1": "23:40", "K2": "10:00", "K4": "10:01", "K5": "12:00"}),
        (
            "候车厅",
            "set",
            {"K1": ("东厅", "北厅"), "K2": ("北厅", "东厅"), "K3": ("东厅",), "K5": ("南厅",)},
        ),
        ("站台", "number", {"K1": 1.0, "K2": 1.0, "K3": 2.0, "K4": 2.0, "K5": 2.5}),
    ],
)
def test_lookup_asks_every_cell_that_is_there(
    column: str, kind: str, expected: dict[str, object]
) -> None:
    questions = ask(Program("p", "lookup", column), TABLE, 0)
    assert {q.cluster: q.gold.value for q in questions} == expected
    assert {q.gold.kind for q in questions} == {kind}
    assert all(q.rows == (q.cluster,) and q.slots == {"key": q.cluster} for q in questions)


@pytest.mark.parametrize(
    ("column", "domain"), [("终到站", "终到站"), ("候车厅", "候车厅"), ("到点", ""), ("站台", "")]
)
def test_only_names_have_a_domain(column: str, domain: str) -> None:
    assert {q.domain for q in ask(Program("p", "lookup", column), TABLE, 0)} == {domain}


def test_missing_asks_the_empty_cells_alone() -> None:
    (question,) = ask(Program("p", "missing", "到点"), TABLE, 0)
    assert question == Question("p", "K3", {"key": "K3"}, Gold("none", None), ("K3",))


def test_difference_goes_on_past_midnight_and_needs_both_times() -> None:
    program = Program("p", "difference", start="到点", end="开点")
    assert answers(program) == {"K1": 32.0, "K2": 10.0, "K5": 10.0}
    assert {q.gold.kind for q in ask(program, TABLE, 0)} == {"duration"}


def test_shift_crosses_midnight_and_says_so() -> None:
    program = Program("p", "shift", "到点", delays=(75,))
    found = {q.cluster: (q.gold, q.slots["time"], q.next_day) for q in ask(program, TABLE, 0)}
    assert found == {
        "K1": (Gold("time", "00:55"), "23:40", True),
        "K2": (Gold("time", "11:15"), "10:00", False),
        "K4": (Gold("time", "11:16"), "10:01", False),
        "K5": (Gold("time", "13:15"), "12:00", False),
    }


@pytest.mark.parametrize(
    ("delay", "words", "next_day"),
    [(20, "20分钟", True), (60, "1小时", True), (75, "1小时15分钟", True), (19, "19分钟", False)],
)
def test_a_delay_in_words(delay: int, words: str, next_day: bool) -> None:
    (question,) = ask(Program("p", "shift", "到点", delays=(delay,)), board(TABLE_ROW), 0)
    assert (question.slots["delay"], question.next_day) == (words, next_day)


TABLE_ROW: tuple[Cell, ...] = ("K1", "兰州", 1420, 12, None, 1)


def test_a_row_more_leaves_the_delays_of_the_others_alone() -> None:
    program = Program("p", "shift", "到点", delays=tuple(range(1, 200)))
    more = board(("K0", "x", 1, 2, None, 1), *(tuple(row.cells.values()) for row in TABLE.rows))
    before = {q.cluster: dict(q.slots) for q in ask(program, TABLE, 0)}
    after = {q.cluster: dict(q.slots) for q in ask(program, more, 7)}
    assert {key: after[key] for key in before} == before
    assert len({slots["delay"] for slots in before.values()}) > 1


def test_select_lists_the_keys_in_table_order() -> None:
    program = Program("p", "select", where=(where("终到站", "equals"),))
    assert answers(program) == {"兰州": ("K1", "K2", "K3"), "西宁": ("K4", "K5")}
    assert {q.domain for q in ask(program, TABLE, 0)} == {"车次"}


def test_contains_takes_items_and_equals_whole_cells_in_any_order() -> None:
    contains = Program("p", "select", where=(where("候车厅", "contains"),))
    assert answers(contains) == {
        "东厅": ("K1", "K2", "K3"),
        "北厅": ("K1", "K2"),
        "南厅": ("K5",),
    }
    equals = Program("p", "select", where=(where("候车厅", "equals"),))
    assert answers(equals) == {"东厅、北厅": ("K1", "K2"), "东厅": ("K3",), "南厅": ("K5",)}


def test_at_least_and_within_include_their_ends() -> None:
    late = Program("p", "select", where=(where("到点", "at_least", every=600),))
    assert answers(late) == {
        "00:00": ("K1", "K2", "K4", "K5"),
        "10:00": ("K1", "K2", "K4", "K5"),
        "20:00": ("K1",),
    }
    window = Program("p", "select", where=(where("到点", "within", every=600, width=120),))
    assert answers(window) == {"10:00到12:00": ("K2", "K4", "K5")}
    to_midnight = Program("p", "select", where=(where("到点", "within", every=720, width=720),))
    assert answers(to_midnight) == {
        "00:00到12:00": ("K2", "K4", "K5"),
        "12:00到24:00": ("K1", "K5"),
    }


def test_equals_on_times_and_numbers_reads_as_people_write_them() -> None:
    time = Program("p", "select", where=(where("开点", "equals"),))
    assert answers(time)["00:12"] == ("K1",)
    number = Program("p", "select", where=(where("站台", "equals"),))
    assert answers(number) == {"1": ("K1", "K2"), "2": ("K3", "K4"), "2.5": ("K5",)}


def test_missing_and_present_need_no_slot() -> None:
    both = (where("站台", "equals"), Condition("到点", "missing"))
    assert answers(Program("p", "select", where=both)) == {"2": ("K3",)}
    both = (where("站台", "equals"), Condition("开点", "present"))
    assert answers(Program("p", "select", where=both)) == {
        "1": ("K1", "K2"),
        "2": ("K3",),
        "2.5": ("K5",),
    }


def test_an_answer_longer_than_max_rows_is_not_asked() -> None:
    program = Program("p", "select", where=(where("终到站", "equals"),), max_rows=2)
    assert answers(program) == {"西宁": ("K4", "K5")}


def test_extreme_of_a_cell_and_of_a_difference() -> None:
    to = (where("终到站", "equals"),)
    assert answers(Program("p", "extreme", "开点", where=to)) == {"兰州": "K1"}
    assert answers(Program("p", "extreme", "开点", pick="max", where=to)) == {"兰州": "K3"}
    dwell = Program("p", "extreme", start="到点", end="开点", pick="max", where=to)
    assert answers(dwell) == {"兰州": "K1"}
    assert answers(Program("p", "extreme", "到点", pick="max")) == {"": "K1"}


def test_extreme_rests_on_all_candidates_also_those_without_a_value() -> None:
    program = Program("p", "extreme", "到点", where=(where("终到站", "equals"),))
    rows = {q.slots["x"]: q.rows for q in ask(program, TABLE, 0)}
    assert rows == {"兰州": ("K1", "K2", "K3"), "西宁": ("K4", "K5")}


def test_a_tie_is_not_asked_but_one_behind_the_first_is_no_tie() -> None:
    tie = board(("a", "x", 1, 5, None, 1), ("b", "x", 2, 5, None, 1), ("c", "x", 3, 9, None, 1))
    to = (where("终到站", "equals"),)
    assert answers(Program("p", "extreme", "开点", where=to), tie) == {}
    assert answers(Program("p", "extreme", "开点", pick="max", where=to), tie) == {"x": "c"}


def test_one_candidate_is_no_comparison() -> None:
    one = board(("a", "x", 1, 5, None, 1), ("b", "x", 2, None, None, 1))
    program = Program("p", "extreme", "开点", where=(where("终到站", "equals"),))
    assert answers(program, one) == {}


@pytest.mark.parametrize(
    "program",
    [
        Program("p", "lookup", "始发站"),
        Program("p", "difference", start="到点", end="开车"),
        Program("p", "select", where=(Condition("始发站", "equals", "x"),)),
    ],
)
def test_a_column_that_is_not_there(program: Program) -> None:
    with pytest.raises(InputError, match="table board has no column"):
        ask(program, TABLE, 0)


def test_a_limit_draws_with_the_seed_and_keeps_the_order() -> None:
    def program(limit: int | None) -> Program:
        return Program("p", "lookup", "终到站", limit=limit)

    every = ask(program(None), TABLE, 0)
    draws = [ask(program(2), TABLE, seed) for seed in range(8)]
    assert all(len(drawn) == 2 and drawn == [q for q in every if q in drawn] for drawn in draws)
    assert ask(program(2), TABLE, 3) == draws[3]
    assert len({tuple(q.cluster for q in drawn) for drawn in draws}) > 1


@settings(deadline=None)  # other jobs may share the machine
@given(st.sets(st.text(max_size=4), min_size=1, max_size=30), st.integers(0, 30), st.data())
def test_one_item_less_changes_one_place_of_a_draw(
    names: set[str], limit: int, data: st.DataObject
) -> None:
    items = sorted(names)
    drawn = few(items, limit, str, "seed")
    assert drawn == [item for item in items if item in drawn]
    assert len(drawn) == min(limit, len(items))
    gone = data.draw(st.sampled_from(items))
    fewer = few([item for item in items if item != gone], limit, str, "seed")
    assert len(set(drawn) - set(fewer) - {gone}) == 0


def test_gold_and_words_of_a_cell() -> None:
    assert gold_of(TABLE, "开点", 12) == Gold("time", "00:12")
    assert words_of(TABLE, "开点", 12) == "00:12"
    assert words_of(TABLE, "站台", 12) == "12"
    assert words_of(TABLE, "候车厅", ("a", "b")) == "a、b"
    assert words_of(TABLE, "候车厅", None) == ""


# --- select against brute force ------------------------------------------------------------------

times = st.none() | st.integers(0, 1439)
halls = st.none() | st.lists(st.sampled_from("东西南北"), min_size=1, unique=True).map(tuple)
row = st.tuples(
    st.sampled_from(["兰州", "西宁"]) | st.none(), times, times, halls, st.integers(1, 3)
)
boards = st.lists(row, min_size=1, max_size=12).map(
    lambda rows: board(*((f"K{number}", *cells) for number, cells in enumerate(rows)))
)
MEANING: dict[Test, Callable[[Cell, str], bool]] = {
    "contains": lambda cell, said: isinstance(cell, tuple) and said in cell,
    "equals": lambda cell, said: (
        isinstance(cell, tuple) and sorted(cell) == sorted(said.split("、"))
    ),
    "at_least": lambda cell, said: isinstance(cell, int) and hhmm(cell) >= said,
    "within": lambda cell, said: (
        isinstance(cell, int) and said.split("到")[0] <= hhmm(cell) <= said.split("到")[1]
    ),
    "missing": lambda cell, _: cell is None,
    "present": lambda cell, _: cell is not None,
}


def hhmm(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


@settings(deadline=None)  # other jobs may share the machine
@given(boards, st.sampled_from(["contains", "equals"]), st.sampled_from(list(MEANING)[2:]))
def test_select_is_what_reading_the_question_row_by_row_gives(
    table: Table, hall: Test, time: Test
) -> None:
    conditions = (where("候车厅", hall, "hall"), where("到点", time, "time", every=90, width=180))
    asked = ask(Program("p", "select", where=conditions, max_rows=4), table, 0)
    for question in asked:
        expected = tuple(
            r.key
            for r in table.rows
            if MEANING[hall](r["候车厅"], question.slots["hall"])
            and MEANING[time](r["到点"], question.slots["time"])
        )
        assert question.gold == Gold("set", expected)
        assert 1 <= len(expected) <= 4
    # Every row that has both cells stands in some answer, unless each of its answers is too long.
    if len(table.rows) <= 4 and time in ("at_least", "present"):
        listed = {key for question in asked for key in question.rows}
        assert listed == {r.key for r in table.rows if r["候车厅"] and r["到点"] is not None}


@settings(deadline=None)  # other jobs may share the machine
@given(boards, st.sampled_from(sorted(OPERATIONS)))
def test_no_two_questions_of_a_program_share_a_cluster(table: Table, op: str) -> None:
    conditions = (where("候车厅", "contains", "hall"), where("终到站", "equals", "to"))
    column = "" if op == "difference" else "到点"
    asked = ask(Program("p", op, column, "到点", "开点", "min", conditions, (5, 70)), table, 0)
    assert len({question.cluster for question in asked}) == len(asked)


def test_at_most_on_times() -> None:
    early = Program("p", "select", where=(where("到点", "at_most", every=600),))
    assert answers(early) == {"10:00": ("K2",), "20:00": ("K2", "K4", "K5")}


def test_times_and_lists_in_an_english_suite() -> None:
    window = (where("到点", "within", every=720, width=720),)
    assert set(answers(Program("p", "select", where=window, language="en"))) == {
        "00:00 to 12:00", "12:00 to 24:00",
    }  # fmt: skip
    late = Program("p", "shift", "到点", delays=(75,), language="en")
    assert {q.slots["delay"] for q in ask(late, TABLE, 0)} == {"1 hour 15 minutes"}
    halls = Program("p", "select", where=(where("候车厅", "equals"),), language="en")
    assert "东厅, 北厅" in answers(halls)


def test_times_of_the_next_day() -> None:
    columns = (Column("车次", "text"), Column("开点", "time"), Column("到点", "time"))
    cells = (("K1", 1335, 1840), ("K2", 1538, 1600), ("K3", 480, 2040), ("K4", 1380, 60))
    names = [column.name for column in columns]
    rows = tuple(Row(c[0], dict(zip(names, c, strict=True)), n) for n, c in enumerate(cells))
    table = Table("t", "车次", columns, rows)
    looked_up = ask(Program("p", "lookup", column="到点"), table, 0)
    assert [(q.gold.value, q.next_day) for q in looked_up] == [
        ("06:40", True), ("02:40", True), ("10:00", True), ("01:00", False),
    ]  # fmt: skip
    lengths = ask(Program("p", "difference", start="开点", end="到点"), table, 0)
    assert [q.gold.value for q in lengths] == [505, 62, 1560, 120]
    latest = ask(Program("p", "extreme", column="开点", pick="max"), table, 0)
    assert latest[0].gold.value == "K2"
    assert words_of(table, "到点", 1840) == "次日06:40"
    assert words_of(table, "到点", 1840, "en") == "06:40 the next day"
