"""How long to wait before the next attempt."""

from __future__ import annotations

import math
import random
from email.utils import parsedate_to_datetime

# Nobody waits longer than this for one request.
LONGEST_WAIT_S = 900.0
_FIRST_S = 0.15
_GROWTH = 2.0


def backoff_s(tries: int, most_s: float = 15.0) -> float:
    """Seconds before the next attempt after so many failed ones, from 1: growing, jittered."""
    return min(most_s, _FIRST_S * _GROWTH ** min(tries - 1, 20)) * random.uniform(0.5, 1)


def retry_after_s(value: str | None, now: float) -> float | None:
    """Seconds that a `Retry-After` header asks to wait, from 0; `None` where it says nothing.

    Args:
        value: the header: seconds, or an HTTP date.
        now: the time of the reply, in seconds since 1970.
    """
    if value is None:
        return None
    value = value.strip()
    try:
        seconds = float(value)
    except ValueError:
        at = http_date(value)
        return None if at is None else max(0.0, at - now)
    return max(0.0, seconds) if math.isfinite(seconds) else None


def http_date(value: str) -> float | None:
    """An HTTP date in seconds since 1970; `None` where it is none."""
    from datetime import UTC

    try:
        date = parsedate_to_datetime(value)
        # Of the three forms one names no zone; all mean UTC.
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
