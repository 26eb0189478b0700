"""Lines that a teacher reports, held against the text: where each stands, and whether it may."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from harness.core import Refusal
from harness.distill.dialogue.chunks import Chunk
from harness.distill.dialogue.novel import Story
from harness.distill.dialogue.speeches import Speech

NO_LINE = "item names no line"
INVENTED = "line does not stand in the text"
NARRATED = "line is told, not said"
NOT_NAMED = "speaker is not named in the text"
ANOTHER = "the text names another speaker"

# What a copy may leave out or change: blanks and quotation marks.
_ASIDE = re.compile(r"[\s“”‘’「」『』\"'＂＇\u200b\ufeff]")
_LATIN = re.compile(r"[A-Za-z]")
_EDGE = "，。！？；：、…—,.!?;:~-"


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is proved to be said.

    Args:
        start: offset in the text, behind the quotation mark.
        end: offset behind the last character.
        speaker: who says it; the persona under their own name; empty where nobody knows.
        words: as they stand in the text, narration between them left out.
        block: the paragraph; see `Speech`.
    """

    start: int
    end: int
    speaker: str
    words: str
    block: int


class Located:
    """Finds lines in a piece of a text.

    Args:
        story: the text.
        chunk: the piece.
        speeches: those of the whole text, in order.
    """

    def __init__(self, story: Story, chunk: Chunk, speeches: Sequence[Speech]) -> None:
        self._story = story
        self._chunk = chunk
        self._text = story.text[chunk.start : chunk.end]
        self._speeches = within(speeches, chunk)
        self._folded = [fold_words(story.text[s.start : s.end]) for s in self._speeches]
        self._next = 0

    def prove(self, speaker: str, line: str) -> Line | Refusal:
        """The line where it stands, or why it is none.

        A line may be one speech, a part of one, or several of one paragraph joined: the whole of
        them is returned, in the words of the text.
        """
        wanted = fold_words(line).strip(_EDGE)
        name = speaker.strip()
        own = self._story.persona if name in self._story.names else name
        if not wanted:
            return Refusal(NO_LINE, f"{speaker}: {line}")
        speeches = self._speeches_of(wanted)
        found = self._line(speeches, own) if speeches else self._anywhere(wanted, own)
        if isinstance(found, str):
            return Refusal(found, f"{speaker}: {line}")
        if own and not names_one(self._text, self._names(own)):
            return Refusal(NOT_NAMED, f"{speaker}: {line}")
        for speech in speeches if own else ():
            if speech.told and self._differs(own, speech.speaker):
                return Refusal(ANOTHER, f"{speaker}: {line} ({speech.speaker})")
        return found

    def _speeches_of(self, wanted: str) -> list[Speech]:
        """The speeches that are a line, else those that hold it, from the last one on."""
        for whole in (True, False):
            start = self._next if whole else max(0, self._next - 1)
            for first in (*range(start, len(self._speeches)), *range(start)):
                last = self._run(first, wanted, whole=whole)
                if last is not None:
                    self._next = last + 1
                    return self._speeches[first : last + 1]
        return []

    def _run(self, first: int, wanted: str, *, whole: bool) -> int | None:
        """The last of the speeches of one paragraph, from `first` on, that make up a line."""
        joined = ""
        for last in range(first, len(self._speeches)):
            if self._speeches[last].block != self._speeches[first].block:
                return None
            joined += self._folded[last]
            if joined.strip(_EDGE) == wanted or (not whole and wanted in joined):
                return last
            if whole and len(joined) > len(wanted) + 2 * len(_EDGE):
                return None
        return None

    def _line(self, speeches: Sequence[Speech], speaker: str) -> Line:
        words = join_words(self._story.text[s.start : s.end] for s in speeches)
        return Line(speeches[0].start, speeches[-1].end, speaker, words, speeches[0].block)

    def _anywhere(self, wanted: str, speaker: str) -> Line | str:
        """A line of a text that marks no speech; the reason where it is no line."""
        at, places = fold_places(self._text)
        found = at.find(wanted)
        if found < 0:
            return INVENTED
        if self._speeches:
            return NARRATED
        start, end = places[found], places[found + len(wanted) - 1] + 1
        offset = self._chunk.start
        return Line(offset + start, offset + end, speaker, self._text[start:end], -1)

    def _names(self, own: str) -> Sequence[str]:
        return self._story.names if own == self._story.persona else (own,)

    def _differs(self, own: str, told: str) -> bool:
        """Whether one of two names is the persona's and the other is not."""
        return (own == self._story.persona) != (told in self._story.names)


def names_one(text: str, names: Iterable[str]) -> bool:
    """Whether a text holds one of some names; one in Latin letters as a word of its own."""
    return any(
        re.search(rf"\b{re.escape(name)}\b", text) is not None if name.isascii() else name in text
        for name in names
    )


def within(speeches: Sequence[Speech], chunk: Chunk) -> list[Speech]:
    """The speeches that stand whole in a piece of the text."""
    first = bisect_left(speeches, chunk.start, key=lambda speech: speech.start)
    last = bisect_right(speeches, chunk.end, key=lambda speech: speech.start)
    return [speech for speech in speeches[first:last] if speech.end <= chunk.end]


def known_lines(story: Story, speeches: Sequence[Speech]) -> Iterator[Line]:
    """What the rules alone find said, speakers named where they can tell."""
    for speech in speeches:
        speaker = story.persona if speech.speaker in story.names else speech.speaker
        words = story.text[speech.start : speech.end].strip()
        yield Line(speech.start, speech.end, speaker, words, speech.block)


def join_words(pieces: Iterable[str]) -> str:
    """The pieces of a speech as one; behind a Latin letter a blank stands between."""
    joined = ""
    for piece in map(str.strip, pieces):
        joined += f" {piece}" if _LATIN.search(joined[-3:]) else piece
    return joined


def fold_words(text: str) -> str:
    """Words without blanks and quotation marks, full width as half width."""
    return fold_places(text)[0]


def fold_places(text: str) -> tuple[str, list[int]]:
    """The same, and for each character of it the offset that it comes from."""
    kept = [(at, c) for at, c in enumerate(text) if not _ASIDE.match(c)]
    folded = [(at, c) for at, one in kept for c in unicodedata.normalize("NFKC", one)]
    return "".join(c for _, c in folded), [at for at, _ in folded]
