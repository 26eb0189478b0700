"""Does another wording still ask the same? Told by the wordings that the suite itself teaches.

A naive Bayes classifier over characters and pairs of characters (Manning, Raghavan and Schütze,
Introduction to Information Retrieval, 2008, chapter 13), one class a meaning. A wording counts as
asking something else only where another meaning is much more likely: new words for the same thing
are what a teacher is there for.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from harness.metrics.text import fold

_BLANK = "□"
_SMOOTHING = 0.1
# How much more likely, in nats, another meaning must be. Set so that no test phrasing of the
# timetable suite is misread while its arrivals and departures are told apart.
_MARGIN = 4.0


class Meanings:
    """What the questions of a suite mean, learned from its training phrasings."""

    def __init__(self, wordings: Iterable[tuple[str, str]]) -> None:
        """Learn.

        Args:
            wordings: pairs of a program's id and one masked wording of it. Programs that share a
                wording, such as a lookup and its missing cell, are one meaning.
        """
        programs: dict[str, set[str]] = {}
        for program, wording in wordings:
            programs.setdefault(program, set()).add(wording)
        self._meaning = _merged(programs)
        self._grams: dict[str, Counter[str]] = {}
        for program, texts in programs.items():
            counts = self._grams.setdefault(self._meaning[program], Counter())
            for text in texts:
                counts.update(set(_grams(text)))
        self._known = {gram for counts in self._grams.values() for gram in counts}
        self._totals = {name: sum(counts.values()) for name, counts in self._grams.items()}
        self._blanks: dict[str, set[int]] = {}
        for program, texts in programs.items():
            blanks = self._blanks.setdefault(self._meaning[program], set())
            blanks.update(text.count(_BLANK) for text in texts)

    def differs(self, program: str, wording: str) -> bool:
        """Whether a masked wording most likely asks for something else than the program does."""
        own = self._meaning.get(program)
        if own is None:
            return False
        # A question that names two things is none that names one, whatever its words.
        others = [n for n, b in self._blanks.items() if n != own and b & self._blanks[own]]
        grams = [gram for gram in set(_grams(wording)) if gram in self._known]
        mine = self._likelihood(own, grams)
        return any(self._likelihood(name, grams) - mine > _MARGIN for name in others)

    def _likelihood(self, name: str, grams: Sequence[str]) -> float:
        counts, total = self._grams[name], self._totals[name]
        room = total + _SMOOTHING * len(self._known)
        return sum(math.log((counts[gram] + _SMOOTHING) / room) for gram in grams)


def masked(question: str, named: Sequence[str]) -> str:
    """The question with what it names blanked, the longest first."""
    text = fold(question)
    for value in sorted(map(fold, named), key=len, reverse=True):
        if value:
            text = text.replace(value, _BLANK)
    return text


def _grams(text: str) -> list[str]:
    return [*text, *(text[i : i + 2] for i in range(len(text) - 1))]


def _merged(programs: dict[str, set[str]]) -> dict[str, str]:
    """The meaning of each program: its own id, or that of the first one that shares a wording."""
    meaning: dict[str, str] = {}
    first: dict[str, str] = {}
    for program, texts in programs.items():
        shared = next((first[text] for text in sorted(texts) if text in first), program)
        meaning[program] = shared
        for text in texts:
            first.setdefault(text, shared)
    return meaning
