"""Phrasings among which one that is alike can be found fast.

Two phrasings are as alike as the share of their characters, of both together, that no edit touches:
1 - edits / (length + length), the edits being insertions, deletions and replacements (Levenshtein).
"""

from __future__ import annotations

from collections.abc import Hashable

# Keeps a share of 0.9 from asking for 0.9000000000000001.
_SLACK = 1e-9


class Alike:
    """Phrasings in buckets; only those of one bucket are ever compared.

    Args:
        threshold: above 0, up to 1: how alike two phrasings must be.
    """

    def __init__(self, threshold: float) -> None:
        self._untouched = threshold
        self._known: dict[tuple[Hashable, int], list[str]] = {}
        self._lengths: list[int] = []

    def add(self, bucket: Hashable, phrasing: str) -> None:
        """Put a phrasing into a bucket."""
        length = len(phrasing)
        self._known.setdefault((bucket, length), []).append(phrasing)
        if length not in self._lengths:
            self._lengths = sorted([*self._lengths, length])

    def find(self, bucket: Hashable, phrasing: str) -> str | None:
        """Return a phrasing of the bucket that is alike enough, the shortest first, if any is."""
        from rapidfuzz.distance import Levenshtein
        from rapidfuzz.process import extractOne

        for length in self._lengths:
            edits = int((1 - self._untouched) * (len(phrasing) + length) + _SLACK)
            known = self._known.get((bucket, length))
            if known is None or abs(len(phrasing) - length) > edits:
                continue
            found = extractOne(phrasing, known, scorer=Levenshtein.distance, score_cutoff=edits)
            if found is not None:
                return found[0]
        return None
