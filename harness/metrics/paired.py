"""Two runs on the same questions: is the better one better?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.metrics.bootstrap import holm, mcnemar_exact

__all__ = ["McNemar", "holm", "mcnemar"]


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
