"""What one run earned on each question, before anything is averaged."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from harness.metrics.clusters import Bools, Floats

PARTS = ("AS", "ART", "AE")


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run earned on each question.

    Args:
        values: shape (n, 3) in [0, 1]: c, what ART averages (c · r, or r) and e. `nan` where there
            is nothing to measure: of an unscored sample, e without a reference, the second where
            the question's time does not count.
        unscored: shape (n,), whether nobody could decide about the answer.
        unparsed: shape (n,), whether the rules could not read the answer; its c is 0.
        seeds: shape (k, 3), the means of k trainings of one recipe, where `values` are their mean
            question by question; shape (0, 3) where it was trained once or not at all.
    """

    values: Floats
    unscored: Bools
    unparsed: Bools
    seeds: Floats = field(default_factory=lambda: np.zeros((0, len(PARTS))))
