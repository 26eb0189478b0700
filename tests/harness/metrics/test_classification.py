"""Labels, choices and pairs of runs beyond the golden values."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.checker.rules.choice import options_in
from harness.errors import InputError
from harness.metrics.choice import choice, first_capital, percent
from harness.metrics.classification import OUTSIDE, auc, auc_macro, classify, measures_of
from harness.metrics.paired import McNemar, mcnemar
from tests.harness.checker.forms import UNHURRIED

LABELS = ("A", "B", "C")
ANSWERS = st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from([*LABELS, "O", "", None])))
SCORED = st.lists(st.tuples(st.booleans(), st.integers(-5, 5)))


def test_answers_that_are_no_label_are_wrong_and_shown() -> None:
    found = classify(["A", "B", "A", "B"], ["A", "O", "", None], ["A", "B"], group="dev")
    assert (found.n, found.unscored, found.outside) == (3, 1, 2)
    assert found.accuracy is not None
    assert found.accuracy.value == pytest.approx(1 / 3)
    assert found.confusion.group == "dev"
    assert found.confusion.columns == ("A", "B", OUTSIDE)
    assert found.confusion.counts == ((1, 0, 1), (0, 0, 1))


def test_a_zero_by_definition_says_so() -> None:
    found = classify(["A", "A"], ["A", "A"], ["A", "B"])
    assert found.labels[0].note == ""
    assert "no answer is B" in found.labels[1].note
    assert "no question's answer is B" in found.labels[1].note
    macro = next(m for m in measures_of(found) if m.name == "macro_f1")
    assert macro.value == 50
    assert "no answer is B" in macro.note


def test_measures_carry_the_interval() -> None:
    right = [True] * 101 + [False] * 59
    found = classify(["A"] * 160, ["A" if r else "B" for r in right], ["A", "B"])
    accuracy = measures_of(found, group="ocnli")[0]
    assert f"{accuracy.value:.2f}" == "63.12"
    assert (accuracy.low, accuracy.high) == pytest.approx((55.4233, 70.2113), abs=1e-4)
    assert (accuracy.n, accuracy.group) == (160, "ocnli")


def test_nothing_answered_has_no_accuracy() -> None:
    found = classify(["A"], [None], ["A", "B"])
    assert (found.accuracy, found.macro) == (None, None)
    assert [m.value for m in measures_of(found)] == [None]
    assert measures_of(found)[0].note == "no answers"


def test_labels_are_checked() -> None:
    with pytest.raises(InputError, match="right label 'D' is none of them"):
        classify(["D"], ["A"], LABELS)
    with pytest.raises(InputError, match="different words"):
        classify(["A"], ["A"], ["A", "A"])
    with pytest.raises(ValueError, match="zip"):
        classify(["A"], [], LABELS)


@UNHURRIED
@given(ANSWERS)
def test_counts_add_up_whatever_is_answered(pairs: list[tuple[str, str | None]]) -> None:
    found = classify([g for g, _ in pairs], [p for _, p in pairs], LABELS)
    assert found.n + found.unscored == len(pairs)
    assert sum(map(sum, found.confusion.counts)) == found.n
    assert sum(row.support for row in found.labels) == found.n
    assert sum(row.answered for row in found.labels) + found.outside == found.n
    assert classify([g for g, _ in pairs[::-1]], [p for _, p in pairs[::-1]], LABELS) == found


@UNHURRIED
@given(SCORED)
def test_auc_counts_pairs(scored: list[tuple[bool, int]]) -> None:
    """By definition: over all pairs of a positive and a negative."""
    above = [s for flag, s in scored if flag]
    below = [s for flag, s in scored if not flag]
    wins = [(a > b) + (a == b) / 2 for a in above for b in below]
    found = auc([flag for flag, _ in scored], [float(s) for _, s in scored])
    assert found == (pytest.approx(sum(wins) / len(wins)) if wins else None)
    turned = auc([not flag for flag, _ in scored], [float(s) for _, s in scored])
    assert turned == (pytest.approx(1 - found) if found is not None else None)


def test_a_score_must_be_a_number() -> None:
    with pytest.raises(ValueError, match="not a number"):
        auc([True, False], [0.1, math.nan])
    with pytest.raises(ValueError, match="zip"):
        auc([True], [0.1, 0.2])
    assert auc([True, False], [math.inf, -math.inf]) == 1
    assert auc_macro(["A", "B"], [{"A": 1, "B": 0}, {"A": 0, "B": 1}], ["A", "B"]) == 1


@pytest.mark.parametrize("n", [160, 1772, 2520])
def test_a_percentage_prints_as_the_public_results(n: int) -> None:
    """Their expression is (k / n) * 100 under .2f; 100 * k / n prints another number."""
    for k in range(n + 1):
        assert f"{percent(k, n):.2f}" == format(k / n * 100, ".2f")
    assert percent(93, 160) != float(f"{100 * 93 / 160:.2f}")


def test_no_questions_have_no_percentage() -> None:
    with pytest.raises(ZeroDivisionError):
        percent(0, 0)


@settings(UNHURRIED, max_examples=300)
@given(st.text(max_size=40), st.sampled_from(["AB", {"A": "无关", "B": "相关"}, {"A": ""}, {}]))
def test_any_text_is_read_without_a_fault(text: str, options: str | dict[str, str]) -> None:
    assert choice(text, options) in (None, *options)
    assert len(first_capital(text)) <= 1


@UNHURRIED
@given(
    st.sampled_from("ABCD"),
    st.sampled_from(
        ["{}", "({})", "（{}）", "{}.", "答案：{}", "选{}。", "**{}**", "The answer is {}."]
    ),
    st.sampled_from(["", "<think>A还是B？C！</think>", "<think>\n\n</think>\n\n"]),
)
def test_a_plain_choice_is_read(letter: str, form: str, thinking: str) -> None:
    assert choice(thinking + form.format(letter), "ABCD") == letter


def test_options_are_read_from_the_question() -> None:
    lines = "下面哪个对？\nA. 兰州\nB．北京西\nC、西宁"
    assert options_in(lines) == {"A": "兰州", "B": "北京西", "C": "西宁"}
    assert options_in("哪站？ A.兰州 B.北京西") == {"A": "兰州", "B": "北京西"}
    assert options_in("哪站？\nB. 北京西\nA. 兰州") == {"A": "兰州", "B": "北京西"}
    assert options_in("A. 兰州") == {}
    assert options_in("A. 兰州\nC. 西宁") == {}
    assert options_in("没有选项") == {}


def test_pairs_of_runs_are_compared_question_by_question() -> None:
    first = [True, True, False, True]
    second = [True, False, True, False]
    assert mcnemar(first, second) == McNemar(2, 1, 1.0)
    assert mcnemar(second, first) == McNemar(1, 2, 1.0)
    with pytest.raises(ValueError, match="zip"):
        mcnemar([True], [])
