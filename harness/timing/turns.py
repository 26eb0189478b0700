"""Which questions are timed, and who is asked what in which order."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.config.sections import Latency
from harness.core import Sample


@dataclass(frozen=True, slots=True)
class Turn:
    """One request: who is asked, in which replicate, and what."""

    name: str
    replicate: int
    sample: Sample


def timed_questions(
    section: Latency, samples: Sequence[Sample]
) -> tuple[list[Sample], list[Sample]]:
    """Draw the questions to time and, from the others if there are any, those to warm with."""
    draw = random.Random(section.seed)
    order = draw.sample(list(samples), len(samples))
    timed = order[: section.questions]
    others = order[section.questions :] or order
    return timed, others[: section.warmup]


def blocks(
    names: Sequence[str], replicates: int, samples: Sequence[Sample], *, together: bool
) -> Iterator[list[Turn]]:
    """The turns in order, in blocks that hold two replicates of every model.

    The second replicate of a block goes through the names backwards: A B B A, so that a machine
    that slows down evenly treats all alike. Models that are up together take turns at every
    question: a block is a question, and neighbours in time share the state of the machine. The
    next block begins with the next name, B A A B, for whoever is asked twice in a row finds its
    connection and the processor's caches warm. Those that are not up together take turns at all
    questions, for each turn is a start.
    """
    asked = [[sample] for sample in samples] if together else [list(samples)]
    for first in range(0, replicates, 2):
        for place, block in enumerate(asked):
            turn = (place + first // 2) % len(names) if together else 0
            order = [*names[turn:], *names[:turn]]
            forwards = [Turn(name, first, sample) for name in order for sample in block]
            backwards = [
                Turn(name, first + 1, sample) for name in reversed(order) for sample in block
            ]
            yield forwards + backwards
