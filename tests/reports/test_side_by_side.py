from __future__ import annotations

import re
from pathlib import Path

import pytest

from reports.board import Leaderboard, build
from reports.side_by_side import (
    COLUMNS,
    SideBySide,
    as_markdown,
    side_by_side,
)
from reports.strings import Note, say
from tests.reports.conftest import HOSTILE_NAME, HOSTILE_TEXTS
from tests.reports.folders import Entrant, Row, questions, write_run

TUNED = {"method": "lora", "rank": 8}


def open_question(number: int) -> Row:
    return {
        "id": f"q{number:04}",
        "messages": [{"role": "user", "content": f"第{number}问：水会不会渴？"}],
        "gold": {"kind": "free", "value": f"第{number}答：不会。"},
        "reference": f"第{number}答：不会。",
        "family": "逻辑问答",
        "row": f"r{number}",
        "template": f"q{number}",
        "split": "test",
        "domain": "",
    }


def untuned(name: str, skill: float = 0.3, **more: object) -> Entrant:
    return Entrant(name, skill, summary={"finetune": None, **more}, loss=False)


def tuned(name: str, skill: float = 0.8, texts: dict[str, str] | None = None) -> Entrant:
    return Entrant(name, skill, summary={"finetune": TUNED}, texts=texts or {})


def floor() -> Entrant:
    return untuned("floor", 0.99, model={"base": None, "engine": "floor"})


def board(folder: Path, *entrants: Entrant, count: int = 12) -> Leaderboard:
    samples = [open_question(number) for number in range(count)]
    return build([write_run(folder / "runs", entrant, samples) for entrant in entrants])


def shown(view: SideBySide | None) -> SideBySide:
    assert view is not None
    return view


def test_before_stands_left_of_after_whoever_leads_and_the_floor_nowhere(tmp_path: Path) -> None:
    answers = {"q0000": "会渴。"}
    view = shown(
        side_by_side(board(tmp_path, floor(), tuned("after", 0.9, answers), untuned("before")), 50)
    )
    assert [(column.name, column.tuned) for column in view.columns] == [
        ("before", False),
        ("after", True),
    ]
    assert (len(view.lines), view.of, view.hidden) == (12, 12, 0)
    first = view.lines[0]
    assert (first.id, first.question, first.reference) == (
        "q0000",
        "第0问：水会不会渴？",
        "第0答：不会。",
    )
    assert [reply.name for reply in first.replies] == ["before", "after"]
    assert first.replies[1].text == "会渴。"


def test_questions_are_spread_evenly_over_the_test(tmp_path: Path) -> None:
    both = board(tmp_path, untuned("before"), tuned("after"), count=10)
    view = shown(side_by_side(both, 4))
    assert [line.id for line in view.lines] == ["q0000", "q0002", "q0005", "q0007"]
    assert (view.of, as_markdown(view).splitlines()[0]) == (
        10,
        "4 of 10 questions, evenly spread over the test.",
    )
    assert len(shown(side_by_side(both, 10)).lines) == 10


@pytest.mark.parametrize("most", [0, -1])
def test_no_question_is_no_table(tmp_path: Path, most: int) -> None:
    assert side_by_side(board(tmp_path, untuned("before"), tuned("after")), most) is None


def test_only_open_questions_are_shown(tmp_path: Path) -> None:
    closed = build([write_run(tmp_path, tuned("after"), questions(5))])
    assert side_by_side(closed, 50) is None
    mixed = [*questions(5)[1:], open_question(0)]
    view = shown(side_by_side(build([write_run(tmp_path / "b", tuned("after"), mixed)]), 50))
    assert [line.id for line in view.lines] == ["q0000"]


def test_a_board_of_floors_has_no_table(tmp_path: Path) -> None:
    assert side_by_side(board(tmp_path, floor()), 50) is None


def test_many_tuned_entries_leave_room_for_the_untuned_one(tmp_path: Path) -> None:
    many = [tuned(f"lora-{n}", 0.9 - n / 50) for n in range(15)]
    view = shown(side_by_side(board(tmp_path, *many, untuned("before", 0.1)), 3))
    assert [column.name for column in view.columns][:2] == ["before", "lora-0"]
    assert (len(view.columns), view.hidden) == (COLUMNS, 16 - COLUMNS)
    assert "10 more entries are not shown here." in as_markdown(view)


def test_many_untuned_entries_leave_room_for_tuned_ones(tmp_path: Path) -> None:
    many = [untuned(f"base-{n}", 0.5 - n / 50) for n in range(8)]
    entrants = [*many, tuned("a"), tuned("b"), tuned("c"), tuned("d")]
    view = shown(side_by_side(board(tmp_path, *entrants), 3))
    assert [column.tuned for column in view.columns] == [False] * 3 + [True] * 3


def test_markdown(tmp_path: Path) -> None:
    after = Entrant(
        "after", 0.8, summary={"finetune": TUNED}, texts={"q0000": "不会。\n真的", "q0001": " "},
        lost=2,
    )  # fmt: skip
    before = Entrant(
        "before", 0.1, summary={"finetune": None}, texts={f"q{n:04}": "会|渴" for n in range(3)}
    )
    view = shown(side_by_side(board(tmp_path, after, before, count=3), 9))
    assert as_markdown(view).splitlines() == [
        "| question | before: before | after: after | reference |",
        "| --- | --- | --- | --- |",
        r"| 第0问：水会不会渴？ | 会\|渴 | 不会。⏎真的 | 第0答：不会。 |",
        r"| 第1问：水会不会渴？ | 会\|渴 | (empty) | 第1答：不会。 |",
        r"| 第2问：水会不会渴？ | 会\|渴 | (no answer: timed out after 30 s) | 第2答：不会。 |",
    ]
    assert say(view.columns[1].heading, "zh") == "微调后：after"
    lost = view.lines[2].replies[1].said
    assert isinstance(lost, Note)
    assert say(lost, "zh") == "（没有回答：timed out after 30 s）"


def test_long_answers_are_cut_and_say_so(tmp_path: Path) -> None:
    view = side_by_side(board(tmp_path, tuned("after", texts={"q0000": "长" * 5000})), 1)
    line = as_markdown(shown(view)).splitlines()[-1]
    assert "more characters" in line
    assert len(line) < 1000


def test_hostile_answers_and_names_act_nowhere(tmp_path: Path) -> None:
    entrants = tuned(HOSTILE_NAME, 0.8, HOSTILE_TEXTS), untuned("before")
    text = as_markdown(shown(side_by_side(board(tmp_path, *entrants), 50)))
    lines = text.splitlines()
    assert len(lines) == 2 + 12
    assert all(len(re.findall(r"(?<!\\)\|", line)) == 5 for line in lines)
    assert not re.search(r"<(?!br)|\x1b|\u202e|\x00|\ud83d", text)
