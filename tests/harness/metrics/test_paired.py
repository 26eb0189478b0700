"""Two runs on the same questions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.metrics.paired import holm, mcnemar_exact
from tests.harness.checker.forms import UNHURRIED


@pytest.mark.parametrize(
    ("first", "second", "p"),
    [(0, 5, 0.0625), (1, 8, 0.0390625), (10, 25, 0.0166738), (3, 3, 1.0), (0, 0, 1.0)],
)
def test_mcnemar_agrees_with_scipy(first: int, second: int, p: float) -> None:
    """Values of scipy 1.17.1, `binomtest(k, n, 0.5)`."""
    assert mcnemar_exact(first, second) == pytest.approx(p, abs=1e-7)
    assert mcnemar_exact(second, first) == mcnemar_exact(first, second)


def test_mcnemar_of_thousands() -> None:
    assert mcnemar_exact(4_000, 4_100) == pytest.approx(0.2712, abs=1e-3)


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]) == pytest.approx([1.0, 1.0])
    assert holm([]) == []


@UNHURRIED
@given(st.lists(st.floats(0, 1), max_size=20))
def test_holm_keeps_order_and_never_lowers(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    assert all(a >= p for a, p in zip(adjusted, p_values, strict=True))
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    assert [adjusted[i] for i in order] == sorted(adjusted)
