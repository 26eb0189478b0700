from __future__ import annotations

import pytest

from harness.text.display import width
from reports.leaderboard import Leaderboard, terminal_table
from tests.reports.conftest import MakeBoard, eight
from tests.reports.folders import FORMULA, SIGNATURE, Entrant


def grid(board: Leaderboard, columns: int) -> list[str]:
    return terminal_table(board, columns).split("\n\n")[0].splitlines()


@pytest.mark.parametrize("columns", [50, 72, 100, 140])
def test_the_table_fits(make_board: MakeBoard, columns: int) -> None:
    assert all(width(line) <= columns for line in grid(make_board(*eight()), columns))


def test_columns_line_up_under_chinese_names(make_board: MakeBoard) -> None:
    lines = grid(make_board(*eight()), 120)
    rules = [line for line in lines if line.startswith("─")]
    ends = [at for at, char in enumerate(rules[0] + " ") if char == " "]
    for line in lines:
        cells = "".join(char + "\0" * (width(char) - 1) for char in line)
        for end in ends:
            assert cells[end : end + 1] in {" ", ""}, line


def test_a_wide_terminal_shows_what_a_narrow_one_drops(make_board: MakeBoard) -> None:
    board = make_board(*eight())
    wide, narrow = grid(board, 160)[0].split(), grid(board, 60)[0].split()
    assert {"rank", "entry", "total", "AS", "P(best)", "TPOT", "tokens"} <= set(wide)
    assert {"rank", "entry", "total", "AS"} <= set(narrow)
    assert "TPOT" not in narrow


def test_formula_and_verdict_stand_under_the_table(make_board: MakeBoard) -> None:
    text = terminal_table(make_board(*eight()), 100)
    assert "\n".join(FORMULA) in text
    assert " leads with " in text.split(FORMULA[-1])[1]


def test_nothing_acts_on_the_terminal(hostile: Leaderboard) -> None:
    text = terminal_table(hostile, 120)
    assert not {char for char in text if ord(char) < 32 and char != "\n"}
    assert "\u202e" not in text
    assert text.count("second") == 0
    assert "␛[31m" in text


def test_a_part_without_weight_has_no_column(make_board: MakeBoard) -> None:
    scoring = {
        "id": "fewclue/2", "weights": {"AS": 1.0, "AE": 0.0}, "t_full": 0.5, "t_zero": 8.0,
        "formula": [],
    }  # fmt: skip
    table = terminal_table(make_board(Entrant("a", 1.0, summary={"scoring": scoring})), 160)
    head = table.splitlines()[0].split()
    assert "AS" in head
    assert not {"ART", "AE"} & set(head)


def test_whoever_judged_is_named_under_the_table(make_board: MakeBoard) -> None:
    judged = {**SIGNATURE, "judge": {"engine": "api", "model": "qwen3-32b", "weights": ""}}
    text = terminal_table(make_board(Entrant("a", 1.0, summary={"signature": judged})), 100)
    assert "judge of open answers: qwen3-32b (engine api)" in text
    assert "judge of" not in terminal_table(make_board(Entrant("b", 1.0)), 100)
