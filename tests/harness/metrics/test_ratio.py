"""Whether one model is called slower than another, over sessions that scatter."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

from harness.metrics.latency import cache_gain, latency
from harness.metrics.ratio import ratio
from tests.bench.timing_bench import session


def test_a_model_beside_itself_is_seldom_called_different() -> None:
    found = [ratio(rows["B"], rows["A"]) for rows in (session(n, 1.0, 0.1) for n in range(40))]
    assert sum(one is None or one.call != "not told apart" for one in found) <= 2


def test_a_tenth_slower_is_called_slower() -> None:
    found = [ratio(rows["B"], rows["A"]) for rows in (session(n, 1.1, 0.1) for n in range(40))]
    assert sum(one is not None and one.call == "slower" for one in found) >= 36
    assert all(one is not None and one.low < one.value < one.high for one in found)


def test_a_cache_is_noticed_and_moves_nothing() -> None:
    rows = session(3, 1.0, 0.05)["A"]
    cold = latency([row for row in rows if row["replicate"] == 0])
    assert cache_gain(rows) is None
    warm = [
        {**row, "e2e_s": row["e2e_s"] * (1.0 if row["replicate"] == 0 else 0.5)} for row in rows
    ]
    found = latency(warm)
    assert found is not None
    assert cold is not None
    assert found["verdict"] == "inconclusive"
    assert found["p50_s"] == pytest.approx(cold["p50_s"], rel=0.02)


def beside_work(seed: int, slower: float, luck: float) -> tuple[list[dict[str, Any]], ...]:
    """Rows of two models, the luck of whose neighbours in time is alike, as beside other work."""
    draw = random.Random(seed)
    rows: dict[str, list[dict[str, Any]]] = {"A": [], "B": []}
    shared = 0.0
    for replicate in (0, 2):
        for question in range(40):
            shared = 0.8 * shared + draw.gauss(0, luck)
            for at in (replicate, replicate + 1):
                for name, factor in (("A", 1.0), ("B", slower * math.exp(shared))):
                    took = 0.05 * factor * math.exp(draw.gauss(0, 0.03))
                    rows[name].append({"sample_id": f"q{question}", "replicate": at, "e2e_s": took})
    return rows["A"], rows["B"]


def test_luck_that_neighbours_share_is_called_a_difference_half_as_often() -> None:
    """Taken for independent, a third of such sessions are called different (33 of these 100)."""
    found = [ratio(b, a) for a, b in (beside_work(seed, 1.0, 0.05) for seed in range(100))]
    called = sum(one is not None and one.call != "not told apart" for one in found)
    assert called <= 17


def test_a_slower_model_is_called_so_for_all_that() -> None:
    found = [ratio(b, a) for a, b in (beside_work(seed, 1.1, 0.02) for seed in range(100))]
    assert sum(one is not None and one.call == "slower" for one in found) >= 90
