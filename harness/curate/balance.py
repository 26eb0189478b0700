"""How training rows spread over families and over right answers."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from harness.curate.near_duplicates import gold_key
from harness.curate.rows import Row

log = logging.getLogger("podium")
# A family is called small where it holds less than this share of the largest one's rows.
_SMALL = 0.1


def by_family(rows: Iterable[Row]) -> dict[str, int]:
    """Count rows by family, the families in the order in which they come."""
    return dict(Counter(row.sample.family for row in rows))


def spread(
    accepted: Mapping[str, int], kept: Mapping[str, int], rows: Iterable[Row]
) -> dict[str, dict[str, Any]]:
    """What each family holds.

    Args:
        accepted: rows by family as they were distilled.
        kept: rows by family once the unwanted ones were dropped.
        rows: the training rows, added ones among them.

    Returns:
        By family `accepted`, `kept` and `rows` as counts, `share` of all training rows, `answers`
        as the count of distinct right answers, and `top_answer` as the share of the family's rows
        that have the most frequent one.
    """
    golds: dict[str, Counter[object]] = {family: Counter() for family in accepted}
    for row in rows:
        golds[row.sample.family][gold_key(row.sample.gold)] += 1
    total = sum(count.total() for count in golds.values())
    return {
        family: {
            "accepted": accepted[family],
            "kept": kept.get(family, 0),
            "rows": count.total(),
            "share": round(count.total() / total, 4) if total else 0.0,
            "answers": len(count),
            "top_answer": round(max(count.values()) / count.total(), 4) if count else 0.0,
        }
        for family, count in golds.items()
    }


def tell_balance(families: Mapping[str, Mapping[str, Any]]) -> None:
    """Say on one line how the families compare, where one of them is small."""
    largest = max((family["rows"] for family in families.values()), default=0)
    if any(family["rows"] < _SMALL * largest for family in families.values()):
        ranked = sorted(families.items(), key=lambda item: -item[1]["rows"])
        parts = (f"{name} {family['rows']} ({family['share']:.1%})" for name, family in ranked)
        log.info("balance: %s", ", ".join(parts))
