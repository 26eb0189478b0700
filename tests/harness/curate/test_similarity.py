"""The index finds what a plain comparison of all pairs finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.curate.similarity import Alike

WORDS = st.text("几点开到", max_size=12)
THRESHOLDS = st.sampled_from([0.3, 0.5, 0.8, 0.9, 0.95, 1.0])


def edits(one: str, two: str) -> int:
    """Levenshtein's distance, row by row."""
    row = list(range(len(two) + 1))
    for i, a in enumerate(one, start=1):
        row, above = [i], row
        for j, b in enumerate(two, start=1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b)))
    return row[-1]


def alike(one: str, two: str, threshold: float) -> bool:
    return edits(one, two) <= (1 - threshold) * (len(one) + len(two)) + 1e-9


@given(st.lists(WORDS), WORDS, THRESHOLDS)
def test_what_is_alike_is_found(known: list[str], wanted: str, threshold: float) -> None:
    index = Alike(threshold)
    for phrasing in known:
        index.add("here", phrasing)
    found = index.find("here", wanted)
    near = [phrasing for phrasing in known if alike(phrasing, wanted, threshold)]
    assert (found in near) if near else (found is None)
    assert index.find("there", wanted) is None


@pytest.mark.parametrize(
    ("one", "two", "threshold", "found"),
    [
        ("0123456789", "012345678x", 0.95, True),
        ("0123456789", "01234567xx", 0.95, False),
        ("0123456789", "01234567xx", 0.9, True),
        ("012345678", "01234567x", 0.95, False),
        ("0123456789", "0123456789", 1.0, True),
        ("0123456789", "012345678", 1.0, False),
    ],
)
def test_the_share_is_of_both_together(one: str, two: str, threshold: float, found: bool) -> None:
    index = Alike(threshold)
    index.add(0, one)
    assert (index.find(0, two) is not None) is found
