"""How long answers are: characters that carry information, and tokens."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from harness.text.normalize import answer_part, information_length
from harness.text.tokens import tokenize


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean, median and 95th percentile (with linear interpolation) of a length."""

    mean: float
    median: float
    p95: float


@dataclass(frozen=True, slots=True)
class Lengths:
    """Lengths of the answers of a run.

    Args:
        n: how many answers.
        characters: those that carry information (no white space, no punctuation), after NFKC.
        tokens: those of `harness.text.tokens`, not of a model.
    """

    n: int
    characters: Spread
    tokens: Spread


def lengths(texts: Sequence[str]) -> Lengths | None:
    """Measure answers, thinking left out; `None` where there are none."""
    if not texts:
        return None
    answers = [answer_part(text) for text in texts]
    characters = spread([information_length(answer) for answer in answers])
    return Lengths(len(texts), characters, spread([len(tokenize(answer)) for answer in answers]))


def spread(values: Sequence[float]) -> Spread:
    """Describe at least one value."""
    ordered = sorted(values)
    place = 0.95 * (len(ordered) - 1)
    low, high = ordered[math.floor(place)], ordered[math.ceil(place)]
    p95 = low + (high - low) * (place - math.floor(place))
    return Spread(math.fsum(ordered) / len(ordered), float(median(ordered)), p95)
