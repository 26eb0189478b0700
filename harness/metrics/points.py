"""Shares in points, computed in one order everywhere, so that one share prints as one number.

The order is OpenCompass's, `total / n * 100`: 93 of 160 are 58.13 then and 101 of 160 are 63.12,
although both lie half way. `100 * total / n` would print 58.12 for the first.
"""

from __future__ import annotations


def points(total: float, n: int) -> float:
    """Return a sum over `n` questions as a share in points, not rounded.

    Raises:
        ZeroDivisionError: there are no questions.
    """
    return total / n * 100
