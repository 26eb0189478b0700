"""Gold answers on both shipped boards against an oracle of pandas expressions.

The oracle reads the workbooks itself and shares no code with the suite.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from harness.tables.load import load_table
from harness.tables.programs import Question, ask
from harness.tables.suite_file import read_definition
from suites.timetable import HERE, Options

BOARDS = ("board-24", "board-220")
# The aliases of the suite file, written down again.
ALIASES = {
    "高架候车北区": "高架候车厅北区",
    "高架候车东区": "高架候车区东区",
    "高架候车西区": "高架候车区西区",
}
Answers = dict[frozenset[tuple[str, str]], object]


def minutes(cell: object) -> int | None:
    if isinstance(cell, dt.time):
        return cell.hour * 60 + cell.minute
    if isinstance(cell, str) and ":" in cell:
        hours, rest = cell.split(":")
        return int(hours) * 60 + int(rest)
    return None


def hhmm(value: float) -> str:
    return (dt.datetime(2000, 1, 1) + dt.timedelta(minutes=float(value))).strftime("%H:%M")


def halls(cell: object) -> list[str]:
    return [ALIASES.get(part, part) for part in re.split("，", str(cell))]


@cache
def frame(board: str) -> pd.DataFrame:
    raw = pd.read_excel(HERE / "tables" / f"{board}.xlsx", dtype=object)
    table = pd.DataFrame(
        {
            "key": raw["车次"].astype(str),
            "origin": raw["始发站"],
            "terminus": raw["终到站"],
            "arrival": raw["到点"].map(minutes).astype("Float64"),
            "departure": raw["开点"].map(minutes).astype("Float64"),
            "halls": raw["候车厅"].map(halls),
            "gate": raw["检票口"].astype(str),
            "platform": raw["站台"].astype(int),
        }
    )
    table["dwell"] = (table.departure - table.arrival) % 1440
    return table


def slots(**words: object) -> frozenset[tuple[str, str]]:
    return frozenset((name, str(value)) for name, value in words.items())


def keys(rows: pd.DataFrame) -> tuple[str, ...]:
    return tuple(rows.key)


def asked(found: dict[frozenset[tuple[str, str]], tuple[str, ...]]) -> Answers:
    return {said: rows for said, rows in found.items() if 1 <= len(rows) <= 8}


def lookup(column: str, show: Callable[[float], object]) -> Callable[[pd.DataFrame, str], Answers]:
    def oracle(table: pd.DataFrame, _: str) -> Answers:
        there = table[table[column].notna()]
        return {slots(key=k): show(v) for k, v in zip(there.key, there[column], strict=True)}

    return oracle


def least(by: str, slot: str, measure: str) -> Callable[[pd.DataFrame, str], Answers]:
    def oracle(table: pd.DataFrame, _: str) -> Answers:
        found: Answers = {}
        for value, rows in table[table[measure].notna()].groupby(by):
            first = rows[rows[measure] == rows[measure].min()]
            if len(rows) > 1 and len(first) == 1:
                found[slots(**{slot: value})] = first.key.iloc[0]
        return found

    return oracle


def in_hall(table: pd.DataFrame, match: str) -> dict[str, pd.Series[bool]]:
    """Rows by what may be said of a hall."""
    if match == "contains":
        names = sorted({hall for cell in table.halls for hall in cell})
        return {name: table.halls.map(lambda cell, name=name: name in cell) for name in names}
    names = sorted({"、".join(cell) for cell in table.halls})
    return {name: table.halls.map("、".join) == name for name in names}


def hall_after(table: pd.DataFrame, match: str) -> Answers:
    return asked(
        {
            slots(hall=name, time=hhmm(60 * hour)): keys(
                table[rows & (table.departure >= 60 * hour)]
            )
            for name, rows in in_hall(table, match).items()
            for hour in range(24)
        }
    )


def hall_arrival_platform(table: pd.DataFrame, match: str) -> Answers:
    found = {}
    for name, rows in in_hall(table, match).items():
        for hour in range(23):
            window = table.arrival.between(60 * hour, 60 * hour + 120).fillna(value=False)
            end = "24:00" if hour == 22 else hhmm(60 * hour + 120)
            for platform in table.platform.unique():
                said = slots(hall=name, window=f"{hhmm(60 * hour)}到{end}", platform=platform)
                found[said] = keys(table[rows & window & (table.platform == platform)])
    return asked(found)


def terminus_platform(table: pd.DataFrame, _: str) -> Answers:
    groups = table.groupby(["terminus", "platform"])
    return asked({slots(terminus=t, platform=p): keys(rows) for (t, p), rows in groups})


def gate_departure(table: pd.DataFrame, _: str) -> Answers:
    groups = table[table.departure.isna()].groupby("gate")
    return asked({slots(gate=gate): keys(rows) for gate, rows in groups})


def absent(column: str) -> Callable[[pd.DataFrame, str], Answers]:
    return lambda table, _: {slots(key=k): None for k in table[table[column].isna()].key}


ORACLES: dict[str, Callable[[pd.DataFrame, str], Answers]] = {
    "lookup.origin": lookup("origin", str),
    "lookup.terminus": lookup("terminus", str),
    "lookup.arrival": lookup("arrival", hhmm),
    "lookup.departure": lookup("departure", hhmm),
    "lookup.hall": lookup("halls", tuple),  # type: ignore[arg-type] # a cell that is a list
    "lookup.gate": lookup("gate", str),
    "lookup.platform": lookup("platform", float),
    "filter.hall_after": hall_after,
    "filter.terminus_platform": terminus_platform,
    "compare.shortest_dwell": least("platform", "platform", "dwell"),
    "compare.first_to": least("terminus", "terminus", "departure"),
    "compare.first_from": least("origin", "origin", "arrival"),
    "dwell.minutes": lookup("dwell", float),
    "window.hall_arrival_platform": hall_arrival_platform,
    "missing.arrival": absent("arrival"),
    "missing.departure": absent("departure"),
    "missing.gate_departure": gate_departure,
}
DEFINITION = read_definition(Options().definition)
PROGRAMS = {p.id: p for family in DEFINITION.families.values() for p in family.programs}


def questions(board: str, program: str, match: str) -> list[Question]:
    columns = [column.column() for column in DEFINITION.columns]
    table = load_table(HERE / "tables" / f"{board}.xlsx", columns, DEFINITION.table_key())
    unlimited = PROGRAMS[program].model_copy(update={"limit": None})
    return ask(unlimited.program("contains" if match == "contains" else "equals"), table, 0)


@pytest.mark.parametrize("board", BOARDS)
@pytest.mark.parametrize("match", ["contains", "equals"])
@pytest.mark.parametrize("program", ORACLES)
def test_every_question_and_answer_is_the_oracles(board: str, program: str, match: str) -> None:
    found = {frozenset(q.slots.items()): q.gold.value for q in questions(board, program, match)}
    expected = ORACLES[program](frame(board), match)
    assert found == expected
    assert expected, "an oracle that expects nothing tests nothing"


@pytest.mark.parametrize("board", BOARDS)
def test_delayed_departures_add_up(board: str) -> None:
    departures = dict(zip(frame(board).key, frame(board).departure, strict=True))
    found = questions(board, "convert.delayed_departure", "contains")
    assert [q.slots["key"] for q in found] == [k for k, v in departures.items() if pd.notna(v)]
    for question in found:
        hours, rest = re.fullmatch(
            r"(?:(\d+)小时)?(?:(\d+)分钟)?", question.slots["delay"]
        ).groups()  # type: ignore[union-attr] # no match fails the test
        due = pd.Timestamp("2000-01-01") + pd.Timedelta(minutes=departures[question.slots["key"]])
        moved = due + pd.Timedelta(hours=int(hours or 0), minutes=int(rest or 0))
        assert question.slots["time"] == due.strftime("%H:%M")
        assert question.gold.value == moved.strftime("%H:%M")
        assert question.next_day == (moved.date() > due.date())


def test_the_oracle_covers_every_program() -> None:
    assert set(PROGRAMS) == {*ORACLES, "convert.delayed_departure"}
    assert [family.title for family in DEFINITION.families.values()] == [
        "单字段查询",
        "多条件筛选",
        "跨行计算",
        "时间推理",
        "复合时段筛选",
        "缺失数据",
        "时间换算",
    ]


def test_the_board_holds_the_train_that_stands_over_midnight() -> None:
    board = frame("board-220")
    over = board[board.departure < board.arrival]
    assert len(over) == 1
    (question,) = (
        q
        for q in questions("board-220", "dwell.minutes", "equals")
        if q.cluster == over.key.iloc[0]
    )
    assert 0 < float(str(question.gold.value)) < 60


def test_the_boards_lie_where_the_options_say() -> None:
    assert Options().table == Path(HERE, "tables", "board-24.xlsx")
