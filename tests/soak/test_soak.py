"""A little of `make soak` in every run of the tests."""

from __future__ import annotations

import random

import pytest

from tests.soak.soak import PARTS

pytestmark = pytest.mark.forks


@pytest.mark.parametrize("name", PARTS)
def test_a_little_of_each_part(name: str) -> None:
    tried, wrong = PARTS[name](1.0, random.Random(f"1 {name}"))
    assert tried > 0
    assert not wrong, wrong.most_common(3)
