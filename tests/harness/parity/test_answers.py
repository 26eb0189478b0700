"""Paired answers: what agrees, and how sure a difference is."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import pytest

from harness.core import Output
from harness.metrics.paired import mcnemar
from harness.parity.answers import agreement, paired_difference
from harness.parity.verdict import LEVEL


def said(*texts: str | None) -> list[Output]:
    return [
        Output(str(n), "" if text is None else text, error="no" if text is None else None)
        for n, text in enumerate(texts)
    ]


def tokens(text: str) -> list[int]:
    return [ord(char) for char in text]


def test_equal_answers_agree_wholly() -> None:
    found = agreement(said("ab", "c"), said("ab", "c"), ([True, False], [True, False]), tokens)
    assert (found.n, found.equal, found.tokens, found.judged) == (2, 2, 1.0, 2)
    assert (found.first, found.second, found.p) == (1, 1, 1.0)


def test_tokens_count_up_to_the_first_difference() -> None:
    found = agreement(said("abcd", "xy"), said("abXd", "xyz"), ([True] * 2, [True] * 2), tokens)
    assert found.equal == 0
    assert found.tokens == pytest.approx((2 + 2) / (4 + 3))


def test_an_answer_that_failed_says_nothing() -> None:
    found = agreement(said("a", None), said("a", "b"), ([True] * 2, [True] * 2), tokens)
    assert (found.equal, found.tokens) == (1, 0.5)


def test_what_nobody_could_judge_is_left_out() -> None:
    found = agreement(said("a", "b"), said("a", "b"), ([True, None], [True, True]), tokens)
    assert (found.judged, found.first, found.second) == (1, 1, 1)


def test_without_judged_questions_there_is_no_difference() -> None:
    assert agreement(said("a"), said("b"), ([None], [True]), tokens).difference is None


def pairs(both: int, only_first: int, only_second: int, neither: int) -> list[list[bool]]:
    rows = [
        *[(True, True)] * both, *[(True, False)] * only_first, *[(False, True)] * only_second,
        *[(False, False)] * neither,
    ]  # fmt: skip
    return [list(column) for column in zip(*rows, strict=True)]


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        # The worked example of Newcombe (1998), table II, contrast (20, 12, 2, 16).
        ((20, 12, 2, 16), 0.0562, 0.3292),
        ((24, 0, 0, 0), -0.1380, 0.1380),
    ],
)
def test_the_interval_is_newcombes(counts: Sequence[int], low: float, high: float) -> None:
    first, second = pairs(*counts)
    found = paired_difference(second, first)
    assert found is not None
    assert found[1:] == pytest.approx((low, high), abs=5e-4)
    turned = paired_difference(first, second)
    assert turned is not None
    assert turned[1:] == pytest.approx((-high, -low), abs=5e-4)


def test_intervals_hold_the_true_difference_often_enough() -> None:
    """Pairs with true shares 0.8 and 0.7 and a correlation: 95% intervals hold -0.1."""
    draw, held, tries = random.Random(7), 0, 2000
    for _ in range(tries):
        first = [draw.random() < 0.8 for _ in range(24)]
        second = [draw.random() < (0.85 if one else 0.1) for one in first]
        found = paired_difference(first, second)
        assert found is not None
        held += found[1] <= 0.8 * 0.85 + 0.2 * 0.1 - 0.8 <= found[2]
    assert 0.93 < held / tries < 0.99


@pytest.mark.parametrize("flips", [0.02, 0.1, 0.2])
def test_answers_that_flip_either_way_are_seldom_a_fault(flips: float) -> None:
    """However many right answers flip by chance, the exact test is wrong at most as it says."""
    draw, alarms, tries = random.Random(11), 0, 3000
    for _ in range(tries):
        flipped = [draw.random() < flips for _ in range(24)]
        sides = [draw.random() < 0.5 for _ in flipped]
        first = [side if flip else True for flip, side in zip(flipped, sides, strict=True)]
        second = [not side if flip else True for flip, side in zip(flipped, sides, strict=True)]
        alarms += mcnemar(first, second).p < LEVEL
    assert alarms / tries <= LEVEL + 3 * math.sqrt(LEVEL / tries)
