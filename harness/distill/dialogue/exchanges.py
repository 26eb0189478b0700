"""Proved lines to rows: what is said to the persona, what they answer, and what came before."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from harness.distill.dialogue.locate import Line, join_words
from harness.distill.dialogue.novel import Story
from harness.distill.dialogue.speeches import Speech

# Characters between a cue and its reply; what stands further apart belongs to no one exchange.
FARTHEST = 400
_NEW_SCENE = re.compile(
    r"^[^\S\n]*(?:第.{1,9}[章节回卷幕]|chapter\b|[*＊※=—#-]{3,}\s*$|(?:\*\s*){3,}$)",
    re.MULTILINE | re.IGNORECASE,
)
_FULL_STOPS = {"，": "。", ",": "."}


@dataclass(frozen=True, slots=True)
class Exchange:
    """One row: a cue, the persona's reply, and the exchanges before, the first one first."""

    cue: Line
    reply: Line
    history: tuple[tuple[Line, Line], ...] = ()


class Scenes:
    """Tells whether one line answers another.

    Args:
        story: the text.
        speeches: all that is said in it, as far as rules can find it.
    """

    def __init__(self, story: Story, speeches: Sequence[Speech]) -> None:
        self._starts = [speech.start for speech in speeches]
        self._breaks = [found.start() for found in _NEW_SCENE.finditer(story.text)]

    def follows(self, earlier: Line, later: Line) -> bool:
        """Whether `later` comes right after `earlier`: near it, and nothing is said between."""
        if not 0 <= later.start - earlier.end <= FARTHEST:
            return False
        return not (
            _any_between(self._starts, earlier.end, later.start)
            or _any_between(self._breaks, earlier.end, later.start)
        )


def turns(lines: Sequence[Line], scenes: Scenes) -> list[Line]:
    """Join what one speaker says in one paragraph, around narration.

    A comma that only leads over to who says it ends the sentence now: “走罢，”小满说.

    Args:
        lines: in the order of the text.
        scenes: tells what follows what.
    """
    joined: list[Line] = []
    for line in lines:
        last = joined[-1] if joined else None
        if last and last.speaker and _one_turn(last, line) and scenes.follows(last, line):
            words = join_words((last.words, line.words))
            joined[-1] = replace(last, end=line.end, words=words)
        else:
            joined.append(line)
    return [replace(line, words=_ended(line.words)) for line in joined]


def exchanges(said: Sequence[Line], story: Story, scenes: Scenes) -> Iterator[Exchange]:
    """Every reply of the persona to somebody else, with what these two said right before.

    Args:
        said: turns, in the order of the text.
        story: says who the persona is, and how much history is kept.
        scenes: tells what follows what.
    """
    cues: dict[int, tuple[Line, Line]] = {}
    for at, (cue, reply) in enumerate(pairwise(said), start=1):
        is_answer = reply.speaker == story.persona and cue.speaker not in ("", story.persona)
        if not is_answer or not scenes.follows(cue, reply):
            continue
        cues[at] = (cue, reply)
        yield Exchange(cue, reply, tuple(_history(cues, at, story.turns, scenes)))


def _history(
    cues: dict[int, tuple[Line, Line]], at: int, most: int, scenes: Scenes
) -> list[tuple[Line, Line]]:
    """The exchanges with the same other speaker that lead up to one, at most so many."""
    found: list[tuple[Line, Line]] = []
    cue = cues[at][0]
    while len(found) < most and (at := at - 2) in cues:
        earlier = cues[at]
        if earlier[0].speaker != cue.speaker or not scenes.follows(earlier[1], cue):
            break
        found.insert(0, earlier)
        cue = earlier[0]
    return found


def _ended(words: str) -> str:
    """Words that end as a sentence does."""
    return words[:-1] + _FULL_STOPS[words[-1]] if words[-1:] in _FULL_STOPS else words


def _one_turn(earlier: Line, later: Line) -> bool:
    return earlier.speaker == later.speaker and earlier.block == later.block >= 0


def _any_between(places: Sequence[int], after: int, before: int) -> bool:
    at = bisect_left(places, after)
    return at < len(places) and places[at] < before
