"""Times of day and lengths of time that only a question makes plain: 1755, half past seven, 01:15.

Whoever is asked when may say 1755, and whoever is asked how long 01:15. Without the question such
words are years, prices and hours, so the parsers of free text leave them alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.checker.parse.mention import Mention, mask_mentions, names_one
from harness.checker.parse.numbers import ENGLISH, small_int

_PART = (
    r"(?: ?(?P<meridiem>a\.?m\b\.?|p\.?m\b\.?)"
    r"|,? (?:in the |at )(?P<part>morning|afternoon|evening|night))?"
)
_HOUR = rf"(?P<hour>[0-9]{{1,2}}|{ENGLISH}|noon|midnight)"
_WORDS = re.compile(
    rf"(?<![a-z0-9-])(?:(?P<half>half) (?:past )?|(?:a )?(?P<quarter>quarter) (?P<side>past"
    rf"|after|to|before|of) "
    rf"|(?P<minutes>[0-9]{{1,2}}|{ENGLISH})(?: minutes?)? (?P<side2>past|after|to|before) )"
    rf"{_HOUR}(?: o'?clock)?(?![a-z0-9:-]){_PART}",
    re.ASCII,
)
_PLAIN = re.compile(
    rf"(?<![a-z0-9-])(?P<hour>{ENGLISH})(?: (?P<oh>oh |o')?(?P<minute>{ENGLISH}))?"
    rf"(?: (?P<clock>o'?clock))?(?![a-z0-9:-])(?! (?:minutes?|hours?|trains?|days?|of|past"
    rf"|to)\b){_PART}",
    re.ASCII,
)
_IN_THE = re.compile(
    r"(?<![0-9a-z:.,$¥€£-])(?P<hour>[0-9]{1,2}),? (?:in the |at )"
    r"(?P<part>(?<=the )(?:morning|afternoon|evening)|(?<=at )night)\b",
    re.ASCII,
)
_DIGITS = re.compile(
    r"(?<![0-9a-z年¥$€£.,:/#-])(?P<hour>[01]?[0-9]|2[0-9])(?P<minute>[0-5][0-9])"
    r"(?: ?(?:hrs?|hours?|h|时)\b)?(?![0-9a-z:/%-]|[.,][0-9]| ?(?:次|年|号|元|块|个|人|趟|公里"
    r"|米|分钟))",
    re.ASCII,
)
_OVER = re.compile(r"(?<![0-9:.])(?P<hour>2[4-9]|3[0-5]) ?: ?(?P<minute>[0-5][0-9])(?![0-9:])")
_OTHER = re.compile(
    r"(?<![0-9a-z:.,$¥€£])(?P<hour>[01]?[0-9]|2[0-3])(?: ?h ?"
    r"|\.)(?P<minute>[0-5][0-9])(?![0-9a-z%:]|\.[0-9]| ?[元块美])"
)
_SPACED = re.compile(r"^ ?(?P<hour>[01]?[0-9]|2[0-3]) (?P<minute>[0-5][0-9])[。. ]?$")


def spoken_times(text: str, found: list[Mention]) -> list[Mention]:
    """Return times in words or bare digits besides those found already, all in order.

    Args:
        text: a prepared answer to a question that asks for a time.
        found: the times that need no question.
    """
    fresh = [*_read_all(_OVER, text), *_read_all(_WORDS, text)]
    used = {at for m in fresh for at in range(m.start, m.end)}
    found = [m for m in found if m.start not in used and m.end - 1 not in used]
    fresh.sort(key=lambda m: m.start)
    masked = mask_mentions(mask_mentions(text, found), fresh)
    at_hour = list(_read_all(_IN_THE, masked))
    fresh += at_hour
    masked = mask_mentions(masked, at_hour)
    if not found and not fresh:
        for pattern in (_DIGITS, _OTHER, _SPACED, _PLAIN):
            fresh = list(_read_all(pattern, masked))
            if fresh:
                break
    else:
        fresh += _read_all(_PLAIN, masked, sure=True)
    return sorted([*found, *fresh], key=lambda m: m.start)


def _read_all(pattern: re.Pattern[str], text: str, *, sure: bool = False) -> Iterator[Mention]:
    for match in pattern.finditer(text):
        parts = match.groupdict()
        if sure and not (parts.get("meridiem") or parts.get("part") or parts.get("clock")):
            continue
        if _is_range(parts) or (pattern is _DIGITS and names_one(text, match.start())):
            continue
        value = _clock(parts)
        if value:
            yield Mention(value, match.start(), match.end())


def _is_range(parts: dict[str, str | None]) -> bool:
    """Whether 5 to 6 stands alone, which need not be five minutes before six."""
    digits = (parts.get("minutes") or "").isdigit() and parts.get("side2") in ("to", "before")
    return digits and not (parts.get("meridiem") or parts.get("part"))


def _clock(parts: dict[str, str | None]) -> str:
    """Place the parts of a time in a day; empty where they make none."""
    hour = _hour(parts["hour"] or "")
    minute = _minute(parts)
    if hour is None or minute is None or not -60 < minute < 60:
        return ""
    half = (parts.get("meridiem") or {"morning": "a"}.get(parts.get("part") or "", "p"))[0]
    if parts.get("meridiem") or parts.get("part"):
        if hour > 12:
            return ""
        after_midnight = parts.get("part") == "night" and hour in (12, 1, 2, 3, 4)
        hour = hour % 12 + (12 if half == "p" and not after_midnight else 0)
    total = (hour * 60 + minute) % 1440
    return f"{total // 60:02d}:{total % 60:02d}"


_NOONS = {"noon": 12, "midnight": 0}


def _hour(token: str) -> int | None:
    if token in _NOONS:
        return _NOONS[token]
    hour = small_int(token)
    return hour if hour is not None and hour < 36 else None


def _minute(parts: dict[str, str | None]) -> int | None:
    if parts.get("half"):
        return 30
    side = parts.get("side") or parts.get("side2")
    if side is None:
        return small_int(parts.get("minute") or "0")
    minute = 15 if parts.get("quarter") else small_int(parts.get("minutes") or "")
    if minute is None:
        return None
    return minute if side in ("past", "after") else -minute


_QUARTERS = re.compile(
    rf"(?<![a-z0-9-])(?:(?P<hours>an?|{ENGLISH}|[0-9]{{1,3}})(?: hours?)? and (?P<three>three |a"
    rf" )quarters?(?: hours?)?"
    r"|(?P<of>three) quarters of an hour)(?![a-z0-9-])",
    re.ASCII,
)
_PRIME = re.compile(
    r"(?<![0-9.:])(?:(?P<hours>[0-9]{1,3}) ?(?:h|小时) ?)?(?P<minutes>[0-9]{1,4})"
    r" ?['′’](?![0-9a-z])"
)
_CLOCK = re.compile(
    r"(?<![0-9.])(?<![0-9]:)(?P<hours>[0-9]{1,3}):(?P<minutes>[0-5][0-9])(?::(?P<seconds>[0-5][0-9]))?(?![0-9:])"
)
_HOW_LONG = re.compile(
    r"(?:历时|用时|时长|片长|时间|共|全程|耗时|需时?|需要|停留?|约|为|是|[:(=]|duration|lasts?"
    r"|takes?|length|for|of|is|in|about|time)[ :约为是]{0,4}$"
)
_WHEN = re.compile(r"[到开从发离]|^ ?(?:a\.?m|p\.?m)|出发|\bon\b|at$|arriv|depart|leav", re.ASCII)


def spoken_durations(text: str, found: list[Mention]) -> list[Mention]:
    """Return lengths of time that need the question, besides those found already, in order.

    Args:
        text: a prepared answer to a question that asks how long.
        found: the lengths that need no question.
    """
    told = [m for match in _QUARTERS.finditer(text) if (m := _quarters(match)) is not None]
    told += [_prime(match) for match in _PRIME.finditer(text)]
    kept = [m for m in found if all(m.end <= t.start or t.end <= m.start for t in told)]
    told += [
        m for match in _CLOCK.finditer(text)
        if match["seconds"] and (m := _clock_length(match, text)) is not None
    ]  # fmt: skip
    if not told and not kept:
        told = [
            m for match in _CLOCK.finditer(text) if (m := _clock_length(match, text)) is not None
        ]
    return sorted([*kept, *told], key=lambda m: m.start)


def _quarters(match: re.Match[str]) -> Mention | None:
    if match["of"]:
        return Mention(45.0, *match.span())
    hours = 1 if match["hours"] in ("a", "an") else small_int(match["hours"])
    if hours is None:
        return None
    return Mention(60.0 * hours + (45 if match["three"] == "three " else 15), *match.span())


def _prime(match: re.Match[str]) -> Mention:
    return Mention(60.0 * int(match["hours"] or 0) + int(match["minutes"]), *match.span())


def _clock_length(match: re.Match[str], text: str) -> Mention | None:
    """Read 01:15 as a length where it stands alone or is called one, and is no time of day."""
    before = text[max(0, match.start() - 16) : match.start()]
    after = text[match.end() : match.end() + 8]
    if before.strip() and not _HOW_LONG.search(before):
        return None
    if _WHEN.search(after):
        return None
    minutes = 60.0 * int(match["hours"]) + int(match["minutes"]) + int(match["seconds"] or 0) / 60
    return Mention(minutes, *match.span())
