"""What of the times stands beside the score: under load, and against a reference."""

from __future__ import annotations

from typing import Any

from reports.columns import raw_columns
from reports.strings import say
from reports.terminal import terminal_table
from reports.verdict import cautions
from tests.reports.conftest import MakeBoard
from tests.reports.folders import SIGNATURE, Entrant

TIMES: dict[str, Any] = {
    "p50_s": 0.4, "p90_s": 0.61, "p95_s": 0.7, "ttft_p50_s": 0.1, "tpot_p50_s": 0.01, "cv": 0.02,
    "verdict": "excellent",
}  # fmt: skip
LOADED = {
    "rate": 13.7, "p50_s": 1.41, "p95_s": 2.04, "within": 0.2, "limit_s": 1.0, "saturated": True
}  # fmt: skip
RELATIVE = {"value": 1.071, "low": 0.979, "high": 1.173, "call": "not told apart", "questions": 40}


def timed(name: str, **more: Any) -> Entrant:
    return Entrant(name, summary={"latency": {**TIMES, **more}})


def test_load_and_reference_stand_beside_the_percentiles(make_board: MakeBoard) -> None:
    board = make_board(timed("a", loaded=LOADED, relative=RELATIVE), timed("b"))
    shown = {c.key: [c.text(entry) for entry in board.entries] for c in raw_columns(board)}
    assert set(shown["p90"]) == {"610 ms"}
    assert sorted(shown["loaded"]) == ["1.41 s / 2.04 s @13.7/s!", "–"]
    assert sorted(shown["relative"]) == ["1.07 [0.98, 1.17]", "–"]
    text = terminal_table(board, 400)
    assert "1.41 s / 2.04 s @13.7/s!" in text
    assert "1.07 [0.98, 1.17]" in text


def test_a_board_without_them_has_no_such_columns(make_board: MakeBoard) -> None:
    keys = {column.key for column in raw_columns(make_board(timed("a"), timed("b")))}
    assert not keys & {"loaded", "relative"}


def test_a_model_that_is_wrong_where_it_is_short_is_a_caution(make_board: MakeBoard) -> None:
    curt = {"wrong": 9, "right": 31, "ratio": 0.4, "p": 0.001}
    length = {"median_tokens": 9.0, "p95_tokens": 20.0, "truncated": 0}
    board = make_board(
        Entrant("short", summary={"length": {**length, "curt": {**curt, "flagged": True}}}),
        Entrant("long", summary={"length": {**length, "curt": {**curt, "flagged": False}}}),
    )
    (said,) = [say(note) for note in cautions(board) if note.key == "curt"]
    assert said.endswith(": short 0.40.")


def test_a_machine_that_others_had_is_a_caution(make_board: MakeBoard) -> None:
    def signed(others: float) -> dict[str, Any]:
        session = {
            "id": "s", "started": "2025-08-01T00:00:00+00:00",
            "load": {"others": others, "steal": 0.01},
        }  # fmt: skip
        return {"signature": {**SIGNATURE, "session": session}}

    busy = make_board(Entrant("a", summary=signed(0.7)))
    (said,) = [say(note) for note in cautions(busy) if note.key == "busy"]
    assert said.endswith(": a 71%.")
    quiet = make_board(Entrant("b", summary=signed(0.05)))
    assert not [note for note in cautions(quiet) if note.key == "busy"]
