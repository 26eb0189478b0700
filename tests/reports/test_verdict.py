from __future__ import annotations

import re

import pytest

from reports.leaderboard import ranked
from reports.strings import say
from reports.verdict import cautions, verdict
from tests.reports.conftest import MakeBoard
from tests.reports.folders import FAMILIES, Entrant
from tests.reports.teaching import Json, distillation, training_set

TINY = {"model": {"base": "tiny-qwen2", "stand_in": True}}
SHAKY = {"latency": {"p50_s": 1.0, "p95_s": 2.0, "cv": 0.31, "verdict": "unstable"}}


def test_a_clear_winner_is_named_with_the_second(make_board: MakeBoard) -> None:
    board = make_board(Entrant("best", 0.99, 0.3), Entrant("rest", 0.1, 5), count=60)
    first = say(verdict(board)[0])
    assert first.startswith("best leads with ")
    assert "is told apart from every other entry; rest follows with " in first
    assert "1 of 1 pairs can be told apart." in [say(note) for note in verdict(board)]


def test_a_tie_is_said(make_board: MakeBoard) -> None:
    board = make_board(*(Entrant(f"r{at}", 0.9, seed=at) for at in range(1, 7)))
    said = [say(note) for note in verdict(board)]
    assert "cannot be told apart from r" in said[0]
    assert ", … (+" in said[0]
    assert said[1].startswith("Chance of being best: ")
    assert any(re.fullmatch(r"\d of 15 pairs can be told apart\.", text) for text in said)


def test_one_entry_ranks_nowhere(make_board: MakeBoard) -> None:
    said = [say(note) for note in verdict(make_board(Entrant("only")))]
    assert said[0].startswith("only scores ")
    assert not any("pairs" in sentence for sentence in said)


def test_nothing_scored(make_board: MakeBoard) -> None:
    nothing: dict[str, object] = {"total": None, "total_untimed": None, "parts": {}}
    assert [note.key for note in verdict(make_board(Entrant("a", summary=nothing)))] == [
        "verdict_none"
    ]


def test_where_the_points_went(make_board: MakeBoard) -> None:
    parts = {
        "AS": {"value": 90.0, "low": 85, "high": 95},
        "ART": {"value": 50.0, "low": 49, "high": 51},
        "AE": {"value": 80.0, "low": 75, "high": 85},
    }
    weights = {"AS": 0.4, "ART": 0.3, "AE": 0.3}
    total = {"value": 75.0, "low": 70, "high": 80, "weights": weights}
    families = {
        "缺失": {"n": 4, "AS": 0.0},
        "换算": {"n": 90, "AS": 90.0},
        "无": {"n": 0, "AS": None},
    }
    fixed = {"parts": parts, "total": total, "families": families}
    said = [say(note) for note in verdict(make_board(Entrant("a", summary=fixed)))]
    assert "a still loses 25.0 points: ART 15.0, AE 6.0, AS 4.0." in said
    assert "Its costliest family is 换算: AS 90.0 over 90 questions." in said


@pytest.mark.parametrize(
    ("summary", "said"),
    [
        (TINY, "a stand-in for speed, no claim about quality: a."),
        (SHAKY, "Times that vary over the replicates: a 31% (unstable)."),
        ({"unscored": 3}, "count nowhere: a 3/30."),
        ({"unanswered": 3}, "each worth nothing: a 3/30."),
        ({"times": {"chosen": 9, "void": "too few"}}, "so without ART: a (too few)."),
        ({"unparsed": 2}, "could not read: a 2/30."),
        ({"length": {"truncated": 5}}, "at the token limit: a 5/30."),
    ],
)
def test_cautions(make_board: MakeBoard, summary: dict[str, object], said: str) -> None:
    board = make_board(Entrant("a", 1.0, summary={"unparsed": 0, "length": None, **summary}))
    assert [say(note)[-len(said) :] for note in cautions(board)] == [said]


CLEAN: dict[str, object] = {"unparsed": 0, "length": None}
CUT = "跨行计算 / 时间推理 / 区间筛选 / … (+2)"
LACKING = "Families of the test set that no training row is about:"
THIRD = dict.fromkeys(FAMILIES, (20, 10))
MORE = {**THIRD, FAMILIES[0]: (20, 11)}


@pytest.mark.parametrize(
    ("distill", "dataset", "said"),
    [
        (distillation(THIRD), training_set(), []),
        (
            distillation(MORE),
            training_set(),
            ["More than a third of what the teacher wrote was rejected: a 34%, b 34%."],
        ),
        (
            distillation(),
            training_set({name: 5 for name in FAMILIES if name not in FAMILIES[2:4]}),
            [f"{LACKING} a (跨行计算 / 时间推理), b (跨行计算 / 时间推理)."],
        ),
        (
            distillation(),
            training_set(dict.fromkeys(FAMILIES[:2], 5)),
            [f"{LACKING} a ({CUT}), b ({CUT})."],
        ),
    ],
)
def test_cautions_on_training_data(
    make_board: MakeBoard, distill: Json, dataset: Json, said: list[str]
) -> None:
    board = make_board(
        *(Entrant(n, 1.0, summary=CLEAN, distill=distill, dataset=dataset) for n in "ab")
    )
    assert [say(note) for note in cautions(board)] == said


def test_a_clean_board_has_no_cautions(make_board: MakeBoard) -> None:
    board = make_board(Entrant("a", 1.0, summary={"length": None}))
    assert cautions(board) == []


def test_untimed(make_board: MakeBoard) -> None:
    board = make_board(Entrant("a", 1.0, timed=False, summary={"length": None}))
    assert [say(note) for note in cautions(board)] == ["Not timed, so without ART: a."]


def test_times_that_do_not_count_need_no_word(make_board: MakeBoard) -> None:
    scoring = {
        "id": "fewclue/2", "weights": {"AS": 1.0}, "t_full": 0.5, "t_zero": 8.0, "formula": [],
    }  # fmt: skip
    summary = {"length": None, "scoring": scoring}
    board = make_board(Entrant("a", 1.0, timed=False, summary=summary))
    assert cautions(board) == []


def families(**scores: float) -> dict[str, object]:
    return {"families": {name: {"n": 40, "AS": score} for name, score in scores.items()}}


def test_a_family_that_loses_is_named_though_the_total_rises(make_board: MakeBoard) -> None:
    base = {"model": {"base": "b"}}
    tuned = {**base, **families(look=99.0, dwell=60.0, rare=50.0), "finetune": {"method": "lora"}}
    plain = {**base, **families(look=20.0, dwell=95.0, rare=59.9), "finetune": None}
    board = make_board(
        Entrant("tuned", 0.9, summary=tuned), Entrant("untuned", 0.3, summary=plain), count=40
    )
    (told,) = (say(note) for note in cautions(board) if note.key == "worse")
    assert "tuned: dwell 95.0 → 60.0 (untuned, n = 40)" in told
    assert "rare" not in told
    assert "look" not in told
    loss = {
        "family": "dwell", "against": "untuned", "n": 40, "was": 95.0, "now": 60.0, "clear": True,
    }  # fmt: skip
    assert [row["worse"] for row in ranked(board)] == [[loss], []]


def test_a_loss_of_one_answer_in_a_small_family_may_be_chance(make_board: MakeBoard) -> None:
    first = {"families": {"small": {"n": 5, "AS": 60.0}}}
    other = {"families": {"small": {"n": 5, "AS": 80.0}}}
    board = make_board(Entrant("a", 0.9, summary=first), Entrant("b", 0.2, summary=other), count=40)
    (told,) = (say(note) for note in cautions(board) if note.key == "worse")
    assert "a: small 80.0 → 60.0 (b, n = 5, ?)" in told
