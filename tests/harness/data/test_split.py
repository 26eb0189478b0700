from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from harness.data.split import assign, leaks, sizes, too_large
from harness.errors import InputError

CASES = yaml.safe_load((Path(__file__).parent / "cases/split.yaml").read_text(encoding="utf-8"))
SHARES = {"train": 0.8, "test": 0.1, "val": 0.1}


def _keys(written: list[str]) -> list[str]:
    counted = (entry.partition("*") for entry in written)
    return [name for name, _, count in counted for _ in range(int(count or 1))]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_cases(case: dict[str, Any]) -> None:
    keys = _keys(case["keys"])
    parts = assign(keys, case["shares"], seed=case["seed"], grouped=case["grouped"])
    assert Counter(parts) == case["sizes"]
    assert parts == case.get("parts", parts)
    if "leaks" in case:
        assert leaks(keys, parts) == case["leaks"]
    where = dict(zip(keys, parts, strict=True))
    assert {key: where[key] for key in case.get("part_of", {})} == case.get("part_of", {})
    if "too_large" in case:
        assert too_large(keys, case["shares"]) == case["too_large"]


@st.composite
def _shares(draw: st.DrawFn) -> dict[str, float]:
    weights = draw(st.lists(st.integers(1, 20), min_size=1, max_size=4))
    return {f"part{n}": weight / sum(weights) for n, weight in enumerate(weights)}


@given(
    keys=st.lists(st.text("abcdefgh", max_size=2), max_size=60),
    shares=_shares(),
    seed=st.none() | st.integers(0, 5),
    grouped=st.booleans(),
)
def test_every_item_has_one_part_and_groups_stay_whole(
    keys: list[str], shares: dict[str, float], seed: int | None, grouped: bool
) -> None:
    parts = assign(keys, shares, seed=seed, grouped=grouped)
    assert len(parts) == len(keys)
    assert set(parts) <= set(shares)
    assert parts == assign(keys, shares, seed=seed, grouped=grouped)
    if grouped:
        assert len(set(zip(keys, parts, strict=True))) == len(set(keys))
        assert not any(leaks(keys, parts, first="part0").values())
    else:
        assert Counter(parts) == +Counter(dict(sizes(len(keys), shares, seed)))


@given(n=st.integers(0, 10_000), shares=_shares(), seed=st.none() | st.just(1))
def test_sizes_add_up_and_are_near_the_shares(
    n: int, shares: dict[str, float], seed: int | None
) -> None:
    found = dict(sizes(n, shares, seed))
    assert sum(found.values()) == n
    if seed is not None:
        assert all(abs(found[name] - n * share) < 1.001 for name, share in shares.items())


def test_groups_of_every_size_are_dealt_out_by_the_shares() -> None:
    keys = [f"{size}/{n}" for size in (1, 2, 5) for n in range(100) for _ in range(size)]
    parts = assign(keys, SHARES, seed=7, grouped=True)
    assert Counter(parts) == {"train": 640, "test": 80, "val": 80}
    where = dict(zip(keys, parts, strict=True))
    for size in (1, 2, 5):
        dealt = Counter(part for key, part in where.items() if key.startswith(f"{size}/"))
        assert dealt == {"train": 80, "test": 10, "val": 10}


def test_another_seed_is_another_split() -> None:
    keys = [str(n) for n in range(200)]
    assert len({tuple(assign(keys, SHARES, seed=seed, grouped=True)) for seed in range(4)}) == 4


def test_leaks_are_counted_against_the_part_that_is_taught() -> None:
    keys, parts = ["a", "b", "a", "c"], ["test", "train", "train", "val"]
    assert leaks(keys, parts) == {"test": 1, "val": 0}
    assert leaks(keys, parts, first="test") == {"train": 1, "val": 0}
    assert leaks(["a", "a"], ["old", "new"]) == {"new": 1}


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ({}, "at least one part"),
        ({"train": 0.9}, "must add up to 1, not 0.9"),
        ({"train": 7, "test": 3}, "such as train=0.7,test=0.3"),
        ({"train": 1.0, "test": 0.0}, "test=0 must be above 0"),
        ({"train": float("nan"), "test": 0.1}, "train=nan must be above 0"),
    ],
)
def test_shares_that_are_none(shares: dict[str, float], said: str) -> None:
    with pytest.raises(InputError, match=said):
        assign(["a"], shares, seed=1, grouped=False)
