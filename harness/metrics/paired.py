"""Two runs on the same questions: is the better one better?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class McNemar:
    """The questions on which two runs disagree.

    Args:
        b: how many only the first run has right.
        c: how many only the second run has right.
        p: exact, two-sided: the chance of so uneven a split, or a more uneven one, where both
            runs are equally good. Over several pairs of runs, adjust it by `holm`.
    """

    b: int
    c: int
    p: float


def mcnemar(first_right: Sequence[bool], second_right: Sequence[bool]) -> McNemar:
    """Compare which of the same questions two runs have right.

    Q. McNemar, "Note on the sampling error of the difference between correlated proportions",
    Psychometrika 12 (1947), 153-157; exact by the binomial distribution.

    Args:
        first_right: shape (n,), in the order of the questions.
        second_right: shape (n,), in the same order.

    Raises:
        ValueError: the lengths differ.
    """
    pairs = list(zip(first_right, second_right, strict=True))
    b = sum(first and not second for first, second in pairs)
    c = sum(second and not first for first, second in pairs)
    return McNemar(b, c, mcnemar_exact(b, c))


def mcnemar_exact(only_first: int, only_second: int) -> float:
    """Return the exact two-sided McNemar p-value.

    Twice the smaller binomial tail with probability one half, over the questions on which two
    runs disagree.

    Args:
        only_first: questions that only the first run has right.
        only_second: questions that only the second run has right.
    """
    n, k = only_first + only_second, min(only_first, only_second)
    tail, term = 0, 1
    for i in range(k + 1):
        tail += term
        term = term * (n - i) // (i + 1)
    return float(min(1.0, 2 * tail / 2**n))


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p-values for being many, in the order given.

    S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
    Statistics 6 (1979), 65-70.
    """
    m = len(p_values)
    adjusted = [0.0] * m
    highest = 0.0
    for step, i in enumerate(sorted(range(m), key=lambda i: p_values[i])):
        highest = max(highest, min(1.0, (m - step) * p_values[i]))
        adjusted[i] = highest
    return adjusted
