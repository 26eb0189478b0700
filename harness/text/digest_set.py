"""Digests that were seen, in little memory: a million take 20 MB, where a `dict` takes 100."""

from __future__ import annotations

from array import array
from hashlib import blake2b

_FREE = 0
_FIRST_SLOTS = 1024


class Seen:
    """Numbers digests from 0 in the order in which they first come.

    An open hash table: a slot holds the number of a digest plus one. Digests are spread evenly
    already, so their low bits are where to look first.
    """

    def __init__(self) -> None:
        self._digests = array("Q")
        self._slots = array("I", [_FREE]) * _FIRST_SLOTS

    def __len__(self) -> int:
        return len(self._digests)

    def add(self, digest: int) -> bool:
        """Whether a digest comes for the first time; the next time it does not."""
        new = len(self)
        return self.number(digest) == new

    def number(self, digest: int) -> int:
        """The number of a digest of 64 bits; a new one gets the next."""
        place = self._place(digest)
        if self._slots[place] == _FREE:
            self._digests.append(digest)
            self._slots[place] = len(self._digests)
            if 3 * len(self._digests) > 2 * len(self._slots):
                self._grow()
            return len(self._digests) - 1
        return self._slots[place] - 1

    def _place(self, digest: int) -> int:
        """The slot of a digest, or the free one that it would take."""
        slots, digests = self._slots, self._digests
        last = len(slots) - 1
        place = digest & last
        while slots[place] != _FREE and digests[slots[place] - 1] != digest:
            place = (place + 1) & last
        return place

    def _grow(self) -> None:
        """Twice the slots, which all digests take anew."""
        self._slots = array("I", [_FREE]) * (2 * len(self._slots))
        for number, digest in enumerate(self._digests, start=1):
            self._slots[self._place(digest)] = number


def digest(text: str) -> int:
    """64 bits of a text: a million different ones share one in one of ten million files."""
    data = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "big")
