"""Accepted rows to clean rows: none twice, none against another, none out of the test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from harness.config.sections import Dataset
from harness.curate.decontaminate import Leaks
from harness.curate.near_duplicates import NearDuplicates, gold_key
from harness.curate.rows import Row, conversation
from harness.errors import RunError
from harness.text.normalize import fold

DUPLICATES, NEAR_DUPLICATES, LEAKED = "duplicates", "near_duplicates", "leaked"
_EXAMPLES = 3


@dataclass
class Tally:
    """Rows left out, by reason, with the first few of each; and all that came in, by family."""

    accepted: Counter[str] = field(default_factory=Counter)
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys((DUPLICATES, LEAKED, NEAR_DUPLICATES), 0)
    )
    examples: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    def add(self, reason: str, row: Row, like: str) -> None:
        """Count a row, and keep it as an example while there are few."""
        self.counts[reason] += 1
        examples = self.examples.setdefault(reason, [])
        if len(examples) < _EXAMPLES:
            question = fold(row.sample.question).rpartition("\n")[2]
            examples.append({"id": row.sample.id, "question": question, "like": like})


def clean(rows: Iterable[Row], section: Dataset, held_out: Leaks, tally: Tally) -> Iterator[Row]:
    """Yield the rows to keep, in their order; count the others in `tally`.

    Two wordings of the same right answer to one question are no contradiction: the first stays.

    Raises:
        RunError: one question has two different right answers.
    """
    first: dict[bytes, Row] = {}
    kept: set[bytes] = set()
    near = None if section.near_duplicates is None else NearDuplicates(section.near_duplicates)
    for row in rows:
        tally.accepted[row.sample.family] += 1
        if (leak := held_out.leak(row.sample)) is not None:
            tally.add(LEAKED, row, leak)
            continue
        asked = conversation(row.sample)
        earlier = first.setdefault(asked, row)
        _check_agrees(row, earlier)
        if asked in kept:
            if section.deduplicate:
                tally.add(DUPLICATES, row, earlier.sample.id)
                continue
        elif near is not None and (like := near.like(row.sample)) is not None:
            tally.add(NEAR_DUPLICATES, row, like)
            continue
        kept.add(asked)
        yield row


def _check_agrees(row: Row, earlier: Row) -> None:
    if gold_key(row.sample.gold) != gold_key(earlier.sample.gold):
        raise RunError(
            f"training data contradicts itself: {fold(row.sample.question)!r} is answered "
            f"{earlier.answer!r} and {row.answer!r}"
        )
