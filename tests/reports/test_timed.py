"""Times compare within one session only."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from harness.errors import InputError
from reports.board import Leaderboard
from reports.markdown import markdown
from reports.page import PAGE, pages
from reports.strings import say
from reports.terminal import terminal_table
from reports.verdict import cautions, verdict
from tests.podium import command, environment, podium
from tests.reports.conftest import MakeBoard
from tests.reports.folders import SESSION, SIGNATURE, Entrant, questions, write_run

REPEATS = "this session repeats within 1.8%;"
UNKNOWN = {"engine": "unknown: times come from a prediction file"}
VOID = "the times vary by 31% over the replicates, more than 20%"
SHAKY = {
    "latency": {"p50_s": 1.0, "p95_s": 2.0, "cv": 0.31, "verdict": "inconclusive"},
    "times": {"chosen": 12, "timed": 12, "void": VOID},
}


def signed(session: Mapping[str, Any] | None, **more: Any) -> dict[str, Any]:
    """A summary whose times are of a session."""
    return {"signature": {**SIGNATURE, "session": session, **more}}


def session(name: str) -> dict[str, Any]:
    return {**SESSION, "id": name}


def reason(board: Leaderboard) -> str:
    return "" if board.reason is None else say(board.reason)


def test_one_session_ranks_by_the_total(make_board: MakeBoard) -> None:
    board = make_board(Entrant("a", 0.9), Entrant("b", 0.8, seed=2))
    assert (board.basis, board.reason) == ("total", None)


def test_the_same_model_on_a_machine_twice_as_slow_is_not_told_apart(make_board: MakeBoard) -> None:
    """Half the speed costs several points of the total, and no model earned or lost them."""
    fast = Entrant("fast", 0.9, 0.6, summary=signed(session("here")))
    slow = Entrant("slow", 0.9, 1.2, summary=signed(session("there")))
    board = make_board(fast, slow, count=200)
    totals = [entry.summary.total.value for entry in board.entries if entry.summary.total]
    assert abs(totals[0] - totals[1]) > 5
    assert [entry.rank for entry in board.entries] == [(1, 2), (1, 2)]
    assert [entry.band for entry in board.entries] == [1, 1]
    assert reason(board) == (
        "the times do not compare (signature.session is here of 2025-08-01T02:40:11+00:00 for "
        "fast, there of 2025-08-01T02:40:11+00:00 for slow)"
    )


@pytest.mark.parametrize(
    ("summary", "named"),
    [
        (signed(session("there")), "signature.session"),
        (signed(None), "signature.session"),
        (signed(None, engine=UNKNOWN, latency=None), "signature.session"),
        (signed(SESSION, engine={"name": "hf"}), "signature.engine.name"),
    ],
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_no_time_of_another_session_ranks_on_the_total(
    make_board: MakeBoard, summary: dict[str, Any], named: str, place: int
) -> None:
    """However fast it claims to be, and wherever it stands among the folders."""
    entrants = [Entrant("a", 0.9), Entrant("b", 0.5, seed=2)]
    entrants.insert(place, Entrant("other", 0.7, 0.01, seed=3, summary=summary))
    board = make_board(*entrants, count=60)
    assert board.basis != "total"
    assert named in reason(board)
    assert reason(board) in say(verdict(board)[1])


def test_two_prediction_files_share_no_session(make_board: MakeBoard) -> None:
    """That both are unknown makes them no more alike."""
    unknown = signed(None, engine=UNKNOWN, latency=None)
    board = make_board(Entrant("a", 0.9, summary=unknown), Entrant("b", 0.9, summary=unknown))
    assert board.basis != "total"
    assert "signature.session is unknown for a, unknown for b" in reason(board)


def test_one_entry_alone_keeps_its_total(make_board: MakeBoard) -> None:
    assert make_board(Entrant("a", summary=signed(None))).basis == "total"


def test_every_form_says_how_far_the_session_repeats(make_board: MakeBoard) -> None:
    board = make_board(Entrant("a", 0.9), Entrant("b", 0.8, seed=2))
    assert REPEATS in terminal_table(board, 120)
    assert REPEATS in markdown(board)
    page = pages(board)[PAGE].decode()
    assert REPEATS in page
    assert "这次计时自身的重复相差 1.8% 以内" in page


@pytest.mark.parametrize(
    "others",
    [signed(session("there")), signed({**SESSION, "repeats_within": None})],
)
def test_nothing_is_said_where_it_is_not_one_session(
    make_board: MakeBoard, others: dict[str, Any]
) -> None:
    first = others if others["signature"]["session"]["id"] == SESSION["id"] else {}
    board = make_board(Entrant("a", summary=first), Entrant("b", seed=2, summary=others))
    assert "repeats within" not in terminal_table(board, 120)
    assert "repeats within" not in markdown(board)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("x", "signature.session must be an object"),
        ({"started": "now"}, "signature.session.id is missing"),
        ({"id": 3, "started": "now"}, "signature.session.id must be text"),
    ],
)
def test_a_damaged_session_names_the_field(make_board: MakeBoard, damage: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        make_board(Entrant("a", summary=signed(damage)))


def test_times_that_do_not_count_are_said(make_board: MakeBoard) -> None:
    board = make_board(Entrant("a", 1.0, summary=SHAKY), Entrant("b", 1.0, seed=2))
    said = [say(note) for note in cautions(board)]
    assert sum(VOID in text for text in said) == 1
    assert not any("Times that vary" in text for text in said)


@pytest.mark.parametrize(
    ("verdict_", "key"), [("fail", "served_otherwise"), ("unclear", "served_unclear")]
)
def test_a_run_that_is_not_served_as_trained_is_told(
    make_board: MakeBoard, verdict_: str, key: str
) -> None:
    checked = {"verdict": verdict_, "said": "adapter on vllm: it answers as the untuned base"}
    summary = {"parity": 0.9, "served_as_trained": checked}
    board = make_board(Entrant("a", 1.0, summary=summary))
    found = {note.key: say(note) for note in cautions(board)}
    assert "a (adapter on vllm: it answers as the untuned base)" in found[key]
    assert "parity_low" not in found
    assert "as the untuned base" in pages(board)[PAGE].decode()
    assert "as the untuned base" in terminal_table(board, 120)


def test_a_run_that_is_served_as_trained_needs_no_word(make_board: MakeBoard) -> None:
    checked = {"verdict": "pass", "said": "served as trained"}
    summary = {"parity": 0.9, "served_as_trained": checked}
    board = make_board(Entrant("a", 1.0, summary=summary))
    keys = {note.key for note in cautions(board)}
    assert not keys & {"served_otherwise", "served_unclear", "parity_low"}


@pytest.mark.parametrize(
    ("parity", "said"), [(1.0, None), (0.99, None), (0.985, "a 98.5%"), (0.0, "a 0.0%")]
)
def test_answers_that_differ_when_timed_are_said(
    make_board: MakeBoard, parity: float, said: str | None
) -> None:
    board = make_board(Entrant("a", 1.0, summary={"parity": parity}))
    found = [say(note) for note in cautions(board) if note.key == "parity_low"]
    assert [text.rpartition(": ")[2] for text in found] == ([] if said is None else [f"{said}."])
    assert f"{parity:.1%}" in markdown(board)
    assert f"{parity:.1%}" in pages(board)[PAGE].decode()


def _read(terminal: int) -> Iterator[str]:
    """What a process writes to a terminal, until it ends."""
    with suppress(OSError):  # how Linux says that no one holds the other end any more
        while part := os.read(terminal, 4096):
            yield part.decode(errors="replace")


class TestExitCode:
    """What a script learns of times that decide nothing."""

    @pytest.fixture
    def unsteady(self, tmp_path: Path) -> Path:
        """A folder with two runs, one of them unsteady."""
        asked = questions(12)
        write_run(tmp_path, Entrant("steady", 0.9), asked)
        write_run(tmp_path, Entrant("shaky", 0.8, summary=SHAKY), asked)
        return tmp_path

    @pytest.mark.parametrize("more", [(), ("--json",)])
    def test_in_scripts_it_is_3(self, unsteady: Path, more: tuple[str, ...]) -> None:
        result = podium("report", "steady", "shaky", "--out", "board", *more, cwd=unsteady)
        assert result.returncode == 3
        (line,) = (line for line in result.stderr.splitlines() if line.startswith("podium: "))
        assert line.startswith("podium: the times of shaky are inconclusive")
        assert "steady" in result.stdout
        if more:
            assert len(json.loads(result.stdout)) == 2

    def test_a_person_reads_a_sentence(self, unsteady: Path) -> None:
        ours, theirs = pty.openpty()
        words = command("report", "steady", "shaky", "--out", "board")
        process = subprocess.Popen(
            words, cwd=unsteady, env=environment(), stdout=theirs, stderr=subprocess.DEVNULL
        )
        os.close(theirs)
        shown = "".join(_read(ours))
        os.close(ours)
        assert process.wait() == 0
        assert VOID in shown.replace("\r\n", " ")

    def test_steady_times_are_fine(self, unsteady: Path) -> None:
        assert podium("report", "steady", "--out", "board", cwd=unsteady).returncode == 0

    def test_where_times_have_no_weight_nothing_is_open(self, tmp_path: Path) -> None:
        scoring = {
            "id": "own/1", "weights": {"AS": 1.0}, "t_full": 0.5, "t_zero": 8.0, "formula": [],
        }  # fmt: skip
        run = Entrant("a", summary={**SHAKY, "scoring": scoring})
        write_run(tmp_path, run, questions(12))
        assert podium("report", "a", "--out", "board", cwd=tmp_path).returncode == 0
