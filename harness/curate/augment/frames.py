"""A question in the polite words that people put around it."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from harness.core import Sample
from harness.curate.augment.question_parts import asked
from harness.curate.augment.words import Frames, FrameWords
from harness.curate.rows import Row

_WORDS = re.compile(r"\w{2,}")
_MARKS = "？?。.！!，,；;：:…"


class Framing:
    """Puts frames around questions.

    Args:
        words: the frames by language.
        own: a suite's own frames, instead of those, for questions in any language.
    """

    def __init__(self, words: FrameWords, own: Sequence[str] | None = None) -> None:
        given = None if own is None else Frames(any=tuple(own))
        self._frames = {"zh": given or words.zh, "en": given or words.en}

    def changes(self, row: Row, draw: random.Random) -> Iterator[Sample]:
        """The question in each frame that fits it, in drawn order."""
        question = asked(row.sample)
        if question is None or question.language is None:
            return
        frames = self._frames[question.language]
        fitting = [*frames.any, *(frames.questions if question.line[-1] in "？?" else ())]
        draw.shuffle(fitting)
        for frame in fitting:
            if _fits(frame, question.line):
                yield question.reworded(frame.replace("{question}", question.line))


def _fits(frame: str, line: str) -> bool:
    """Whether a frame says nothing that the line says, and has a mark between the two."""
    lowered = line.casefold()
    if any(word in lowered for word in _WORDS.findall(frame.replace("{question}", " ").casefold())):
        return False
    return frame.endswith("{question}") or line[-1] in _MARKS
