"""The line of a prompt that asks, and where the values stand in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from harness.core import Message, Sample
from harness.curate.augment.words import Language, language
from harness.text.masking import spans


@dataclass(frozen=True, slots=True)
class Place:
    """A named value in a line, from `start` up to `end`."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's own line. `places` are the values that it names, in order, as they stand."""

    sample: Sample
    line: str
    places: tuple[Place, ...]

    @property
    def language(self) -> Language | None:
        """The language of the words between the values."""
        return language(bare(self.line, self.places) or self.line)

    def followers(self, value: str) -> set[str]:
        """What stands right behind a value, wherever the line names it."""
        ends = (place.end for place in self.places if place.value == value)
        return {self.line[end : end + 1] for end in ends}

    def reworded(self, line: str, named: Sequence[str] | None = None) -> Sample:
        """The sample with another line, which may spell its values in other ways."""
        last = self.sample.messages[-1]
        rows = last.content[: len(last.content) - len(self.line)]
        messages = (*self.sample.messages[:-1], Message(last.role, rows + line))
        kept = self.sample.named if named is None else tuple(named)
        return replace(self.sample, messages=messages, named=kept)

    def respelled(self, place: Place, spelling: str) -> Sample:
        """The sample with one value in another spelling, wherever the line names it."""
        line = self.line
        for other in reversed(self.places):
            if other.value == place.value:
                line = line[: other.start] + spelling + line[other.end :]
        named = [spelling if value == place.value else value for value in self.sample.named]
        return self.reworded(line, named)


def asked(sample: Sample) -> Asked | None:
    """Find the line that asks: the last one. `None` where it follows rows and names no value."""
    content = sample.messages[-1].content
    line = content.rpartition("\n")[2]
    found = spans(line, sample.named)
    places = tuple(Place(value, start, end) for start, end, value in found)
    if not line or (line != content and not places):
        return None
    return Asked(sample, line, places)


def bare(line: str, places: Sequence[Place]) -> str:
    """A line without its values."""
    kept = list(line)
    for place in places:
        kept[place.start : place.end] = " " * (place.end - place.start)
    return "".join(kept).strip()
