"""Agreement against published examples and other libraries, and what has no value."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harness.judges.agreement import (
    agreement_of_marks,
    agreement_of_preferences,
    cohen_kappa,
    exact_agreement,
    fleiss_kappa,
    krippendorff_alpha,
    repeated,
    repeated_preferences,
    win_rate,
)
from harness.judges.judge import Judge
from harness.judges.pairwise import Outcome, Pair, Preference
from harness.judges.rating import Criterion, Rated, Rating
from harness.models.fake import FakeModel

CASES = Path(__file__).parent / "cases" / "agreement.jsonl"
Units = list[list[Any]]


def cohen(units: Units) -> float | None:
    return cohen_kappa([unit[0] for unit in units], [unit[1] for unit in units])


NUMBERS: dict[str, Callable[[Units], float | None]] = {
    "exact": exact_agreement,
    "cohen": cohen,
    "fleiss": fleiss_kappa,
    "nominal": lambda units: krippendorff_alpha(units, "nominal"),
    "ordinal": lambda units: krippendorff_alpha(units, "ordinal"),
    "interval": lambda units: krippendorff_alpha(units, "interval"),
}


def golden() -> list[Any]:
    cases = map(json.loads, CASES.read_text(encoding="utf-8").splitlines())
    return [
        pytest.param(case, name, id=f"{number}:{name}")
        for number, case in enumerate(cases, start=1)
        for name in case["expected"]
    ]


@pytest.mark.parametrize(("case", "name"), golden())
def test_golden_agreement(case: dict[str, Any], name: str) -> None:
    value = NUMBERS[name](case["units"])
    assert value is not None
    assert round(value, case["digits"]) == case["expected"][name]


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("units", [[], [[None, None]], [[1, None], [None, 1]]])
def test_there_is_no_agreement_without_two_judgements_of_a_unit(name: str, units: Units) -> None:
    assert NUMBERS[name](units) is None


@pytest.mark.parametrize("name", ["cohen", "fleiss", "nominal", "ordinal", "interval"])
def test_there_is_no_chance_to_compare_with_where_all_say_the_same(name: str) -> None:
    assert NUMBERS[name]([[1, 1], [1, 1], [1, 1]]) is None
    assert exact_agreement([[1, 1], [1, 1]]) == 1.0


@pytest.mark.parametrize("name", NUMBERS)
def test_full_agreement_is_one(name: str) -> None:
    assert NUMBERS[name]([[0.25, 0.25], [1.0, 1.0], [0.5, 0.5]]) == pytest.approx(1.0)


def test_fleiss_needs_as_many_judgements_of_each_unit() -> None:
    with pytest.raises(ValueError, match="as many judgements"):
        fleiss_kappa([[1, 1], [1, 1, 0]])
    units: Units = [[1, 0], [None, 0], [0, 0]]
    assert fleiss_kappa([[1], [0]]) is None
    assert fleiss_kappa(units) == fleiss_kappa([[1, 0], [0, 0]]) == pytest.approx(-1 / 3)


def test_two_judges_must_judge_the_same_units() -> None:
    with pytest.raises(ValueError, match="zip"):
        cohen_kappa([1, 0], [1])


UNITS = st.lists(
    st.lists(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]), min_size=3, max_size=3),
    min_size=2,
    max_size=12,
)


@given(UNITS, st.randoms())
def test_neither_the_order_of_units_nor_of_judges_matters(units: Units, dice: Any) -> None:
    turned = [dice.sample(unit, len(unit)) for unit in dice.sample(units, len(units))]
    for name in ("exact", "fleiss", "nominal", "ordinal", "interval"):
        one, other = NUMBERS[name](units), NUMBERS[name](turned)
        assert one == pytest.approx(other) if one is not None else other is None


@given(UNITS)
def test_interval_alpha_knows_no_unit_of_measure(units: Units) -> None:
    alpha = krippendorff_alpha(units, "interval")
    assume(alpha is not None)
    scaled = [[4 * mark + 1 for mark in unit] for unit in units]
    assert krippendorff_alpha(scaled, "interval") == pytest.approx(alpha)


@given(st.lists(st.lists(st.integers(0, 1), min_size=2, max_size=2), min_size=1, max_size=12))
def test_of_two_values_all_levels_say_the_same(units: Units) -> None:
    alphas = [krippendorff_alpha(units, level) for level in ("nominal", "ordinal", "interval")]
    assert alphas[0] is None or alphas == pytest.approx([alphas[0]] * 3)


def preference(asked: Outcome | None, turned: Outcome | None) -> Preference:
    if asked is None or turned is None:
        return Preference("p", None, False, asked, turned)
    return Preference("p", asked if asked == turned else "tie", asked == turned, asked, turned)


def test_win_rate_counts_each_pair_once() -> None:
    said: Sequence[tuple[Outcome | None, Outcome | None]] = [
        ("tie", "tie"), ("first", "second"), ("second", "second"), ("first", None), (None, None),
    ]  # fmt: skip
    rate = win_rate([preference(*both) for both in said] + [preference("first", "first")] * 7)
    assert (rate.wins, rate.ties, rate.losses, rate.unread) == (7, 2, 1, 2)
    assert (rate.inconsistent, rate.first_place, rate.second_place) == (1, 1, 0)
    assert rate.position_bias == 0.1
    assert rate.share is not None
    assert rate.share.value == 0.8
    # statsmodels 0.15.0, proportion_confint(8, 10, method="wilson")
    assert rate.share.low == pytest.approx(0.49016247153664183)
    assert rate.share.high == pytest.approx(0.9433178485456247)


def test_the_place_that_a_judge_favours_is_told() -> None:
    rate = win_rate(
        [preference("second", "first"), preference("second", "first"), preference("tie", "first")]
    )
    assert (rate.inconsistent, rate.first_place, rate.second_place) == (3, 0, 2)
    assert rate.position_bias == 1.0


def test_without_preferences_there_is_no_share() -> None:
    for preferences in ([], [preference(None, None)]):
        rate = win_rate(preferences)
        assert rate.share is None
        assert rate.position_bias is None
        assert rate.unread == len(preferences)


def rated(number: int) -> Rated:
    return Rated(f"a{number}", "问", f"答{number}", (Criterion("切题", "答的是不是所问"),))


def test_repeats_come_back_by_case() -> None:
    judge = Judge(FakeModel(0.5), "fake")
    ratings = repeated(judge, [rated(n) for n in range(20)], 3)
    assert [[rating.id for rating in case] for case in ratings] == [
        [f"a{n}"] * 3 for n in range(20)
    ]
    read = [sum(rating.marks["切题"] is not None for rating in case) for case in ratings]
    assert 0 < sum(read) < 60
    found = agreement_of_marks(ratings, "切题")
    assert (found.units, found.unread) == (20, 60 - sum(read))
    assert found.exact == 1.0
    assert found.kappa is found.alpha is None


def test_repeated_preferences_come_back_by_pair() -> None:
    judge = Judge(FakeModel(1.0), "fake")
    pairs = [Pair(f"p{n}", "问", "一", "二") for n in range(4)]
    found = repeated_preferences(judge, pairs, 2)
    assert [[p.id for p in both] for both in found] == [[f"p{n}"] * 2 for n in range(4)]


def test_agreement_of_marks_is_over_one_criterion() -> None:
    marks = [(0.0, 0.0), (1.0, 0.75), (0.5, 0.5), (1.0, None)]
    repeats = [[Rating("a", {"切题": one}), Rating("a", {"切题": other})] for one, other in marks]
    found = agreement_of_marks(repeats, "切题")
    assert (found.units, found.unread) == (4, 1)
    assert found.exact == pytest.approx(2 / 3)
    # By hand, over 0, 0, 1, 0.75, 0.5, 0.5: within units the squares are 2 / 16, over all ordered
    # pairs 2 (6 x 2.0625 - 2.75 ** 2) = 9.625, and alpha is 1 - 5 x 0.125 / 9.625.
    assert found.alpha == pytest.approx(72 / 77)


def test_a_tie_lies_between_two_preferences() -> None:
    near = [[preference("first", "first"), preference("tie", "tie")]] * 3
    far = [[preference("first", "first"), preference("second", "second")]] * 3
    sides: Sequence[Outcome] = ("first", "tie", "second")
    mixed = [[preference(side, side)] * 2 for side in sides]
    one, other = (agreement_of_preferences(part + mixed) for part in (near, far))
    assert one.exact == other.exact == 0.5
    assert one.alpha is not None
    assert other.alpha is not None
    assert one.alpha > other.alpha
