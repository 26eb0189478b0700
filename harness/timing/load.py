"""The loaded level: questions that arrive by themselves, as those of people do.

Arrivals are a Poisson process, so they come in bunches. Every model of a session gets the same
questions at the same moments.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import accumulate

from harness.core import Arrival, Sample


def poisson(samples: Sequence[Sample], rate: float, seed: int) -> list[Arrival]:
    """Questions with exponential gaps between them, in a seeded order.

    Args:
        samples: what is asked, each once.
        rate: arrivals a second on average.
        seed: of the gaps and the order.
    """
    draw = random.Random(seed)
    order = draw.sample(list(samples), len(samples))
    due = accumulate(draw.expovariate(rate) for _ in order)
    return [Arrival(at, sample) for at, sample in zip(due, order, strict=True)]
