"""A set of digests in a few bytes each, for questions by the hundred thousand."""

from __future__ import annotations

import hashlib
from array import array

_FIRST_ROOM = 1024
_EMPTY = 0


class Seen:
    """Remembers texts by their digests, 16 bytes each, and a small mark with each.

    Open addressing with linear probing (Knuth, The Art of Computer Programming, volume 3, section
    6.4, algorithm L), never more than half full. Two texts share a digest once in 2^64 pairs.
    """

    def __init__(self) -> None:
        self._keys = array("Q", bytes(8 * _FIRST_ROOM))
        self._marks = bytearray(_FIRST_ROOM)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def mark(self, text: str) -> int | None:
        """The mark of a text; `None` where it was never added."""
        at = self._place(digest(text))
        return None if self._keys[at] == _EMPTY else self._marks[at]

    def add(self, text: str, mark: int) -> None:
        """Remember a text with a mark from 0 to 255; the first mark stays."""
        key = digest(text)
        at = self._place(key)
        if self._keys[at] != _EMPTY:
            return
        self._keys[at], self._marks[at] = key, mark
        self._count += 1
        if 2 * self._count > len(self._keys):
            self._grow()

    def _place(self, key: int) -> int:
        room = len(self._keys)
        at = key % room
        while self._keys[at] not in (_EMPTY, key):
            at = (at + 1) % room
        return at

    def _grow(self) -> None:
        keys, marks = self._keys, self._marks
        self._keys = array("Q", bytes(2 * 8 * len(keys)))
        self._marks = bytearray(2 * len(keys))
        for key, mark in zip(keys, marks, strict=True):
            if key != _EMPTY:
                at = self._place(key)
                self._keys[at], self._marks[at] = key, mark


def digest(text: str) -> int:
    """A number from 1 to 2^64 - 1 that stands for a text."""
    data = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return max(1, int.from_bytes(data))
