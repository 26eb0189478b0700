"""Is a training question a test question, or a copy of a test phrasing with other values in it?

    held_out = HeldOut(test_samples, 0.9)
    held_out.near("我想知道K420次列车的终点是哪一站呢？", ["K420"])  # the test wording, or None

Phrasings are compared with their values masked, for a test asks the same words about every row.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Protocol

from harness.checker.check import asking_part
from harness.core import Sample
from harness.curate.similarity import Alike
from harness.text.masking import MASK, masked, without_figures
from harness.text.normalize import informative, prepare

# Stands for a value. Of a class that `informative` keeps, so that its place in the words counts.
# A test phrasing this long that stands whole inside a question is no coincidence.
_SHORTEST_INSIDE = 8
_MOST_REMEMBERED = 50_000
_ANY = ""  # the phrasings of all programs together


class Leaks(Protocol):
    """Tells training questions that would give the test away."""

    def leak(self, sample: Sample) -> str | None:
        """The test wording that a training conversation equals or nearly copies."""
        ...


class HeldOut:
    """The test questions, to be held against training questions.

    How alike two phrasings are is told by `harness.curate.similarity`, of their characters without
    blanks and punctuation, a value counting as one. A question that holds a whole test phrasing
    with more words around it is a near copy too.

    Args:
        samples: the test samples; drawn once.
        threshold: above 0, up to 1: how alike a phrasing must be to be a near copy. At 1 only
            equal ones are found.
    """

    def __init__(self, samples: Iterable[Sample], threshold: float) -> None:
        self._asked: set[str] = set()
        self._phrasings: dict[str, str] = {}
        self._programs: dict[str, set[str]] = {_ANY: set()}
        self._alike = Alike(threshold)
        for sample in samples:
            self._hold(sample)
        shortest = _SHORTEST_INSIDE if threshold < 1 else sys.maxsize
        self._inside = [bare for bare in self._phrasings if len(bare) >= shortest]
        self._judged: dict[tuple[str, str], str | None] = {}

    def _hold(self, sample: Sample) -> None:
        line = asking_line(sample.question, sample.named)
        bare = masked_phrasing(line, sample.named)
        self._asked.add(line)
        if not bare.strip(MASK):
            return
        self._phrasings.setdefault(bare, line)
        for program in (_ANY, program_of(sample.template)):
            known = self._programs.setdefault(program, set())
            if bare not in known:
                known.add(bare)
                self._alike.add(program, bare)

    def leak(self, sample: Sample) -> str | None:
        """The test wording that any of a conversation's questions equals or nearly copies."""
        program = program_of(sample.template)
        asked = (message.content for message in sample.messages if message.role == "user")
        found = (self.near(question, sample.named, program) for question in asked)
        return next((wording for wording in found if wording is not None), None)

    def near(self, question: str, named: Sequence[str], program: str = "") -> str | None:
        """Return the test wording that a training question equals or nearly copies.

        Args:
            question: the training question. Of a prompt with rows in it only the line that asks
                is compared.
            named: the values that it names.
            program: the program that it asks, where known, such as `lookup.origin`. A near copy
                is then looked for among that program's own test phrasings, for 几点到达车站 and
                几点离开车站 are near but not the same question. An equal phrasing counts anywhere.
        """
        line = asking_line(question, named)
        if line in self._asked:
            return line
        return self._near_phrasing(masked_phrasing(line, named), program)

    def _near_phrasing(self, bare: str, program: str) -> str | None:
        known = program if program in self._programs else _ANY
        if (bare, known) not in self._judged:
            if len(self._judged) >= _MOST_REMEMBERED:
                self._judged.clear()
            self._judged[bare, known] = self._judge(bare, known)
        return self._judged[bare, known]

    def _judge(self, bare: str, program: str) -> str | None:
        if bare in self._phrasings:
            return self._phrasings[bare]
        inside = next((phrasing for phrasing in self._inside if phrasing in bare), None)
        near = inside if inside is not None else self._alike.find(program, bare)
        return None if near is None else self._phrasings[near]


def open_held_out(samples: Iterable[Sample], threshold: float | None) -> HeldOut:
    """The test questions of a suite about a table; with `None` nothing is held out."""
    return HeldOut((), 1.0) if threshold is None else HeldOut(samples, threshold)


def masked_phrasing(question: str, named: Sequence[str]) -> str:
    """Return the bare words of a question, each value in them replaced by one sign.

    The values that it names go first, the longest before the others, then every time, code and
    number.
    """
    return informative(without_figures(masked(prepare(question), map(prepare, named))))


def program_of(template: str) -> str:
    """Return the program of a sample's template: `lookup.origin` of `lookup.origin/test-0`."""
    return template.partition("/")[0]


def asking_line(question: str, named: Sequence[str]) -> str:
    """Return the prepared line that asks.

    Of a prompt with rows in it that is the last line where it names a value, for a cell may hold
    几 or "what" and a request neither; else the last with a word that asks.
    """
    prepared = prepare(question)
    asking = asking_part(question)
    if asking == prepared:
        return prepared
    last = prepared.rpartition("\n")[2]
    names_a_value = any(prepare(value) in last for value in named)
    return last if names_a_value else asking.rpartition("\n")[2]
