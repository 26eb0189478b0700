from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from harness.errors import InputError
from reports.columns import ranking_columns
from reports.leaderboard import build, ranked
from reports.markdown import markdown
from reports.page import pages
from reports.strings import say
from reports.terminal import terminal_table
from reports.verdict import cautions, verdict
from reports.workbook import workbook
from tests.reports.conftest import MakeBoard
from tests.reports.folders import FORMULA, SIGNATURE, WEIGHTS, Entrant, questions, write_run

SCORING = {
    "id": "timetable-2025/2", "weights": WEIGHTS, "t_full": 0.5, "t_zero": 8.0, "formula": FORMULA,
}  # fmt: skip


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
    assert board.basis == "AS+AE"
    assert board.first.label == "slow but right"
    assert board.reason is not None
    assert 'signature.engine.version is "0.33.0" for' in say(board.reason)


def test_where_one_has_no_times_all_rank_by_their_answers(make_board: MakeBoard) -> None:
    times = {"times": {"chosen": 30, "timed": 20, "void": "10 of 30 have no time"}}
    board = make_board(Entrant("timed"), Entrant("untimed", timed=False, summary=times))
    assert board.basis == "AS+AE"
    assert board.reason is not None
    said = "untimed has no times that count (10 of 30 have no time)"
    assert say(board.reason) == said
    assert {entry["ranked_by"] for entry in ranked(board)} == {"AS+AE"}
    said = f"Ranked by AS and AE, not by the total: {said}."
    assert said in [say(note) for note in verdict(board)]


def test_where_nobody_has_times_all_rank_by_their_answers(make_board: MakeBoard) -> None:
    other = signed(engine={"name": "other"})
    board = make_board(Entrant("a", timed=False), Entrant("b", timed=False, summary=other))
    assert board.basis == "AS+AE"
    assert board.reason is not None
    assert say(board.reason) == "no entry has times that count"
    assert all(entry.unranked is None for entry in board.entries)


@pytest.mark.parametrize(
    ("weights", "basis"),
    [({"AS": 0.7, "ART": 0.3}, "AS"), ({"AS": 1.0}, "AS"), ({"AS": 0.5, "AE": 0.5}, "total")],
)
def test_other_weights(make_board: MakeBoard, weights: dict[str, float], basis: str) -> None:
    untimed = {part: weight for part, weight in weights.items() if part != "ART"}
    total = {"value": 80.0, "low": 70.0, "high": 90.0, "weights": untimed}
    scoring = {"id": "mine/1", "weights": weights, "t_full": 0.5, "t_zero": 8.0, "formula": []}
    summary = {"scoring": scoring, "total": total, "total_untimed": total}
    board = make_board(*(Entrant(n, timed=False, summary=summary) for n in "ab"))
    assert board.basis == basis


def test_profiles_of_two_versions_do_not_share_a_board(make_board: MakeBoard) -> None:
    old = Entrant("a", summary={"scoring": {**SCORING, "id": "timetable-2025/1"}})
    with pytest.raises(InputError, match=r'scoring\.id is "timetable-2025/[12]" in the first'):
        make_board(old, Entrant("b"))


FLOOR = {
    "model": {"base": None, "engine": "floor"},
    "signature": {**SIGNATURE, "engine": None, "latency": None},
}


def test_what_computes_nothing_is_not_ranked_by_a_total_with_times(make_board: MakeBoard) -> None:
    floor = Entrant("floor", 0.99, timed=False, summary=FLOOR)
    board = make_board(floor, Entrant("a", 0.9), Entrant("b", 0.5))
    assert board.basis == "total"
    assert [entry.label for entry in board.entries] == ["a", "b", "floor"]
    last = board.entries[-1]
    assert (last.rank, last.band, last.p_best, last.main("total")) == (None, None, None, None)
    told = ranked(board)[-1]
    assert (told["rank"], told["band"], told["p_best"]) == (None, None, None)
    assert told["unranked"] == "what computes nothing takes no time to be ranked by"
    assert [entry["unranked"] for entry in ranked(board)[:2]] == [None, None]
    assert sum(e.p_best for e in board.ranked if e.p_best is not None) == pytest.approx(1)


def test_what_computes_nothing_is_ranked_where_times_do_not_count(make_board: MakeBoard) -> None:
    floor = Entrant("floor", 0.99, timed=False, summary=FLOOR)
    board = make_board(floor, Entrant("a", 0.5, timed=False))
    assert board.basis == "AS+AE"
    assert [entry.label for entry in board.entries] == ["floor", "a"]
    assert all(entry.rank is not None for entry in board.entries)
    said = "Right no more often than the floor, which only looks answers up: a."
    assert said in [say(note) for note in cautions(board)]


@pytest.mark.parametrize(("unscored", "is_ranked"), [(0, True), (1, True), (2, False)])
def test_an_entry_that_was_left_open_too_often_is_not_ranked(
    make_board: MakeBoard, unscored: int, is_ranked: bool
) -> None:
    open_ones = Entrant("open", 0.99, summary={"unscored": unscored})
    board = make_board(open_ones, Entrant("a", 0.6), count=50)
    (entry,) = [entry for entry in board.entries if entry.label == "open"]
    assert (entry.rank is not None) is is_ranked
    if not is_ranked:
        assert entry.place == 2
        said = "Not ranked: open, because 2 of 50 answers could not be judged, more than 2%."
        assert said in [say(note) for note in verdict(board)]


def test_a_board_on_which_nobody_is_ranked(make_board: MakeBoard) -> None:
    board = make_board(*(Entrant(n, summary={"unscored": 9}) for n in "ab"))
    assert board.ranked == ()
    assert say(verdict(board)[0]) == "No entry has a score yet: nothing could be judged."


def test_an_entry_without_rank_has_a_dash_in_every_format(make_board: MakeBoard) -> None:
    floor = Entrant("floor", 0.99, timed=False, summary=FLOOR)
    board = make_board(floor, Entrant("a", 0.9), Entrant("b", 0.5))
    columns = ranking_columns(board)
    texts = {column.key: column.text(board.entries[-1]) for column in columns}
    assert {texts[key] for key in ("rank", "total", "p_best", "ART")} == {"–"}
    assert "| – | floor | – | – |" in markdown(board)
    line = next(line for line in terminal_table(board, 200).splitlines() if " floor " in line)
    assert line.split()[0] == "–"
    page = pages(board)["leaderboard.html"].decode()
    assert '<td class="num rank" data-v=""><b>–</b></td>' in page
    sheet = load_workbook(io.BytesIO(workbook(board)))["leaderboard"]
    assert [cell.value for cell in sheet[4]][:3] == ["–", "–", "floor"]


def test_the_mean_of_families_stands_beside_as(make_board: MakeBoard) -> None:
    board = make_board(Entrant("a", 0.9), Entrant("b", 0.5))
    keys = [column.key for column in ranking_columns(board)]
    assert keys[keys.index("AS") + 1] == "macro"
    one_family = {"families": {"缺失": {"n": 30, "AS": 90.0}}}
    alone = make_board(Entrant("c", summary=one_family), Entrant("d", summary=one_family))
    assert "macro" not in [column.key for column in ranking_columns(alone)]


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


TUNED = {"method": "lora", "rank": 8, "lr": 2e-4, "epochs": 3, "watch": 0}


def fields_of(make_board: MakeBoard, *tuned: Any) -> Any:
    entrants = [
        Entrant(f"e{at}", 0.9 - at / 10, spec={"model": {"base": "b"}, "finetune": one})
        for at, one in enumerate(tuned)
    ]
    return make_board(*entrants).fields


@pytest.mark.parametrize(
    ("tuned", "differing", "agreed"),
    [
        ([None, TUNED, {**TUNED, "rank": 32}], {"finetune.rank"}, set(TUNED) - {"rank"}),
        ([None, None, TUNED, {**TUNED, "lr": 1e-3, "epochs": 1}],
         {"finetune.lr", "finetune.epochs"}, {"method", "rank", "watch"}),
        ([None, TUNED, TUNED], {"finetune.epochs"}, set(TUNED) - {"epochs"}),
        ([TUNED, {**TUNED, "rank": 9}], {"finetune.rank"}, set()),
        ([None, None], set(), set()),
        ([None, TUNED], {f"finetune.{name}" for name in TUNED}, set()),
        ([None, TUNED, {**TUNED, "more": 1}], {"finetune.more"}, set(TUNED)),
    ],
)  # fmt: skip
def test_columns_in_which_all_agree_who_have_them_are_folded(
    make_board: MakeBoard, tuned: list[Any], differing: set[str], agreed: set[str]
) -> None:
    fields = fields_of(make_board, *tuned)
    assert set(fields.differing) == differing
    assert set(fields.agreed) == {f"finetune.{name}" for name in agreed}
    assert fields.same.keys() >= fields.agreed.keys() | fields.shared.keys()
