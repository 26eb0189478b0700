"""The committed boards come from their script and hold every oddity of the real table."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from harness.tables.load import load_table
from harness.tables.table import Column
from suites.timetable.tables import make
from suites.timetable.tables.make import LARGE, SMALL, STATION, Plan

FOLDER = Path(make.__file__).parent
DAY = 24 * 60


def read(path: Path) -> list[tuple[object, ...]]:
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Sheet1"]
    return list(book.worksheets[0].iter_rows(values_only=True))


@dataclass(frozen=True)
class Board:
    plan: Plan
    rows: list[dict[str, object]]

    def column(self, name: str) -> list[object]:
        return [row[name] for row in self.rows]

    def minutes(self, name: str) -> list[int | None]:
        return [None if cell is None else minutes(cell) for cell in self.column(name)]


def minutes(cell: object) -> int:
    if isinstance(cell, dt.time):
        assert cell.second == 0
        return cell.hour * 60 + cell.minute
    hour, minute = str(cell).split(":")
    return int(hour) * 60 + int(minute)


@pytest.fixture(params=[LARGE, SMALL], ids=lambda plan: plan.name)
def board(request: pytest.FixtureRequest) -> Board:
    plan: Plan = request.param
    header, *rows = read(FOLDER / f"{plan.name}.xlsx")
    assert header == make.HEADER
    return Board(plan, [dict(zip(make.HEADER, row, strict=True)) for row in rows])


def test_the_script_writes_the_committed_boards(tmp_path: Path) -> None:
    make.main(["--out", str(tmp_path)])
    for plan in (LARGE, SMALL):
        name = f"{plan.name}.xlsx"
        assert read(tmp_path / name) == read(FOLDER / name)


def test_the_same_rows_are_the_same_bytes(tmp_path: Path) -> None:
    make.main(["--out", str(tmp_path / "a")])
    make.main(["--out", str(tmp_path / "b")])
    for plan in (LARGE, SMALL):
        name = f"{plan.name}.xlsx"
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert b"2025-01-01T00:00:00Z" in (tmp_path / "a" / name).read_bytes()


def test_sizes_and_numbering(board: Board) -> None:
    assert len(board.rows) == {"board-220": 220, "board-24": 24}[board.plan.name]
    assert board.column("序号") == list(range(1, len(board.rows) + 1))


def test_times_are_missing_where_a_train_starts_or_ends_and_once_besides(board: Board) -> None:
    kinds = Counter[str]()
    for row in board.rows:
        here = (row["始发站"] == STATION, row["终到站"] == STATION)
        gone = (row["到点"] is None, row["开点"] is None)
        if here == gone:
            kinds[{(0, 0): "through", (1, 0): "starts", (0, 1): "ends"}[gone]] += 1
        else:
            assert (here, gone) == ((False, True), (True, False))
            assert re.fullmatch("5[0-9]{4}", str(row["车次"]))
            kinds["odd"] += 1
    expected = {"through": 99, "starts": 59, "ends": 61, "odd": 1}
    if board.plan is SMALL:
        expected = {"through": 11, "starts": 6, "ends": 6, "odd": 1}
    assert kinds == expected


def test_some_times_are_unpadded_text(board: Board) -> None:
    texts = {
        name: [cell for cell in board.column(name) if isinstance(cell, str)]
        for name in ("到点", "开点")
    }
    assert {name: len(cells) for name, cells in texts.items()} == (
        {"到点": 13, "开点": 6} if board.plan is LARGE else {"到点": 2, "开点": 1}
    )
    for text in itertools.chain.from_iterable(texts.values()):
        assert re.fullmatch("[0-9]:[0-5][0-9]", text)


def test_train_numbers_are_distinct_and_of_every_sort(board: Board) -> None:
    numbers = board.column("车次")
    texts = [number for number in numbers if isinstance(number, str)]
    assert len({str(number) for number in numbers}) == len(numbers)
    sorts = {
        "integer": len(numbers) - len(texts),
        "slash": sum("/" in text for text in texts),
        "letter O": sum(text.startswith("O") for text in texts),
        "digit 0": sum(text.startswith("0") for text in texts),
        "Y": sum(text.startswith("Y") for text in texts),
    }
    large = {"integer": 17, "slash": 15, "letter O": 6, "digit 0": 11, "Y": 4}
    small = {"integer": 3, "slash": 3, "letter O": 1, "digit 0": 2, "Y": 1}
    assert sorts == (large if board.plan is LARGE else small)
    for text in texts:
        assert re.fullmatch(r"[O0]?[GDCKZTY][1-9][0-9]{0,3}(/[0-9]{1,3})?", text)


def test_halls_come_in_runs_with_a_full_width_comma_and_a_second_spelling(board: Board) -> None:
    halls = [str(hall) for hall in board.column("候车厅")]
    assert [hall for hall, _ in itertools.groupby(halls)] == [
        "高架候车厅北区", "高架候车北区", "东广场候车厅，高架候车厅北区",
        "东广场候车厅，高架候车厅南区", "东广场候车厅，高架候车厅北区", "高架候车厅南区",
    ]  # fmt: skip
    both = sum("，" in hall for hall in halls)
    assert both == {"board-220": 194, "board-24": 17}[board.plan.name]


def test_rows_stand_by_time_but_for_a_few(board: Board) -> None:
    arrivals, departures = board.minutes("到点"), board.minutes("开点")
    times = [a if a is not None else d for a, d in zip(arrivals, departures, strict=True)]
    back = sum(b is not None and a is not None and b < a for a, b in itertools.pairwise(times))
    assert back == {"board-220": 5, "board-24": 2}[board.plan.name]


def test_dwells_and_the_one_that_crosses_midnight(board: Board) -> None:
    pairs = zip(board.minutes("到点"), board.minutes("开点"), strict=True)
    stops = [(a, d) for a, d in pairs if a is not None and d is not None]
    dwells = [(d - a) % DAY for a, d in stops]
    assert (min(dwells), max(dwells)) == (6, 53)
    assert dwells.count(6) == dwells.count(53) == 1
    assert 13 < sum(dwells) / len(dwells) < 20
    assert sum(d < a for a, d in stops) == 1


def test_gates_and_platforms(board: Board) -> None:
    gates = board.column("检票口")
    assert {"1A", "9B", "13B"} <= set(gates)
    assert len(set(gates)) == {"board-220": 17, "board-24": 8}[board.plan.name]
    assert all(re.fullmatch("[1-9][AB]|13B", str(gate)) for gate in gates)
    assert set(board.column("站台")) == {1, 2, 3, 4, 5}


def test_depot_moves_start_or_end_here(board: Board) -> None:
    moves = [row for row in board.rows if str(row["车次"])[0] in "O0"]
    for row in moves:
        ends = {row["始发站"], row["终到站"]}
        assert STATION in ends
        assert ends & set(make.DEPOTS)


def test_the_boards_load_typed(board: Board) -> None:
    aliases = {make.NORTH_ALIAS: make.NORTH_HALL}
    columns = (
        *(Column(name, "text") for name in ("车次", "始发站", "终到站", "检票口")),
        *(Column(name, "time") for name in ("到点", "开点")),
        *(Column(name, "number") for name in ("序号", "站台")),
        Column("候车厅", "list", aliases),
    )
    table = load_table(FOLDER / f"{board.plan.name}.xlsx", columns, "车次")
    assert [row["到点"] for row in table.rows] == board.minutes("到点")
    assert [row["开点"] for row in table.rows] == board.minutes("开点")
    assert [row.key for row in table.rows] == [str(number) for number in board.column("车次")]
    assert table.values("候车厅") == (make.NORTH_HALL, make.EAST_HALL, make.SOUTH_HALL)
    assert {note.partition(": ")[2] for note in table.notes} == {
        "车次 is a number, kept as text",
        "到点 is text not written as HH:MM, read as a time",
        "开点 is text not written as HH:MM, read as a time",
        f"候车厅 holds '{make.NORTH_ALIAS}', read as '{make.NORTH_HALL}'",
    }
