"""How long to wait: what a header says in any of its forms, and what nobody says."""

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.models.remote.timing import backoff_s, http_date, retry_after_s

NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("0", 0),
        ("120", 120),
        (" 7 ", 7),
        ("1.5", 1.5),
        ("-3", 0),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("1e400", None),
        ("Tue, 14 Nov 2023 22:13:30 GMT", 10),
        ("Tuesday, 14-Nov-23 22:13:30 GMT", 10),
        ("Tue Nov 14 22:13:30 2023", 10),
        ("Tue, 14 Nov 2023 22:13:10 GMT", 0),
        ("Tue, 99 Nov 2023 22:13:30 GMT", None),
    ],
)
def test_a_header_in_every_form(value: str | None, seconds: float | None) -> None:
    assert retry_after_s(value, NOW) == seconds


@given(st.text(max_size=40))
def test_nothing_in_a_header_breaks_it(value: str) -> None:
    seconds = retry_after_s(value, NOW)
    assert seconds is None or 0 <= seconds < float("inf")


@given(st.integers(0, 10**9))
def test_seconds_are_read_back(seconds: int) -> None:
    assert retry_after_s(str(seconds), NOW) == seconds


@given(st.integers(10**8, 10**10).map(lambda at: datetime.fromtimestamp(at, UTC)))
def test_dates_are_read_back(date: datetime) -> None:
    assert http_date(format_datetime(date, usegmt=True)) == date.timestamp()


@given(st.integers(1, 10_000), st.floats(0.1, 100))
def test_pauses_grow_up_to_the_longest(tries: int, longest: float) -> None:
    pause = backoff_s(tries, longest)
    assert 0 < pause <= longest
    assert pause >= min(longest, 0.15 * 2 ** min(tries - 1, 20)) / 2


def test_pauses_differ() -> None:
    assert len({backoff_s(3) for _ in range(20)}) > 10
