"""AS, ART, AE and the total, by hand."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.checker.verdict import Verdict, unjudged
from harness.core import Output, Profile
from harness.metrics.clusters import Clusters
from harness.metrics.joint import compare, joint_totals
from harness.metrics.measured import Measured
from harness.metrics.score import (
    efficiency,
    family_accuracy,
    macro_accuracy,
    measure,
    response_value,
    score,
)
from tests.harness.checker.forms import UNHURRIED

PROFILE = Profile("timetable-2025/2", {"AS": 0.4, "ART": 0.3, "AE": 0.3}, t_full=0.5, t_zero=8.0)
RIGHT, WRONG, UNREAD = Verdict(1.0, "correct"), Verdict(0.0, "wrong"), Verdict(None, "unparsed")


def run_of(correct: list[float]) -> Measured:
    """A run with nothing but right and wrong answers, all of them fast and terse."""
    c = np.array(correct)
    values = np.stack([c, np.ones_like(c), c], axis=1)
    return Measured(values, np.isnan(c), np.zeros(len(c), dtype=np.bool_))


def clusters_of(n: int) -> Clusters:
    return Clusters(tuple(f"row-{i}" for i in range(n)), ("",) * n)


@pytest.mark.parametrize(
    ("seconds", "value"),
    [(0.0, 1), (0.5, 1), (1.0, 0.75), (2.0, 0.5), (4.0, 0.25), (8.0, 0), (99, 0)],
)
def test_response_time_falls_linearly_in_its_logarithm(seconds: float, value: float) -> None:
    assert response_value(seconds, PROFILE) == pytest.approx(value)


@UNHURRIED
@given(st.floats(0, 20), st.floats(0, 20))
def test_to_be_slower_never_earns_more(one: float, other: float) -> None:
    slow, fast = max(one, other), min(one, other)
    assert 0 <= response_value(slow, PROFILE) <= response_value(fast, PROFILE) <= 1


@pytest.mark.parametrize(
    ("c", "text", "value"),
    [
        (1.0, "兰州。", 1.0),
        (1.0, "兰", 1.0),
        (1.0, "终到站是兰州", 2 / 6),
        (0.5, "兰州西宁", 0.25),
        (0.0, "兰州", 0.0),
        (1.0, "<think>这是一段很长的思考</think>兰州", 1.0),
        (1.0, "--", 1.0),
    ],
)
def test_efficiency_compares_with_the_reference(c: float, text: str, value: float) -> None:
    assert efficiency(c, text, "兰州。") == pytest.approx(value)


def test_efficiency_without_a_reference_is_missing() -> None:
    assert math.isnan(efficiency(1.0, "兰州", ""))


def test_what_each_answer_earns() -> None:
    outputs = [
        Output("right", "兰州", e2e_s=0.4),
        Output("slow and wordy", "是兰州站", e2e_s=2.0),
        Output("wrong", "西宁", e2e_s=0.4),
        Output("unread", "嗯", e2e_s=0.4),
        Output("empty", "", e2e_s=0.1),
        Output("cut off", "兰州", finish_reason="length", e2e_s=0.4),
        Output("failed", error="connection reset", finish_reason="error"),
        Output("without its time", "兰州"),
        Output("half right", "兰州西宁", e2e_s=2.0),
        Output("failed, and says so in passing", "兰州", finish_reason="error", e2e_s=0.1),
    ]
    empty = Verdict(0.0, "empty")
    verdicts = [
        RIGHT, RIGHT, WRONG, UNREAD, empty, RIGHT, None, RIGHT, Verdict(0.5, "partly"), RIGHT,
    ]  # fmt: skip
    measured = measure(outputs, verdicts, ["兰州"] * 10, PROFILE, [True] * 10)
    expected = [
        [1, 1, 1], [1, 0.5, 0.5], [0, 0, 0], [0, 0, 0], [0, 0, 0], [1, 0, 0], [0, 0, 0], [1, 0, 1],
        [0.5, 0.25, 0.25], [0, 0, 0],
    ]  # fmt: skip
    assert measured.values == pytest.approx(np.array(expected, dtype=float))
    assert not measured.unscored.any()
    assert measured.unparsed.tolist() == [False] * 3 + [True] + [False] * 6
    untimed = measure(outputs, verdicts, ["兰州"] * 10, PROFILE, [False] * 10)
    assert np.isnan(untimed.values[:, 1]).all()
    assert untimed.values[:, [0, 2]] == pytest.approx(measured.values[:, [0, 2]])


def test_a_profile_may_pay_for_speed_by_itself() -> None:
    outputs = [
        Output("right", "兰州", e2e_s=0.4),
        Output("wrong", "西宁", e2e_s=2.0),
        Output("empty", "", e2e_s=0.1),
        Output("cut off", "兰州", finish_reason="length", e2e_s=0.4),
        Output("failed", error="connection reset", finish_reason="error", e2e_s=0.1),
    ]
    verdicts = [RIGHT, WRONG, Verdict(0.0, "empty"), RIGHT, None]
    every = dataclasses.replace(PROFILE, art="all")
    measured = measure(outputs, verdicts, ["兰州"] * 5, every, [True] * 5)
    assert measured.values[:, 1].tolist() == [1, 0.5, 0, 0, 0]


@pytest.mark.parametrize(
    "text",
    ["", " \n", "\u200b\u2060", "。", "……", "？！", "，、；", "<think>兰州", "<think>兰州</think>"],
)
@pytest.mark.parametrize(
    "verdict", [RIGHT, WRONG, UNREAD, unjudged("the judge said nothing"), None]
)
def test_an_empty_answer_earns_nothing_whoever_judges_it(
    text: str, verdict: Verdict | None
) -> None:
    measured = measure([Output("a", text, e2e_s=0.1)], [verdict], ["兰州"], PROFILE, [True])
    assert measured.values.tolist() == [[0, 0, 0]]
    assert not measured.unscored.any()
    assert not measured.unparsed.any()


def test_what_a_judge_leaves_open_counts_nowhere() -> None:
    outputs = [Output(str(i), "兰州", e2e_s=0.1) for i in range(3)]
    verdicts = [RIGHT, unjudged("the judge said nothing"), unjudged("the judge said nothing")]
    measured = measure(outputs, verdicts, ["兰州"] * 3, PROFILE, [True] * 3)
    assert measured.values[0].tolist() == [1, 1, 1]
    assert np.isnan(measured.values[1:]).all()
    assert measured.unscored.tolist() == [False, True, True]
    assert not measured.unparsed.any()


def test_parts_and_total_by_hand() -> None:
    outputs = [Output(str(i), "兰州", e2e_s=0.5 if i % 2 else 2.0) for i in range(8)]
    verdicts = [RIGHT] * 6 + [WRONG] * 2
    measured = measure(outputs, verdicts, ["兰州"] * 8, PROFILE, [True] * 8)
    scores = score(measured, clusters_of(8), PROFILE)
    parts = {name: part.value for name, part in scores.parts.items() if part is not None}
    assert parts == pytest.approx({"AS": 75, "ART": 56.25, "AE": 75})
    assert scores.total is not None
    assert scores.total.value == pytest.approx(69.375)
    assert scores.total.low < 69.375 < scores.total.high
    assert scores.over == pytest.approx({"AS": 0.4, "ART": 0.3, "AE": 0.3})
    assert (scores.n, scores.unscored, scores.unparsed) == (8, 0, 0)


def test_a_part_without_data_is_none_and_the_total_stands_over_the_rest() -> None:
    outputs = [Output("a", "兰州"), Output("b", "西宁"), Output("c", error="lost")]
    measured = measure(outputs, [RIGHT, WRONG, None], ["兰州"] * 3, PROFILE, [False] * 3)
    scores = score(measured, clusters_of(3), PROFILE)
    assert scores.parts["ART"] is None
    assert scores.over == pytest.approx({"AS": 4 / 7, "AE": 3 / 7})
    assert scores.total is not None
    assert scores.total.value == pytest.approx(100 / 3)
    assert scores.unscored == 0


def test_accuracy_alone_and_nothing_at_all() -> None:
    alone = measure([Output("a", "兰州")], [RIGHT], [""], PROFILE, [False])
    scores = score(alone, clusters_of(1), PROFILE)
    assert scores.over == {"AS": 1.0}
    open_ones = [Output("a", "兰州"), Output("b", "西宁")]
    left = measure(open_ones, [unjudged("")] * 2, ["", ""], PROFILE, [False] * 2)
    nothing = score(left, clusters_of(2), PROFILE)
    assert nothing.total is None
    assert set(nothing.parts.values()) == {None}
    assert nothing.unscored == 2
    assert score(measure([], [], [], PROFILE, []), clusters_of(0), PROFILE).total is None


def test_an_unread_answer_counts_as_wrong_and_so_does_a_lost_one() -> None:
    outputs = [Output("a", "兰州"), Output("b", "嗯"), Output("c", error="lost")]
    measured = measure(outputs, [RIGHT, UNREAD, None], ["兰州"] * 3, PROFILE, [False] * 3)
    scores = score(measured, clusters_of(3), PROFILE)
    assert scores.parts["AS"] is not None
    assert scores.parts["AS"].value == pytest.approx(100 / 3)
    assert (scores.unscored, scores.unparsed) == (0, 1)


def test_all_right_on_a_few_questions_is_not_certainty() -> None:
    part = score(run_of([1.0] * 10), clusters_of(10), PROFILE).parts["AS"]
    assert part is not None
    assert (part.value, part.high) == (100, 100)
    assert 50 < part.low < 80
    shared = Clusters(("row-1",) * 5 + ("row-2",) * 5, ("",) * 10)
    few = score(run_of([1.0] * 10), shared, PROFILE).parts["AS"]
    assert few is not None
    assert few.low < part.low


def test_weights_of_zero_and_other_profiles() -> None:
    only = dataclasses.replace(PROFILE, weights={"AS": 2.0, "ART": 0.0})
    scores = score(run_of([1.0, 0.0]), clusters_of(2), only)
    assert scores.over == {"AS": 1.0}
    assert scores.total is not None
    assert scores.total.value == 50


def test_runs_on_the_same_questions_are_compared_in_pairs() -> None:
    """The second run has one more of a hundred right: far within either interval, yet paired."""
    rng = np.random.default_rng(0)
    right = (rng.random(100) < 0.5).astype(float)
    better = right.copy()
    better[np.flatnonzero(right == 0)[:12]] = 1.0
    found = compare(run_of(list(right)), run_of(list(better)), clusters_of(100), PROFILE)
    assert found["AS"] is not None
    assert found["AS"].value == pytest.approx(12)
    assert found["AS"].low > 0
    assert found["AS"].p < 0.001
    assert found["ART"] is not None
    assert (found["ART"].value, found["ART"].p) == (0, 1)
    assert found["ART"].detectable > 0
    assert found["total"] is not None
    assert found["total"].value == pytest.approx(0.7 * 12)
    back = compare(run_of(list(better)), run_of(list(right)), clusters_of(100), PROFILE)
    assert back["AS"] is not None
    assert back["AS"].value == -found["AS"].value


def test_a_question_that_either_run_lost_is_left_out_of_both() -> None:
    first, second = run_of([1.0, 1.0, 0.0, math.nan]), run_of([1.0, math.nan, 0.0, 1.0])
    found = compare(first, second, clusters_of(4), PROFILE)
    assert found["AS"] is not None
    assert found["AS"].value == 0


def test_totals_of_several_runs_vary_together() -> None:
    runs = [run_of([1.0] * 30 + [0.0] * 10), run_of([1.0] * 20 + [0.0] * 20)]
    totals, joint = joint_totals(runs, clusters_of(40), PROFILE)
    assert totals == pytest.approx([0.7 * 75 + 30, 0.7 * 50 + 30])
    assert joint.variance.shape == joint.df.shape == joint.covariance.shape == (2, 2)
    assert joint.variance[0, 1] < joint.covariance[0, 0] + joint.covariance[1, 1]
    assert not joint.fixed


def test_a_run_and_itself_differ_by_nothing_and_that_is_no_certainty() -> None:
    run = run_of([1.0, 0.0] * 20)
    found = compare(run, run, clusters_of(40), PROFILE)["total"]
    assert found is not None
    assert (found.value, found.p) == (0, 1)
    assert found.detectable > 0
    assert found.low < 0 < found.high


def test_accuracy_by_family() -> None:
    measured = run_of([1.0, 0.0, 1.0, math.nan])
    families = family_accuracy(measured, ["a", "a", "b", "c"])
    assert families == {
        "a": {"n": 2, "AS": 50.0}, "b": {"n": 1, "AS": 100.0}, "c": {"n": 1, "AS": None},
    }  # fmt: skip
    assert macro_accuracy(families) == 75
    assert macro_accuracy({"c": families["c"]}) is None
