"""What keeps added rows harmless: each is checked as if a stranger had written it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from harness.checker.check import check
from harness.core import Domain, Sample
from harness.curate.decontaminate import HeldOut
from harness.curate.near_duplicates import gold_key
from harness.curate.rows import Row, digest
from harness.text.normalize import informative, prepare

THERE = "there already"
CONTRADICTS = "contradicts another row"
LEAKS = "like a test phrasing"
WRONG = "answer no longer right"


class Gate:
    """Lets through rows that say something new, right, and not out of the test.

    Args:
        rows: the rows that are there already.
        domains: what values can be, by column.
        held_out: the test phrasings.
    """

    def __init__(
        self, rows: Iterable[Row], domains: Mapping[str, Domain], held_out: HeldOut
    ) -> None:
        self._domains = domains
        self._held_out = held_out
        self._said: set[bytes] = set()
        self._golds: dict[bytes, object] = {}
        for row in rows:
            self._remember(row)

    def refuses(self, row: Row) -> str | None:
        """Why a row must not be added; `None` where it may be, and then it is there."""
        if _exactly(row.sample) in self._said:
            return THERE
        gold = gold_key(row.sample.gold)
        if self._golds.get(_loosely(row.sample), gold) != gold:
            return CONTRADICTS
        if self._held_out.leak(row.sample) is not None:
            return LEAKS
        domain = self._domains.get(row.sample.domain, Domain())
        if check(row.answer, row.sample.gold, _asked(row.sample), domain).value != 1.0:
            return WRONG
        self._remember(row)
        return None

    def _remember(self, row: Row) -> None:
        self._said.add(_exactly(row.sample))
        self._golds[_loosely(row.sample)] = gold_key(row.sample.gold)


def _asked(sample: Sample) -> str:
    """The question, with the first one before it where it is a second: that one names the row."""
    asked = [message.content for message in sample.messages if message.role == "user"]
    return asked[0] if len(asked) == 1 else " ".join(q.rpartition("\n")[2] for q in asked)


def _exactly(sample: Sample) -> bytes:
    """The conversation to the letter: k420 and K420 are two things to learn."""
    return digest("\0".join(message.content for message in sample.messages))


def _loosely(sample: Sample) -> bytes:
    """The conversation as it reads without capitals, width, blanks and marks."""
    words = (informative(prepare(m.content)) for m in sample.messages if m.role != "system")
    return digest("\0".join(words))
