"""Counts by family, and the line that says so where one of them is small."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from harness.core import Gold
from harness.curate.balance import by_family, spread, tell_balance
from harness.curate.rows import Row
from tests.harness.curate.augment.made import row


def rows(family: str, *minutes: int) -> list[Row]:
    base = row("几点？")
    return [
        Row(replace(base.sample, family=family, gold=Gold("time", f"07:{m:02d}")), f"7点{m}分")
        for m in minutes
    ]


def test_spread() -> None:
    taught = [*rows("lookup", 1, 1, 1, 2, 3, 4), *rows("dwell", 5, 5)]
    assert by_family(taught) == {"lookup": 6, "dwell": 2}
    assert spread({"lookup": 9, "dwell": 2, "missing": 3}, {"lookup": 5, "dwell": 2}, taught) == {
        "lookup": {"accepted": 9, "kept": 5, "rows": 6, "share": 0.75, "answers": 4,
                   "top_answer": 0.5},
        "dwell": {"accepted": 2, "kept": 2, "rows": 2, "share": 0.25, "answers": 1,
                  "top_answer": 1.0},
        "missing": {"accepted": 3, "kept": 0, "rows": 0, "share": 0.0, "answers": 0,
                    "top_answer": 0.0},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({"lookup": 100, "dwell": 9}, "balance: lookup 100 (91.7%), dwell 9 (8.3%)"),
        ({"dwell": 0, "lookup": 10}, "balance: lookup 10 (100.0%), dwell 0 (0.0%)"),
        ({"lookup": 100, "dwell": 10}, ""),
        ({"lookup": 100}, ""),
        ({}, ""),
    ],
)
def test_a_small_family_is_told(
    counts: dict[str, int], said: str, caplog: pytest.LogCaptureFixture
) -> None:
    taught = [one for family, count in counts.items() for one in rows(family, *range(count))]
    with caplog.at_level(logging.INFO, logger="podium"):
        tell_balance(spread(counts, counts, taught))
    assert caplog.messages == ([said] if said else [])
