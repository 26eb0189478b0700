"""Lengths that compare between models, and the gate for what got shorter and wrong."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest

from harness.core import Output
from harness.metrics.length import _lower, curt, length, shortened


def test_what_is_cut_empty_or_thinking_is_counted() -> None:
    outputs = [
        Output("a", "K1次07:06开车。", output_tokens=9),
        Output("b", "<think>嗯</think>07:06", output_tokens=12),
        Output("c", "。", output_tokens=1),
        Output("d", "长", "length", output_tokens=64),
        Output("e", error="none"),
    ]
    found = length(outputs)
    assert found is not None
    assert (found["truncated"], found["empty"], found["thinking"]) == (1, 1, 1)
    assert found["tokenizer"] == "podium-1"
    assert found["characters"]["median"] == pytest.approx(5)


def test_reasoning_that_is_kept_apart_counts_as_length() -> None:
    found = length([Output("a", "07:06", output_tokens=9, reasoning="先看看表")])
    assert found is not None
    assert found["thinking"] == 1
    assert found["characters"]["median"] == 8


def test_nothing_counted_is_no_length() -> None:
    assert length([Output("a", "x")]) is None


@pytest.mark.parametrize(
    ("text", "right", "flagged"),
    [("七", 0.0, True), ("七点零六分开车", 0.0, False), ("七", 1.0, False)],
)
def test_only_shorter_and_wrong_is_flagged(text: str, right: float, flagged: bool) -> None:
    questions = [f"q{number}" for number in range(12)]
    found = shortened(
        dict.fromkeys(questions, text), dict.fromkeys(questions, right),
        dict.fromkeys(questions, "七点零六分开车"), dict.fromkeys(questions, 1.0),
    )  # fmt: skip
    assert found.flagged == flagged


def told(text: str, *, count: int = 8) -> list[Output]:
    return [Output(f"{text}{at}", text + "字" * (at % 3)) for at in range(count)]


def test_a_model_that_is_wrong_where_it_is_short_is_flagged() -> None:
    outputs = [*told("七点五分开车"), *told("七点")]
    found = curt(outputs, ["七点零五分开车"] * 16, [1.0] * 8 + [0.0] * 8)
    assert found is not None
    assert (found.wrong, found.right, found.flagged) == (8, 8, True)
    assert found.ratio == pytest.approx(3 / 7, abs=1e-4)


def test_wrong_answers_as_long_as_right_ones_are_not() -> None:
    outputs = [*told("七点五分开车"), *told("八点五分开车")]
    found = curt(outputs, ["七点零五分开车"] * 16, [1.0] * 8 + [0.0] * 8)
    assert found is not None
    assert not found.flagged
    assert found.ratio == 1.0


def test_short_answers_to_questions_with_short_references_are_not_short() -> None:
    outputs = [*told("七点五分开车"), *told("七点")]
    references = ["七点零五分开车"] * 8 + ["七点"] * 8
    found = curt(outputs, references, [1.0] * 8 + [0.0] * 8)
    assert found is not None
    assert not found.flagged


def test_what_was_cut_failed_or_not_judged_has_no_length_of_its_own() -> None:
    odd = [
        *(replace(o, finish_reason="length") for o in told("七", count=3)),
        *(replace(o, error="no") for o in told("八", count=3)),
    ]
    right = [*[1.0] * 8, *[0.0] * 6, math.nan]
    outputs = [*told("七点五分开车"), *odd, *told("九", count=1)]
    assert curt(outputs, ["七点零五分开车"] * 15, right) is None


def test_equal_lengths_are_flagged_no_more_often_than_chance() -> None:
    draw = random.Random(5)
    flags = 0
    for _ in range(400):
        outputs = [Output(str(at), "字" * draw.randint(2, 12)) for at in range(40)]
        right = [float(draw.random() < 0.6) for _ in outputs]
        found = curt(outputs, ["字" * 6] * 40, right)
        flags += found is not None and found.flagged
    assert flags <= 0.06 * 400


def test_the_rank_sum_is_that_of_scipy() -> None:
    from scipy.stats import mannwhitneyu

    draw = random.Random(3)
    for _ in range(20):
        a, b = ([draw.randint(1, 9) for _ in range(n)] for n in (9, 14))
        theirs = mannwhitneyu(a, b, alternative="less", method="asymptotic").pvalue
        assert _lower(a, b) == pytest.approx(theirs, rel=1e-9)
