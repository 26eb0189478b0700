"""Who is right where: the answers of two paths to the same questions, compared in pairs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness.core import Output
from harness.metrics.intervals import wilson
from harness.metrics.paired import mcnemar

Rights = Sequence[bool | None]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Answers of two paths to the same questions.

    Args:
        n: how many questions.
        equal: how many answers are the same text.
        tokens: share of tokens that are the same up to the first that differs.
        judged: how many questions were judged on both sides.
        first: how many of those the reference has right.
        second: how many of those the path has right.
        difference: share right along the path minus that of the reference, and its 95% interval.
        p: exact, two-sided, by McNemar.
    """

    n: int
    equal: int
    tokens: float
    judged: int
    first: int
    second: int
    difference: tuple[float, float, float] | None
    p: float


def agreement(
    reference: Sequence[Output],
    path: Sequence[Output],
    rights: tuple[Rights, Rights],
    tokenized: Callable[[str], list[int]],
) -> Agreement:
    """Compare the answers of two paths.

    Args:
        reference: answers, in the order of the questions.
        path: the other path's, in the same order.
        rights: whether each is right, for both; `None` where that cannot be told.
        tokenized: the token ids of a text.
    """
    said = [(_said(one), _said(other)) for one, other in zip(reference, path, strict=True)]
    pairs = [(a, b) for a, b in zip(*rights, strict=True) if a is not None and b is not None]
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    return Agreement(
        n=len(said),
        equal=sum(one == other for one, other in said),
        tokens=_same_tokens([(tokenized(one), tokenized(other)) for one, other in said]),
        judged=len(pairs),
        first=sum(first),
        second=sum(second),
        difference=paired_difference(first, second),
        p=mcnemar(first, second).p,
    )


def _said(output: Output) -> str:
    return "" if output.failed else output.text


def _same_tokens(pairs: Sequence[tuple[list[int], list[int]]]) -> float:
    """The share of tokens, of the longer answer of each pair, before the first difference."""
    longest = sum(max(len(one), len(other)) for one, other in pairs)
    return sum(_common(one, other) for one, other in pairs) / longest if longest else 1.0


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    same = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        same += 1
    return same


def paired_difference(
    first: Sequence[bool], second: Sequence[bool]
) -> tuple[float, float, float] | None:
    """The difference of two shares over the same questions, with its 95% interval.

    R. G. Newcombe, "Improved confidence intervals for the difference between binomial proportions
    based on paired data", Statistics in Medicine 17 (1998), 2635-2650, method 10: the Wilson
    intervals of both shares, with the correlation of the pairs. `None` without questions.

    Returns:
        The second share minus the first, and the lower and upper end.
    """
    one, other = wilson(sum(first), len(first)), wilson(sum(second), len(second))
    if one is None or other is None:
        return None
    phi = _phi(first, second)
    value = other.value - one.value
    down = _reach(other.value - other.low, one.high - one.value, phi)
    up = _reach(other.high - other.value, one.value - one.low, phi)
    return value, max(-1.0, value - down), min(1.0, value + up)


def _reach(one: float, other: float, phi: float) -> float:
    return math.sqrt(max(0.0, one * one - 2 * phi * one * other + other * other))


def _phi(first: Sequence[bool], second: Sequence[bool]) -> float:
    """The correlation of the pairs, corrected for continuity where it is positive."""
    pairs = list(zip(first, second, strict=True))
    both, neither = sum(a and b for a, b in pairs), sum(not a and not b for a, b in pairs)
    b, c = sum(a and not b for a, b in pairs), sum(not a and b for a, b in pairs)
    margins = (both + b) * (c + neither) * (both + c) * (b + neither)
    if not margins:
        return 0.0
    found = float(both * neither - b * c)
    if found > 0:
        found = max(found - len(pairs) / 2, 0.0)
    return found / math.sqrt(margins)
