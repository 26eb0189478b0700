"""The spread of accuracy over the wordings of a test."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core import Gold, Message, Sample, Score
from harness.metrics.phrasings import phrasing_spread


def run(*values: tuple[str, float | None]) -> tuple[list[Sample], list[Score]]:
    """Questions of these templates with these values of `correct`."""
    samples = [
        Sample(str(at), (Message("user", "?"),), Gold("text", "x"), "x", "f", "r", template, "test")
        for at, (template, _) in enumerate(values)
    ]
    scores = [
        Score(str(at), metric, value if metric == "correct" else 1.0)
        for at, (_, value) in enumerate(values)
        for metric in ("correct", "response", "efficiency")
    ]
    return samples, scores


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], None),
        ([("a", 1.0), ("a", 0.0)], None),
        ([("a", 1.0), ("b", None)], None),
        ([("a", 1.0), ("b", 0.0)], {"n": 2, "low": 0.0, "high": 100.0, "sd": 70.71}),
        ([("a", 1.0), ("a", 0.0), ("b", 0.5)], {"n": 2, "low": 50.0, "high": 50.0, "sd": 0.0}),
        (
            [("a", 1.0), ("b", 0.5), ("b", None), ("c", 0.0), ("c", 0.0), ("c", 1.0)],
            {"n": 3, "low": 33.33, "high": 100.0, "sd": 34.69},
        ),
    ],
)
def test_spread(
    values: Sequence[tuple[str, float | None]], expected: dict[str, float] | None
) -> None:
    assert phrasing_spread(*run(*values)) == expected


@given(st.lists(st.tuples(st.sampled_from("abc"), st.none() | st.floats(0, 1)), max_size=12))
def test_a_spread_lies_in_its_ends(values: list[tuple[str, float | None]]) -> None:
    found = phrasing_spread(*run(*values))
    asked = {template for template, value in values if value is not None}
    assert (found is None) == (len(asked) < 2)
    if found is not None:
        assert found["n"] == len(asked)
        assert 0 <= found["low"] <= found["high"] <= 100
        # No values deviate more from their mean than two at the ends of the range.
        assert found["sd"] <= (found["high"] - found["low"]) * 0.7072 + 0.02
