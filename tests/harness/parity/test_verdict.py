"""The verdict over made-up likelihoods: what passes, what fails, what cannot be told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from harness.parity.answers import Agreement
from harness.parity.tokens import Scores, bounded, distance, effect
from harness.parity.verdict import LEAST_EFFECT, TOLERANCE, Base, Heard, judge

DRAW = np.random.default_rng(5)
BASE = [list(-DRAW.exponential(2.0, 30)) for _ in range(8)]
MOVED = [list(DRAW.normal(0, 0.8, 30)) for _ in range(8)]
ALIKE = Agreement(
    n=24, equal=22, tokens=0.95, judged=24, first=23, second=22, difference=(-0.04, -0.2, 0.1),
    p=1.0,
)  # fmt: skip


def plus(scores: Scores, moved: Scores, times: float = 1.0) -> Scores:
    return [
        [a + times * b for a, b in zip(one, two, strict=True)]
        for one, two in zip(scores, moved, strict=True)
    ]


def noise(size: float, seed: int = 1) -> Scores:
    draw = np.random.default_rng(seed)
    return [list(draw.normal(0, size, 30)) for _ in range(8)]


def judged(path: Scores | None, answers: Agreement | None = None, *, there: Scores = BASE) -> str:
    heard: Sequence[Heard] = [Heard("merged weights on vllm", path, answers)]
    return judge(Base(BASE, there), plus(BASE, MOVED), heard, 24).verdict


def test_an_equal_path_passes_and_says_how_near_it_is() -> None:
    own = plus(BASE, MOVED)
    found = judge(Base(BASE, BASE), own, [Heard("merged weights on vllm", own, ALIKE)], 24)
    assert found.verdict == "pass"
    assert "0.0% is lost at most (merged weights on vllm)" in found.said
    assert json.loads(json.dumps(found.as_json()))["paths"][0]["fault"] == ""


def test_a_path_with_noise_of_bfloat16_passes() -> None:
    assert judged(plus(plus(BASE, MOVED), noise(0.03)), there=plus(BASE, noise(0.03, 2))) == "pass"


@pytest.mark.parametrize("strength", [0.0, 0.3, 0.6, 1.6, 2.0, -1.0])
def test_another_strength_fails(strength: float) -> None:
    assert judged(plus(BASE, MOVED, strength)) == "fail"


def test_another_direction_fails() -> None:
    assert judged(plus(BASE, noise(0.8, 9))) == "fail"


def test_the_sentence_says_how_strong_it_is() -> None:
    heard = [Heard("adapter on vllm", plus(BASE, MOVED, 0.5), None)]
    found = judge(Base(BASE, BASE), plus(BASE, MOVED), heard, 24)
    assert found.said.startswith("adapter on vllm: the adapter works at 0.50 of its strength")


def test_an_adapter_that_does_nothing_fails() -> None:
    small = plus(BASE, MOVED, LEAST_EFFECT / 2)
    found = judge(Base(BASE, BASE), small, [Heard("merged", small, None)], 24)
    assert (found.verdict, "changes nothing" in found.said) == ("fail", True)


def test_an_effect_below_the_engines_noise_is_unclear() -> None:
    weak = plus(BASE, MOVED, 0.05)
    path = plus(weak, noise(0.05))
    heard = [Heard("merged", path, ALIKE)]
    found = judge(Base(BASE, plus(BASE, noise(0.05, 3))), weak, heard, 24)
    assert found.verdict == "unclear"


def test_answers_decide_where_tokens_cannot() -> None:
    weak = plus(BASE, MOVED, 0.05)
    lost = replace(ALIKE, second=3, difference=(-0.83, -0.95, -0.6), p=1e-5)
    heard = [Heard("merged", plus(weak, noise(0.05)), lost)]
    found = judge(Base(BASE, plus(BASE, noise(0.05, 3))), weak, heard, 24)
    assert found.verdict == "fail"
    assert "3 of 24 answers right where transformers has 23" in found.said


def test_engines_that_differ_on_the_base_fail() -> None:
    assert judged(plus(BASE, MOVED), there=plus(BASE, noise(0.5))) == "fail"


def test_a_path_without_tokens_is_judged_by_its_answers() -> None:
    assert judged(None, ALIKE) == "pass"
    assert judged(None, replace(ALIKE, p=0.001)) == "fail"


def test_the_share_is_the_distance_over_the_effect() -> None:
    found = effect(BASE, plus(BASE, MOVED), plus(BASE, MOVED, 1 - TOLERANCE))
    assert found.share == pytest.approx(TOLERANCE)
    assert found.strength == pytest.approx(1 - TOLERANCE)
    assert found.tokens == 240
    assert found.effect == pytest.approx(distance(MOVED, [[0.0] * 30] * 8))


def test_conversations_of_other_lengths_are_no_comparison() -> None:
    with pytest.raises(ValueError, match=r"broadcast|shape"):
        distance(BASE, BASE[:3])


def test_what_is_no_number_counts_as_very_unlikely() -> None:
    assert bounded([[-1.0, float("nan"), float("-inf")]]) == [[-1.0, -100.0, -100.0]]
