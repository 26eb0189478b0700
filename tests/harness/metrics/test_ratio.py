"""Whether one model is called slower than another, over sessions that scatter."""

from __future__ import annotations

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
