"""Which part each item of a data set goes to, and what one part gives away of another.

    parts = assign(questions, {"train": 0.8, "test": 0.1, "val": 0.1}, seed=1, grouped=True)
    leaks(questions, parts)  # {"test": 0, "val": 0}

A group is all items with one key, such as the rows that ask one question.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

from harness.errors import InputError

Key = TypeVar("Key", bound=Hashable)
FIRST = "train"


def assign(
    keys: Sequence[Key], shares: Mapping[str, float], *, seed: int | None, grouped: bool
) -> list[str]:
    """Give each item a part.

    Args:
        keys: what each item is grouped by; only equality counts.
        shares: the share of each part, above 0, together 1.
        seed: of the shuffle. `None` keeps the order: the first `int(n * share)` items go to the
            first part, the next to the second, and all that are left to the last.
        grouped: whether items with equal keys must land in one part. Shares are then met as
            closely as whole groups allow; groups of each size are dealt out by the shares.

    Returns:
        The name of each item's part, in the order of `keys`. Shuffled parts without groups hold
        `n * share` items, rounded by largest remainders, so that they add up to n.

    Raises:
        InputError: a share is not above 0, or they do not add up to 1.
    """
    check_shares(shares)
    if not grouped:
        parts = [name for name, size in sizes(len(keys), shares, seed) for _ in range(size)]
        if seed is not None:
            random.Random(seed).shuffle(parts)
        return parts
    groups = Counter(keys)
    ideal = sizes(len(keys), shares, seed)
    chosen = _in_order(groups, ideal) if seed is None else _dealt(groups, ideal, seed)
    return [chosen[key] for key in keys]


def sizes(n: int, shares: Mapping[str, float], seed: int | None) -> list[tuple[str, int]]:
    """How many of n items each part should hold, by the rules of `assign`; they add up to n."""
    if seed is None:
        *first, last = shares
        cut = [(name, int(n * shares[name])) for name in first]
        return [*cut, (last, n - sum(size for _, size in cut))]
    # Decimal as they were written: 0.1 + 0.2 is 0.3 here.
    total = sum(Fraction(repr(float(share))) for share in shares.values())
    exact = {name: n * Fraction(repr(float(share))) / total for name, share in shares.items()}
    left = n - sum(map(math.floor, exact.values()))
    by_remainder = sorted(shares, key=lambda name: math.floor(exact[name]) - exact[name])
    rounded_up = set(by_remainder[:left])
    return [(name, math.floor(exact[name]) + (name in rounded_up)) for name in shares]


def check_shares(shares: Mapping[str, float]) -> None:
    """Refuse shares that are no shares.

    Raises:
        InputError: a share is not above 0, or they do not add up to 1.
    """
    if not shares:
        raise InputError("shares: name at least one part, such as train=0.8,test=0.2")
    for name, share in shares.items():
        if not (math.isfinite(share) and share > 0):
            raise InputError(f"shares: {name}={share:g} must be above 0")
    total = math.fsum(shares.values())
    if abs(total - 1) > 1e-6:
        meant = ",".join(f"{name}={share / total:.4g}" for name, share in shares.items())
        raise InputError(f"shares: must add up to 1, not {total:g}; such as {meant}")


def _in_order(groups: Mapping[Key, int], ideal: Sequence[tuple[str, int]]) -> dict[Key, str]:
    """Groups as they first come, cut where the middle of a group passes a part's end."""
    ends: list[tuple[str, int]] = []
    for name, size in ideal:
        ends.append((name, size + (ends[-1][1] if ends else 0)))
    chosen: dict[Key, str] = {}
    place, passed = 0, 0
    for key, size in groups.items():
        while place < len(ends) - 1 and passed + size / 2 > ends[place][1]:
            place += 1
        chosen[key] = ends[place][0]
        passed += size
    return chosen


def _dealt(
    groups: Mapping[Key, int], ideal: Sequence[tuple[str, int]], seed: int
) -> dict[Key, str]:
    """Shuffled groups, the largest first, each to the part that is owed most for its share.

    Large groups do not all end in the largest part, and the small ones fill every part up to its
    size. A group that fits nowhere goes where it overflows least.
    """
    order = list(groups)
    random.Random(seed).shuffle(order)
    order.sort(key=lambda key: -groups[key])
    filled = dict.fromkeys((name for name, _ in ideal), 0)
    chosen: dict[Key, str] = {}
    for key in order:
        size = groups[key]
        fitting = [part for part in ideal if filled[part[0]] + size <= part[1]]
        # Webster's rule of seats, where a seat is half taken by the group that asks for it.
        name, _ = (
            min(fitting, key=lambda part: (2 * filled[part[0]] + size) / part[1])
            if fitting
            else max(ideal, key=lambda part: part[1] - filled[part[0]])
        )
        chosen[key] = name
        filled[name] += size
    return chosen


def leaks(
    keys: Sequence[Hashable], parts: Sequence[str], first: str | None = None
) -> dict[str, int]:
    """Count, for each part but the first, its items whose key stands in the first part too.

    Args:
        keys: what each item is grouped by.
        parts: the part of each item.
        first: the part that is trained on; `train` where it is not named, and where there is no
            such part, that of the first item.
    """
    if first is None:
        first = FIRST if FIRST in parts else next(iter(parts), FIRST)
    taught = {key for key, part in zip(keys, parts, strict=True) if part == first}
    found = dict.fromkeys((part for part in parts if part != first), 0)
    for key, part in zip(keys, parts, strict=True):
        if part != first and key in taught:
            found[part] += 1
    return found


def too_large(keys: Sequence[Key], shares: Mapping[str, float]) -> dict[Key, int]:
    """Tell the groups that are larger than a part, so that they can never be in it.

    Args:
        keys: what each item is grouped by.
        shares: the share of each part.

    Returns:
        How many items each such group has.
    """
    smallest = min((size for _, size in sizes(len(keys), shares, 0)), default=0)
    return {key: size for key, size in Counter(keys).items() if size > max(smallest, 1)}
