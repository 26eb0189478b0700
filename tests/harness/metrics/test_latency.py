"""From rows of times to numbers and words."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

from harness.core import Output
from harness.metrics.latency import (
    doubt,
    latency,
    parity,
    repeats_within,
    steadiness,
    variation,
)

Row = dict[str, Any]


def rows(*scales: float, questions: int = 5, spread: float = 2.0) -> list[Row]:
    """A replicate for each scale; a question takes `spread` times as long as the one before."""
    return [
        {
            "sample_id": f"q{question}",
            "replicate": replicate,
            "e2e_s": 0.01 * scale * spread**question,
            "ttft_s": 0.001,
            "output_tokens": 10,
            "text": "x",
            "error": None,
        }
        for replicate, scale in enumerate(scales)
        for question in range(questions)
    ]


def test_equal_replicates_do_not_vary() -> None:
    assert variation(rows(1, 1, 1, 1)) == pytest.approx(0)
    assert repeats_within(rows(1, 1, 1, 1)) == pytest.approx(0)


def test_variation_is_that_of_the_geometric_means() -> None:
    # Means 1, 1.2, 1, 1.2 of a common scale: mean 1.1, sample deviation 0.11547.
    assert variation(rows(1, 1.2, 1, 1.2)) == pytest.approx(0.2 / math.sqrt(3) / 1.1)


def test_one_hiccup_does_not_decide() -> None:
    """By arithmetic means one answer that took a hundred times as long would be all there is."""
    found = rows(1, 1, 1, 1, questions=40, spread=1)
    found[7]["e2e_s"] *= 100
    assert variation(found) == pytest.approx(0.06, abs=0.01)
    assert steadiness(variation(found)) == "good"


@pytest.mark.parametrize("scales", [(), (1,), (1, 1), (1, 1, 1)])
def test_fewer_than_four_replicates_cannot_tell(scales: tuple[float, ...]) -> None:
    assert variation(rows(*scales)) is None
    found = latency(rows(*scales))
    if found is not None:
        assert found["verdict"] == "inconclusive"
        assert doubt(found) == "fewer than 4 replicates were taken"


@pytest.mark.parametrize("lost", [[4], [0, 6, 12, 18], [4, 9], [0, 1, 2, 3, 4]])
def test_what_was_lost_makes_no_replicate_faster(lost: list[int]) -> None:
    """Else the one that lost its longest question would look fast."""
    found = rows(1, 1, 1, 1)
    for at in lost:
        found[at]["e2e_s"] = None
    assert variation(found) == pytest.approx(0)
    assert repeats_within(found) == pytest.approx(0)


@pytest.mark.parametrize("failed", [1, 2, 3])
def test_no_time_is_doubted_for_requests_that_failed(failed: int) -> None:
    """They earn nothing; could they void the times, failing would pay whoever is slow."""
    found = rows(1, 1, 1, 1)
    for row in found[: 5 * failed]:
        row |= {"e2e_s": None, "error": "connection reset"}
    told = latency(found)
    assert told is not None
    assert told["verdict"] == ("mostly failed" if failed == 3 else "excellent")
    assert doubt(told) == ""


@pytest.mark.parametrize(
    ("cv", "word"),
    [
        (0.0, "excellent"), (0.05, "excellent"), (0.051, "good"), (0.1, "good"), (0.101, "fair"),
        (0.2, "fair"), (0.2001, "inconclusive"), (3.0, "inconclusive"), (None, "inconclusive"),
    ],
)  # fmt: skip
def test_words(cv: float | None, word: str) -> None:
    assert steadiness(cv) == word


def test_times_that_vary_too_much_decide_nothing() -> None:
    found = latency(rows(1, 2, 1, 2))
    assert found is not None
    assert found["verdict"] == "inconclusive"
    assert doubt(found) == "the times vary by 38.5% over the replicates, more than 20%"


def test_steady_times_are_not_doubted() -> None:
    assert doubt(latency(rows(1, 1.01, 1, 1.02))) == ""
    assert doubt(None) == ""


def test_what_was_asked_once_elsewhere_is_not_said_to_vary() -> None:
    found = latency([{**row, "replicate": None} for row in rows(1)])
    assert found is not None
    assert (found["cv"], found["verdict"]) == (None, "not repeated")
    assert doubt(found) == ""


@pytest.mark.parametrize(
    ("scales", "within"),
    [
        ((1, 1, 1.1, 1.1), 0.1),  # a machine that slows down
        ((1.1, 1.1, 1, 1), 0.1),  # and one that speeds up
        ((1, 1.1, 1, 1.1), 0.0),  # jitter is what `cv` tells
        ((1, 1, 1, 1.1, 1.1, 1.1), 0.1),
        ((1, 1.3), 0.3),
    ],
)
def test_a_session_repeats_within_the_drift_of_its_halves(
    scales: tuple[float, ...], within: float
) -> None:
    assert repeats_within(rows(*scales)) == pytest.approx(within)


def test_one_replicate_has_no_halves() -> None:
    assert repeats_within(rows(1)) is None
    assert repeats_within([]) is None


def test_the_order_of_rows_is_nothing() -> None:
    found = rows(1, 1.3, 0.9, 1.4)
    mixed = random.Random(3).sample(found, len(found))
    assert latency(mixed) == latency(found)
    assert repeats_within(mixed) == repeats_within(found)


def test_parity_counts_every_timed_answer() -> None:
    outputs = [Output("q0", "x"), Output("q1", "y"), Output("q2", error="none")]
    timed: list[Row] = [
        {"sample_id": "q0", "text": "x", "error": None},
        {"sample_id": "q0", "text": "z", "error": None},
        {"sample_id": "q1", "text": "", "error": "no room"},
        {"sample_id": "q2", "text": "", "error": "no room"},
    ]
    assert parity(outputs, timed) == 0.5
    assert parity(outputs, []) is None
