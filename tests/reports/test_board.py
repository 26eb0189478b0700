from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.errors import InputError
from reports.leaderboard import build
from reports.strings import say
from tests.reports.conftest import MakeBoard
from tests.reports.folders import SIGNATURE, Entrant, questions, write_run


def signed(**changes: Any) -> dict[str, Any]:
    return {"signature": {**SIGNATURE, **changes}}


def test_the_best_comes_first(make_board: MakeBoard) -> None:
    board = make_board(Entrant("weak", 0.3), Entrant("strong", 0.95), Entrant("middle", 0.7))
    assert [entry.label for entry in board.entries] == ["strong", "middle", "weak"]
    assert [entry.place for entry in board.entries] == [1, 2, 3]
    assert board.basis == "total"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"suite": "other"}, 'suite is "timetable" in the first and "other" in the second'),
        ({"suite_version": "2.0"}, "suite_version is"),
        (signed(questions="sha256:0000"), "signature.questions is"),
        (signed(scoring={"id": "mine/1"}), "signature.scoring is"),
    ],
)
def test_what_does_not_compare_is_refused(
    make_board: MakeBoard, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(InputError, match=f"cannot share a leaderboard: {field}"):
        make_board(Entrant("a"), Entrant("b", summary=changes))


def test_other_questions_under_one_signature_are_refused(tmp_path: Path) -> None:
    runs = [write_run(tmp_path, Entrant(f"r{n}"), questions(n)) for n in (8, 9)]
    with pytest.raises(InputError, match="1 questions, such as 'q0008', are scored in only one"):
        build(runs)


def test_times_of_another_engine_do_not_rank(make_board: MakeBoard) -> None:
    engine = {**SIGNATURE["engine"], "version": "0.32.0"}
    slow = Entrant("slow but right", 0.95, seconds=9)
    board = make_board(slow, Entrant("fast", 0.6, summary=signed(engine=engine)))
    assert board.basis == "AS"
    assert board.first.label == "slow but right"
    assert board.reason is not None
    assert 'signature.engine.version is "0.33.0" for' in say(board.reason)


def test_a_total_over_fewer_parts_does_not_rank(make_board: MakeBoard) -> None:
    board = make_board(Entrant("timed"), Entrant("untimed", timed=False))
    assert board.basis == "AS"
    assert board.reason is not None
    assert "0.3 ART" in say(board.reason)


def test_totals_without_times_compare_across_engines(make_board: MakeBoard) -> None:
    other = signed(engine={"name": "other"})
    board = make_board(Entrant("a", timed=False), Entrant("b", timed=False, summary=other))
    assert board.basis == "total"


def test_one_folder_twice_is_one_entry(tmp_path: Path) -> None:
    run = write_run(tmp_path, Entrant("a"), questions(8))
    assert len(build([run, run.parent / "." / run.name]).entries) == 1


def test_two_runs_of_one_name_are_told_apart(tmp_path: Path) -> None:
    samples = questions(8)
    runs = [write_run(tmp_path / night, Entrant("lora"), samples) for night in ("mon", "tue")]
    assert {e.label for e in build(runs).entries} == {"lora (mon/lora)", "lora (tue/lora)"}


def test_a_family_bears_the_title_of_its_suite(tmp_path: Path) -> None:
    run = write_run(tmp_path, Entrant("a"), questions(8))
    (run / "suite.json").write_text('{"families": {"缺失": "missing value"}}', "utf-8")
    board = build([run])
    assert board.family("缺失") == "缺失 (missing value)"
    assert board.family("换算") == "换算"


def test_no_runs() -> None:
    with pytest.raises(InputError, match="no run folders"):
        build([])


def test_fields_that_differ(make_board: MakeBoard) -> None:
    one = {"finetune": {"rank": 8, "lr": 2e-4}, "runtime": {"workers": 1}}
    two = {"finetune": {"rank": 32, "lr": 2e-4}, "runtime": {"workers": 9}, "extra": [1, "二"]}
    board = make_board(Entrant("a", 0.9, spec=one), Entrant("b", 0.5, spec=two))
    assert dict(board.fields.differing) == {
        "finetune.rank": ("8", "32"),
        "extra": ("–", '[1, "二"]'),
    }
    assert dict(board.fields.shared) == {"suite": "timetable", "finetune.lr": "0.0002"}
