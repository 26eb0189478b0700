"""The rule in small; at full size in tests/bench/nightly_bench.py."""

from __future__ import annotations

import math

import numpy as np

from harness.metrics.clusters import Clusters
from harness.nightly.evidence import noise
from harness.nightly.rule import judge, levels
from reports.strings import say
from tests.harness.nightly.simulated import World, caught, false_reds, named

SMALL = World(questions=600)


def test_quiet_nights_are_hardly_ever_red() -> None:
    assert sum(false_reds(seed, SMALL, nights=60) for seed in (1, 2)) <= 1


def test_one_blessed_night_is_judged_with_care() -> None:
    assert false_reds(3, SMALL, nights=60, k=1) <= 1


def test_regressions_are_red_within_two_nights() -> None:
    answers = [caught(seed, World(), "AS", 3.0) for seed in range(40)]
    times = [caught(seed, World(questions=100), "time", 0.15) for seed in range(40)]
    for found in (answers, times):
        assert np.mean(np.array(found) <= 2) >= 0.95


def test_a_loss_that_lies_in_two_wordings_is_red_as_well() -> None:
    """As where the training rows of one kind of question are lost."""
    found = [caught(seed, World(), "AS", 3.0, wordings=2) for seed in range(40)]
    assert np.mean(np.array(found) <= 2) >= 0.95


def test_the_cause_that_is_named_is_the_true_one() -> None:
    told = [named(seed, SMALL, "AS", 5.0) for seed in range(30)]
    right = [one for one in told if one is not None]
    assert len(right) >= 25
    assert np.mean(right) >= 0.85


def test_the_budget_of_false_reds_is_shared_out() -> None:
    one, many = levels(1), levels(15)
    assert math.isclose(one.pooled, 15 * many.pooled)
    assert 200 * 15 * (many.pooled + many.alone) < 1


def flat(nights: int, right: list[int], n: int) -> np.ndarray:
    """Nights that have so many questions of n right, the first ones."""
    return np.stack([[100.0 * (at < count) for at in range(n)] for count in right[:nights]])


def clusters(n: int) -> Clusters:
    return Clusters(("",) * n, ("",) * n)


def test_few_questions_exclude_no_loss_and_say_how_many_would() -> None:
    blessed, tonight = flat(4, [40, 41, 39, 40], 60), flat(1, [40], 60)
    found = judge("AS", blessed, tonight, clusters(60), levels(2))
    assert found.call == "inconclusive"
    assert found.needed
    more = judge("AS", np.tile(blessed, 40), np.tile(tonight, 40), clusters(2400), levels(2))
    assert more.call == "fine"


def test_a_loss_that_is_mended_is_not_red_once_more() -> None:
    """Pooled with the night before, a night like any other seems to have lost half of it."""
    blessed = flat(4, [820, 818, 821, 820], 1000)
    lost, mended = flat(1, [720], 1000), flat(1, [820], 1000)
    held = clusters(1000), levels(3)
    assert judge("AS", blessed, lost, *held).call == "regressed"
    assert judge("AS", blessed, np.concatenate([lost, lost]), *held).call == "regressed"
    assert judge("AS", blessed, np.concatenate([lost, mended]), *held).call == "fine"


def test_what_is_excluded_is_more_than_what_was_lost() -> None:
    blessed, nights = flat(4, [820, 818, 821, 820], 1000), flat(2, [770, 770], 1000)
    found = judge("AS", blessed, nights, clusters(1000), levels(3))
    assert found.call == "regressed"
    assert found.upper > found.paired.value > 4


def test_one_question_tells_nothing_and_says_what_would() -> None:
    blessed = np.log(np.array([[0.5], [0.6], [0.5], [0.55]]))
    found = judge("time", blessed, np.log(np.array([[0.9]])), clusters(1), levels(3))
    assert found.call == "inconclusive"
    assert say(found.needed) == "more questions that are timed (latency.questions)"


def test_what_a_night_does_to_all_questions_is_noise_and_not_a_loss() -> None:
    """Nights that differ as a whole, as by training anew, need more than more questions."""
    blessed = flat(4, [700, 760, 730, 780], 1000)
    loud = noise("AS", blessed, (), blessed[-1:])
    assert loud.between > 2
    found = judge("AS", blessed, flat(1, [690], 1000), clusters(1000), levels(2))
    assert found.call == "inconclusive"
    assert say(found.needed).startswith("repeats: ")
    assert "nights differ as a whole, by 2." in say(found.needed)


def test_one_question_lost_by_a_model_that_never_wavers_is_not_red() -> None:
    blessed = flat(4, [800] * 4, 1000)
    for lost in (1, 5):
        found = judge("AS", blessed, flat(2, [800 - lost] * 2, 1000), clusters(1000), levels(15))
        assert found.call == "fine"


def test_a_gain_is_fine() -> None:
    blessed = flat(4, [700] * 4, 1000)
    assert judge("AS", blessed, flat(2, [900, 900], 1000), clusters(1000), levels(2)).call == "fine"


def test_an_overwhelming_night_needs_no_second() -> None:
    blessed = flat(4, [800] * 4, 1000)
    found = judge("AS", blessed, flat(1, [600], 1000), clusters(1000), levels(15))
    assert (found.call, found.by) == ("regressed", "one night")
