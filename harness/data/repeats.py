"""What a data set says twice: equal records, and one question with several replies.

    repeats = Repeats()
    for record in records:
        repeats.add(record.where, form.read(record))
    repeats.counts()
    list(repeats.findings())

user side    the system text and what the user says, in all turns; two are the same where every
             character is
reply        what the assistant says, in all turns
duplicate    a row whose turns are all equal to those of an earlier row. Two equal rows are one
             pair, three are two: rows beyond the first
repeated     a user side that stands with more than one different reply
conflict     a repeated one whose replies differ in more than case, width, blanks and punctuation
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from harness.core import Finding
from harness.data.conversation import Conversation, Turn
from harness.data.question_key import question_of
from harness.text.digest_set import Seen, digest
from harness.text.display import short
from harness.text.normalize import same_question

_REPLY = {"assistant", "function_call"}
# The line or row that a place ends in, and the item where several rows begin on one line.
_NUMBERS = re.compile(r"(?<![0-9])([0-9]+)(?: item ([0-9]+))?$")
_ITEM = 1 << 40  # more lines than any file has
_LISTED = 8  # rows named in one finding


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a data set repeats itself.

    Args:
        rows: all that were looked at.
        duplicate_pairs: rows beyond the first of each distinct record.
        asked_again: user sides that stand in more than one row, whatever the replies.
        repeated_instructions: user sides with more than one different reply.
        repeated_rows: the rows that they stand in.
        conflicting_instructions: those whose replies differ in more than case, width, blanks and
            punctuation.
        conflicting_rows: the rows that they stand in.
    """

    rows: int = 0
    duplicate_pairs: int = 0
    asked_again: int = 0
    repeated_instructions: int = 0
    repeated_rows: int = 0
    conflicting_instructions: int = 0
    conflicting_rows: int = 0

    def as_json(self) -> dict[str, int]:
        """The counts by name."""
        return asdict(self)

    def as_text(self) -> list[str]:
        """The counts in plain words, a line each."""
        return [
            f"duplicate pairs: {self.duplicate_pairs:,} (rows equal to an earlier row in every "
            "turn)",
            f"repeated instructions with different replies: {self.repeated_instructions:,}, in "
            f"{self.repeated_rows:,} rows (same system text and user turns, more than one reply)",
            f"of them conflicting: {self.conflicting_instructions:,}, in "
            f"{self.conflicting_rows:,} rows (replies differ in more than case, width, blanks and "
            "punctuation)",
            f"instructions in more than one row: {self.asked_again:,}",
        ]


@dataclass(slots=True)
class _Again:
    """A user side that came more than once: a few of its rows, and how it was worded."""

    question: str
    where: list[str]
    conflict: bool = False


class Repeats:
    """Fed conversations one by one, it tells what came before.

    Memory is two digests of 8 bytes a row, a few counts, and the rows that repeat another.
    Among a million rows the odds that two different ones share a digest are one in ten million.
    """

    def __init__(self) -> None:
        self._rows = 0
        self._records = Seen()
        self._places = array("Q")  # where each different record first stands
        self._sides = Seen()
        self._asked = array("I")  # rows that each user side stands in
        self._replies = array("I")  # different records among them
        self._first_reply = array("Q")  # digest of the first reply, folded
        self._first_place = array("Q")
        self._again: dict[int, _Again] = {}
        self._equal: list[tuple[str, int]] = []

    def add(self, where: str, conversation: Conversation) -> None:
        """Look at the next row.

        Args:
            where: names its file and line, for the findings.
            conversation: what it says.
        """
        self._rows += 1
        place, turns = self._place(where), conversation.turns
        record = self._records.number(_digest([(turn.role, turn.content) for turn in turns]))
        new = record == len(self._places)
        if new:
            self._places.append(place)
        else:
            self._equal.append((where, self._places[record]))
        side = self._side(turns, place)
        self._asked[side] += 1
        self._replies[side] += new
        if self._asked[side] > 1:
            self._note(side, where, turns)

    def _place(self, where: str) -> int:
        """The numbers that `where` ends in, all that is kept of an earlier row's place, as one."""
        numbers = _NUMBERS.search(where)
        return int(numbers[1]) + _ITEM * int(numbers[2] or 0) if numbers else self._rows

    def _side(self, turns: tuple[Turn, ...], place: int) -> int:
        """The number of a user side; a new one is remembered with its reply."""
        digest = _digest([(turn.role, turn.content) for turn in turns if turn.role not in _REPLY])
        side = self._sides.number(digest)
        if side == len(self._asked):
            self._asked.append(0)
            self._replies.append(0)
            self._first_reply.append(_folded_reply(turns))
            self._first_place.append(place)
        return side

    def _note(self, side: int, where: str, turns: tuple[Turn, ...]) -> None:
        again = self._again.get(side)
        if again is None:
            again = self._again[side] = _Again(question_of(turns), [])
        if len(again.where) < _LISTED:
            again.where.append(where)
        if not again.conflict:
            again.conflict = _folded_reply(turns) != self._first_reply[side]

    def counts(self) -> Counts:
        """How much repeats so far."""
        repeated = [side for side in self._again if self._replies[side] > 1]
        conflicting = [side for side in repeated if self._again[side].conflict]
        return Counts(
            rows=self._rows,
            duplicate_pairs=len(self._equal),
            asked_again=len(self._again),
            repeated_instructions=len(repeated),
            repeated_rows=sum(self._asked[side] for side in repeated),
            conflicting_instructions=len(conflicting),
            conflicting_rows=sum(self._asked[side] for side in conflicting),
        )

    def findings(self) -> Iterator[Finding]:
        """One for each duplicate row, then one for each repeated instruction; nothing is lost."""
        for where, first in self._equal:
            yield Finding("duplicate", where, f"equal to {_earlier(where, first)} in every turn")
        for side, again in self._again.items():
            if self._replies[side] > 1:
                yield self._repeated(side, again)

    def _repeated(self, side: int, again: _Again) -> Finding:
        asked, replies = self._asked[side], self._replies[side]
        more = asked - 1 - len(again.where)
        return Finding(
            "conflicting replies" if again.conflict else "repeated instruction",
            _earlier(again.where[0], self._first_place[side]),
            f"{short(again.question)} stands in {asked} rows with {replies} different replies: "
            f"also {', '.join(again.where)}" + (f" and {more} more" if more else ""),
        )


def _earlier(where: str, place: int) -> str:
    """The place of an earlier row of the file that `where` names a row of."""
    item, line = divmod(place, _ITEM)
    numbers = f"{line} item {item}" if item else str(line)
    return _NUMBERS.sub(numbers, where) if _NUMBERS.search(where) else f"row {place}"


def _folded_reply(turns: tuple[Turn, ...]) -> int:
    """Digest of the reply without what does not count between two answers."""
    said = [turn.content for turn in turns if turn.role in _REPLY]
    return _digest([("", same_question(text)) for text in said])


def _digest(parts: list[tuple[str, str]]) -> int:
    """64 bits of parts, none of which can run into the next."""
    return digest("".join(f"{len(role)}:{role}{len(text)}:{text}" for role, text in parts))
