"""Several answers to one question: what they earn together."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.checker.verdict import Verdict, correct, open_question, unparsed, wrong
from harness.core import Output, Profile
from harness.metrics.draws import (
    averaged,
    in_rounds,
    majority,
    measures,
    note,
    numbers,
    pass_at,
    powers,
)
from harness.metrics.measure import Graded
from harness.metrics.measured import Measured
from tests.conftest import sample

PROFILE = Profile("test", {"AS": 1.0}, 0.5, 8.0)


def said(text: str, verdict: Verdict | None) -> tuple[Output, Verdict | None]:
    return Output("q", text), verdict


@given(st.integers(1, 7), st.data())
def test_pass_at_k_is_the_share_of_all_choices_of_k_that_hold_a_right_one(
    drawn: int, data: st.DataObject
) -> None:
    k, right = data.draw(st.integers(1, drawn)), data.draw(st.integers(0, drawn))
    answers = [True] * right + [False] * (drawn - right)
    choices = list(itertools.combinations(answers, k))
    assert pass_at(k, drawn, right) == pytest.approx(sum(map(any, choices)) / len(choices))


def test_pass_at_more_than_were_drawn_is_an_error() -> None:
    with pytest.raises(ValueError, match="pass@3 of 2"):
        pass_at(3, 2, 1)


@pytest.mark.parametrize(
    ("most", "found"), [(2, [1, 2]), (3, [1, 2, 3]), (8, [1, 2, 4, 8]), (10, [1, 2, 4, 8, 10])]
)
def test_powers_end_with_the_number_itself(most: int, found: list[int]) -> None:
    assert powers(most) == found


def test_the_majority_is_of_values_and_not_of_wordings() -> None:
    answers = [
        said("不知道", wrong()), said("8点5分开。", correct(("08:05",))),
        said("08:05", correct(("08:05",))),
    ]  # fmt: skip
    assert majority(answers) == 1
    assert majority([*answers, said("不知道", wrong()), said(" 不知道 ", wrong())]) == 0


def test_of_equals_the_first_wins_and_who_says_nothing_has_no_vote() -> None:
    first, second = said("甲", wrong(found=("甲",))), said("乙", correct(("乙",)))
    assert majority([first, second]) == 0
    assert majority([second, first]) == 1
    failed = (Output("q", "甲", error="down"), None)
    assert majority([failed, failed, second]) == 1
    assert majority([failed, said("", wrong("empty"))]) == 0


def test_a_question_earns_the_mean_and_what_is_undecided_is_left_out() -> None:
    nan, flags = math.nan, np.array([False, False, True])
    one = Measured(np.array([[1, nan, 1], [nan, nan, nan], [0, nan, 0]]), ~flags, flags)
    two = Measured(np.array([[0, nan, 0], [1, nan, 0.5], [0, nan, 0]]), ~flags, ~flags)
    found = averaged([one, two])
    assert found.values[:, 0].tolist() == [0.5, 1, 0]
    assert np.isnan(found.values[:, 1]).all()
    assert not found.unscored.any()
    assert not found.unparsed.any()


def test_rounds_hold_one_answer_a_question() -> None:
    many = Output("a", "1", others=(Output("a", "2"), Output("a", "3")))
    rounds = in_rounds([many, Output("b", "x")])
    assert [[o.text for o in found] for found in rounds] == [["1", "x"], ["2", "x"], ["3", "x"]]
    assert not any(output.others for found in rounds for output in found)


def test_a_question_has_the_answers_that_it_was_given() -> None:
    many = Output("a", "1", others=(Output("a", "2"), Output("a", "3")))
    assert numbers([many, Output("b", "x")]) == [3, 1]
    assert numbers([many, Output("b", "", error="no prediction")]) == [3, 3]


def test_an_answer_that_stands_in_earns_nothing() -> None:
    flags, nan = np.array([False, False]), math.nan
    rounds = [
        Measured(np.array([[a, nan, a], [b, nan, b]]), flags, np.array([True, b == 0]))
        for a, b in ((1, 1), (0, 0), (0, 0), (0, 1))
    ]
    found = averaged(rounds, [4, 3])
    assert found.values[:, 0] == pytest.approx([1 / 4, 1 / 3])
    assert found.unparsed.tolist() == [True, False]


@given(st.lists(st.lists(st.booleans(), min_size=1, max_size=6), min_size=2, max_size=6))
def test_pass_at_k_of_unequal_numbers_is_from_the_answers_of_each(given: list[list[bool]]) -> None:
    samples = [replace(sample(n), row=f"r{n}", template=f"t{n}") for n in range(len(given))]
    most, fewest = max(map(len, given)), min(map(len, given))
    # What stands in is right here: it must not count.
    padded = [[*found, *[True] * (most - len(found))] for found in given]
    rounds = [
        (
            [Output(s.id, "x") for s in samples],
            Graded([correct(("1",)) if of[at] else wrong(found=("2",)) for of in padded]),
        )
        for at in range(most)
    ]
    found = {m.name: m.value for m in measures(samples, rounds, PROFILE, [*map(len, given)])}
    expected = {
        f"pass@{k}": float(np.mean([pass_at(k, len(of), sum(of)) for of in given])) * 100
        for k in powers(fewest)
    }
    assert {n: v for n, v in found.items() if n in expected} == pytest.approx(expected, abs=0.006)
    assert {*found} - {*expected} == ({f"maj@{fewest}"} if fewest > 1 else set())


def test_measures_stand_beside_with_their_intervals() -> None:
    samples = [replace(sample(n), row=f"r{n}", template=f"t{n}") for n in range(4)]
    right = [[True, True], [True, False], [False, False], [False, True]]
    rounds = [
        (
            [Output(s.id, "x") for s in samples],
            Graded([correct(("1",)) if of[at] else wrong(found=("2",)) for of in right]),
        )
        for at in range(2)
    ]
    found = {measure.name: measure for measure in measures(samples, rounds, PROFILE)}
    assert {name: m.value for name, m in found.items()} == {
        "pass@1": 50.0, "pass@2": 75.0, "maj@2": 50.0
    }  # fmt: skip
    assert all(m.n == 4 and m.low < m.value < m.high for m in found.values())  # type: ignore[operator] # all are known


def test_what_nobody_can_decide_is_no_part_of_the_measures() -> None:
    outputs, graded = [Output("q", "x")], Graded([open_question("nobody knows")])
    found = measures([sample(0)], [(outputs, graded)] * 2, PROFILE)
    assert {m.value for m in found} == {None}
    assert all(m.note and m.n == 0 for m in found)
    unread = measures([sample(0)], [(outputs, Graded([unparsed()]))] * 2, PROFILE)
    assert {m.value for m in unread} == {0.0}


def test_a_note_says_how_many_are_right() -> None:
    assert note([1.0, None, 0.5, 1]) == "2 of 4 right"
