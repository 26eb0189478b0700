"""Nobody wins by not answering: each trick is tried on a prediction file, and none may pay.

No part, no total over the same weights and no rank may rise. `test_pipeline_attacks` does the same
to the stages.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from harness.errors import InputError
from harness.scoring.score_files import score_files
from harness.store.files import write_jsonl
from reports.leaderboard import build

Row = dict[str, Any]
Attack = Callable[[list[Row]], list[Row]]
N = 80
PARTS = ("AS", "ART", "AE")


def is_right(row: Row, share: int = 6) -> bool:
    """Whether a system answers a question right that knows `share` of ten."""
    return int(row["id"]) % 10 < share


def honest(share: int = 6) -> list[Row]:
    """The predictions of a system that answers every question, right or wrong, with its time."""
    rows = []
    for at in range(N):
        row = {"id": f"{at:03}", "e2e_s": 0.3 + 0.15 * (at * 7 % 23), "ttft_s": 0.1}
        said = gold(at) if is_right(row, share) else "09:59"
        rows.append({**row, "text": f"{at}次列车{said}开。", "finish_reason": "stop"})
    return rows


def gold(at: int) -> str:
    return f"{10 + at % 12}:{at % 60:02}"


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("asked") / "questions.jsonl"
    rows = [
        {"id": f"{at:03}", "question": f"{at}次列车几点开？", "answer": gold(at), "kind": "time",
         "reference": f"{gold(at)}开。", "row": f"r{at % 40}", "template": f"t{at % 8}"}
        for at in range(N)
    ]  # fmt: skip
    write_jsonl(path, rows)
    return path


@pytest.fixture(scope="module")
def fair(questions: Path, tmp_path_factory: pytest.TempPathFactory) -> Row:
    return scored(questions, honest(), tmp_path_factory.mktemp("fair"), "fair")


def scored(questions: Path, rows: Sequence[Row], root: Path, name: str) -> Row:
    """Score a prediction file into a run folder."""
    path = root / f"{name}.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return score_files(None, [], questions, path, root / name)


def wrong_as(**changes: Any) -> Attack:
    """Everything that would be answered wrong says this instead."""
    return lambda rows: [row if is_right(row) else {**row, **changes} for row in rows]


def untimed(chosen: Callable[[list[Row]], Iterable[Row]]) -> Attack:
    """The times of some are left out."""

    def attack(rows: list[Row]) -> list[Row]:
        gone = {row["id"] for row in chosen(rows)}
        return [{**r, "e2e_s": None, "ttft_s": None} if r["id"] in gone else r for r in rows]

    return attack


def slowest(rows: Iterable[Row], count: int) -> list[Row]:
    return sorted(rows, key=lambda row: -row["e2e_s"])[:count]


ATTACKS: Mapping[str, Attack] = {
    "wrong answers left out": lambda rows: [row for row in rows if is_right(row)],
    "one right answer alone": lambda rows: rows[:1],
    "one right answer alone, and fast": lambda rows: [{**rows[0], "e2e_s": 1e-6, "ttft_s": None}],
    "wrong answers null": wrong_as(text=None),
    "wrong answers null and cut": wrong_as(text=None, finish_reason="length"),
    "wrong answers empty": wrong_as(text=""),
    "wrong answers blank": wrong_as(text=" \n"),
    "wrong answers unseen": wrong_as(text="\u200b\u3164"),
    "wrong answers dots": wrong_as(text="……"),
    "wrong answers marks": wrong_as(text="？！"),
    "wrong answers thought only": wrong_as(text="<think>10:00 还是 10:01</think>"),
    "wrong answers failed": wrong_as(finish_reason="error"),
    "wrong answers failed, and fast": wrong_as(finish_reason="error", e2e_s=1e-6, ttft_s=None),
    "wrong answers empty, and fast": wrong_as(text="", e2e_s=1e-6, ttft_s=None),
    "wrong answers cut": wrong_as(finish_reason="length"),
    "wrong answers without tokens": wrong_as(output_tokens=0),
    "wrong answers without times": wrong_as(e2e_s=None, ttft_s=None),
    "wrong answers failed without times": wrong_as(finish_reason="error", e2e_s=None, ttft_s=None),
    "wrong answers are one character": wrong_as(text="1"),
    "wrong answers say none": wrong_as(text="无"),
    "one character to everything": lambda rows: [{**row, "text": "1"} for row in rows],
    "one time to everything": lambda rows: [{**row, "text": gold(7)} for row in rows],
    "nothing to everything": lambda rows: [{**row, "text": "。"} for row in rows],
    "all failed": lambda rows: [{**row, "finish_reason": "error"} for row in rows],
    "all cut": lambda rows: [{**row, "finish_reason": "length"} for row in rows],
    "slow answers cut": lambda rows: [
        {**row, "finish_reason": "length"} if row["e2e_s"] > 2 else row for row in rows
    ],
    "slow answers failed": lambda rows: [
        {**row, "finish_reason": "error"} if row["e2e_s"] > 2 else row for row in rows
    ],
    "half of the times left out": untimed(lambda rows: rows[::2]),
    "the slower half of the times left out": untimed(lambda rows: slowest(rows, N // 2)),
    "the slowest times left out": untimed(lambda rows: slowest(rows, N // 20)),
    "one more of them": untimed(lambda rows: slowest(rows, N // 20 + 1)),
    "the slowest times of right answers left out": untimed(
        lambda rows: slowest(filter(is_right, rows), N // 20)
    ),
    "all times but one left out": untimed(lambda rows: slowest(rows, N - 1)),
    "all times left out": untimed(lambda rows: rows),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_no_part_and_no_total_rises(name: str, questions: Path, fair: Row, tmp_path: Path) -> None:
    found = scored(questions, ATTACKS[name](honest()), tmp_path, "attack")
    for part in PARTS:
        if found["parts"][part] is not None:
            assert found["parts"][part]["value"] <= fair["parts"][part]["value"] + 1e-9, part
    over = found["total"]["weights"]
    same = sum(weight * fair["parts"][part]["value"] for part, weight in over.items())
    assert found["total"]["value"] <= same + 0.01
    assert found["total_untimed"]["value"] <= fair["total_untimed"]["value"] + 1e-9
    assert found["unscored"] == 0
    assert found["n"] == N


@pytest.mark.parametrize("name", ATTACKS)
def test_no_rank_rises(name: str, questions: Path, tmp_path: Path) -> None:
    files = {"better": honest(7), "worse": honest(5), "mine": ATTACKS[name](honest())}
    for run, rows in files.items():
        scored(questions, rows, tmp_path, run)
    board = build([tmp_path / run for run in files])
    mine = next(entry for entry in board.entries if entry.label == "mine")
    assert mine.place >= 2
    assert board.first.label == "better"


def test_what_the_honest_system_earns(fair: Row) -> None:
    assert fair["parts"]["AS"]["value"] == 60
    assert fair["parts"]["ART"]["value"] < 60
    assert fair["parts"]["AE"]["value"] < 60
    assert fair["times"] == {"chosen": N, "timed": N, "void": None}
    assert fair["unanswered"] == 0


@pytest.mark.parametrize(
    ("name", "unanswered", "lacking", "counts"),
    [
        ("wrong answers left out", 32, 0, True),
        ("one right answer alone", 79, 0, True),
        ("wrong answers null", 32, 0, True),
        ("wrong answers failed without times", 32, 0, True),
        ("wrong answers without times", 0, 32, False),
        ("the slowest times left out", 0, 4, True),
        ("one more of them", 0, 5, False),
        ("half of the times left out", 0, 40, False),
    ],
)
def test_times_count_where_nearly_all_are_there(
    name: str, unanswered: int, lacking: int, counts: bool, questions: Path, tmp_path: Path
) -> None:
    found = scored(questions, ATTACKS[name](honest()), tmp_path, "attack")
    void = f"{lacking} of 80 questions chosen for timing have an answer without a time"
    told = {"chosen": N, "timed": N - lacking, "void": None if counts else void}
    assert found["times"] == told
    assert (found["parts"]["ART"] is not None) is counts
    assert found["unanswered"] == unanswered


def test_without_any_time_none_is_chosen(questions: Path, tmp_path: Path) -> None:
    found = scored(questions, ATTACKS["all times left out"](honest()), tmp_path, "attack")
    assert found["times"] == {"chosen": 0, "timed": 0, "void": None}
    assert found["parts"]["ART"] is None


def test_a_failed_request_earns_no_time_and_is_no_missing_one(
    questions: Path, tmp_path: Path
) -> None:
    """30 of 80 requests fail: at full speed the response times are worth 62.5, not 100."""
    rows = [{**row, "e2e_s": 0.3, "ttft_s": None} for row in honest(10)]
    failed = {"finish_reason": "error", "e2e_s": None}
    rows = [{**row, **failed} if at < 30 else row for at, row in enumerate(rows)]
    found = scored(questions, rows, tmp_path, "failing")
    assert found["parts"]["ART"]["value"] == 62.5
    assert found["parts"]["AS"]["value"] == 62.5


@pytest.mark.parametrize(
    ("text", "kind"), [("", "none"), ("。", "none"), ("<think>没有</think>", "none"), (" ", "text")]
)
def test_an_empty_answer_is_never_right(text: str, kind: str, tmp_path: Path) -> None:
    asked = {"id": "1", "question": "检票口是哪个？", "kind": kind, "answer": "无"}
    write_jsonl(tmp_path / "q.jsonl", [asked])
    found = scored(tmp_path / "q.jsonl", [{"id": "1", "text": text, "e2e_s": 0.1}], tmp_path, "p")
    assert {part: found["parts"][part]["value"] for part in PARTS} == dict.fromkeys(PARTS, 0)
    assert (found["unanswered"], found["unscored"]) == (1, 0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"e2e_s": 0}, "e2e_s is 0"),
        ({"e2e_s": -0.0}, "e2e_s is 0"),
        ({"e2e_s": -1e-9}, "e2e_s is -1e-09, and cannot be negative"),
        ({"e2e_s": float("inf")}, "e2e_s must be a number"),
        ({"e2e_s": "0.1"}, "e2e_s must be a number"),
        ({"e2e_s": True}, "e2e_s must be a number"),
        ({"ttft_s": -0.1}, "ttft_s is -0.1, and cannot be negative"),
        ({"e2e_s": 0.2, "ttft_s": 0.3}, "e2e_s is 0.2, less than ttft_s 0.3"),
        ({"output_tokens": -1}, "output_tokens is -1, and cannot be negative"),
        ({"finish_reason": "done"}, "finish_reason cannot be"),
        ({"id": "001"}, "id '001' occurs twice"),
        ({"id": " 001 "}, "id '001' occurs twice"),
        ({"id": "999"}, "id '999' is no question's id"),
    ],
)
def test_what_no_system_measures_is_refused(
    change: Row, words: str, questions: Path, tmp_path: Path
) -> None:
    rows = honest()
    rows[2] |= change
    with pytest.raises(InputError) as refused:
        scored(questions, rows, tmp_path, "odd")
    assert words in str(refused.value)
    assert "odd.jsonl" in str(refused.value)
    assert "3" in str(refused.value)
