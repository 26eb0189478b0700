from __future__ import annotations

from collections.abc import Sequence

import pytest

from harness.judges.pairwise import Outcome, Preference
from harness.judges.win_rate import win_rate


def preference(asked: Outcome | None, turned: Outcome | None) -> Preference:
    if asked is None or turned is None:
        return Preference("p", None, False, asked, turned)
    return Preference("p", asked if asked == turned else "tie", asked == turned, asked, turned)


def test_win_rate_counts_each_pair_once() -> None:
    said: Sequence[tuple[Outcome | None, Outcome | None]] = [
        ("tie", "tie"), ("first", "second"), ("second", "second"), ("first", None), (None, None),
    ]  # fmt: skip
    rate = win_rate([preference(*both) for both in said] + [preference("first", "first")] * 7)
    assert (rate.wins, rate.ties, rate.losses, rate.unread) == (7, 2, 1, 2)
    assert rate.inconsistent == 1
    assert rate.share is not None
    assert rate.share.value == 0.8
    # statsmodels 0.15.0, proportion_confint(8, 10, method="wilson")
    assert rate.share.low == pytest.approx(0.49016247153664183)
    assert rate.share.high == pytest.approx(0.9433178485456247)


def test_orders_that_differ_are_told() -> None:
    rate = win_rate(
        [preference("second", "first"), preference("second", "first"), preference("tie", "first")]
    )
    assert (rate.inconsistent, rate.ties) == (3, 3)


def test_without_preferences_there_is_no_share() -> None:
    for preferences in ([], [preference(None, None)]):
        rate = win_rate(preferences)
        assert rate.share is None
        assert rate.unread == len(preferences)
