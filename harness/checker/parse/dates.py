"""Calendar dates in free text: 2025-03-08, 2025年3月8日, 三月八号, 3月8日, March 8, 2025, 20250308.

A date is `YYYY-MM-DD`, or `MM-DD` where its year is left out. What has two readings is not read:
03/08/2025 is one day in London and another in New York.
"""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Iterator

from harness.checker.parse.mention import Mention, mask_mentions
from harness.checker.parse.numbers import SMALL, small_int

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_NTHS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
    " thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
    " twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth"
    " twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
)
#: What first, second and so on up to thirty-first count.
ORDINALS = {word: day for day, word in enumerate(_NTHS.split(), start=1)}
_NTH = (
    r"(?:(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?(?![0-9:])"
    rf"|(?P<nth>{'|'.join(sorted(ORDINALS, key=len, reverse=True))})(?![a-z]))"
)
_YEAR = r"(?:(?:,? ?(?:of |in )?|-)(?P<year>(?:19|20)[0-9]{2})(?![0-9]))?"
_ALONE = r"(?<![0-9a-z])(?<![0-9][-/.])"
_ENDED = r"(?![0-9])(?![/.][0-9]|-[0-9](?![0-9]{3}[-/.]))"
# Those that use more characters first.
_PATTERNS = (
    # 2025-03-08, 2025/3/8, 2025.3.8
    rf"(?<![0-9a-z])(?<![0-9][/.])(?P<year>[0-9]{{4}})(?P<mark>[-/.])(?P<month>[0-9]{{1,2}})(?P=mark)"
    rf"(?P<day>[0-9]{{1,2}}){_ENDED}",
    # 2025年3月8日, 二〇二五年三月八日, 25年3月8号, 3月8日
    rf"(?:(?<![0-9])(?P<year>[0-9]{{4}}|[0-9]{{2}}|(?<![{SMALL}])[{SMALL}]{{4}}) ?年(?:的|,)? ?)?"
    rf"(?<![0-9{SMALL}])(?P<month>[0-9]{{1,2}}|[{SMALL}]{{1,3}}) ?月(?:的)? ?"
    rf"(?P<day>[0-9]{{1,2}}|[{SMALL}]{{1,3}}) ?[日号]",
    # March 8, 2025 and March 8-10, 2025
    rf"(?<![a-z0-9]){_NAME} (?:the )?{_NTH}"
    r"(?:(?: ?[-~/&] ?| (?:and|to|or|through|until) )(?:the )?(?P<last>[0-9]{1,2})(?:st|nd|rd|th)?"
    rf"(?![0-9:]| ?[ap]\.?m))?{_YEAR}",
    # 8 March 2025, 8-Mar-2025, the 8th of March
    rf"(?<![a-z0-9])(?<![0-9][/.:-]){_NTH}(?: of )?[ -]?{_NAME}{_YEAR}",
    # 13/03/2025, where only one of the two can be the month
    rf"{_ALONE}(?P<one>[0-9]{{1,2}})(?P<mark>[-/.])(?P<two>[0-9]{{1,2}})(?P=mark)"
    rf"(?P<year>[0-9]{{4}}){_ENDED}",
    # 20250308
    r"(?<![0-9a-z])(?<![0-9][.,])(?P<year>(?:19|20)[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
    r"(?![0-9a-z]|[.,][0-9])",
)
_COMPILED = tuple(re.compile(pattern, re.ASCII) for pattern in _PATTERNS)
# 3月8日到10日 and 3月8日或9日 name two days of one month.
_NEXT_DAY = re.compile(
    rf" ?(?:[-~、/,和或及与]|或者|至|到|以及|[或和]之?[前后]的) ?(?P<day>[0-9]{{1,2}}"
    rf"|[{SMALL}]{{1,3}}) ?[日号]"
)
# 2025年11月的最后一天, "the last day of November 2025", 2024年的最后一天
_LAST_OF = re.compile(
    rf"(?<![0-9])(?P<year>[0-9]{{4}})年 ?(?:(?P<month>[0-9]{{1,2}}|[{SMALL}]{{1,3}}) ?月)?"
    r"(?:份|底)?的?最后一[天日]"
    r"|\b(?:last|final) day of (?:the year (?P<year2>[0-9]{4})|(?P<year3>[0-9]{4})"
    rf"|{_NAME},? (?:of )?(?P<year4>[0-9]{{4}}))"
    r"(?![0-9])"
)
_MARKS = ("月", "最后一", "last day", "/", "-", ".", *_MONTHS)


def find_dates(text: str) -> list[Mention]:
    """Find the dates in a prepared text, in order.

    What is written like a date but is on no calendar (2025-13-45) is left out.
    """
    if not any(mark in text for mark in _MARKS) and not _COMPILED[-1].search(text):
        return []
    found = [*_last_days(text)]
    text = mask_mentions(text, found)
    for pattern in _COMPILED:
        fresh = [mention for match in pattern.finditer(text) for mention in _read(match, text)]
        text = mask_mentions(text, sorted(fresh, key=lambda m: m.start))
        found += fresh
    return sorted(found, key=lambda m: m.start)


def _last_days(text: str) -> Iterator[Mention]:
    """Find the days that are told as the last of a month or of a year."""
    for match in _LAST_OF.finditer(text):
        parts = match.groupdict()
        year = next(int(said) for name in _YEARS if (said := parts[name]))
        month = _month(parts) or len(_MONTHS)
        if year and month <= len(_MONTHS):
            last = monthrange(year, month)[1]
            yield Mention(f"{year:04}-{month:02}-{last:02}", match.start(), match.end())


def _read(match: re.Match[str], text: str) -> Iterator[Mention]:
    parts = match.groupdict()
    year, month, day = _year(parts.get("year")), _month(parts), _day(parts)
    if parts.get("one"):
        month, day = _unambiguous(int(match["one"]), int(match["two"]))
    value = _value(year, month, day)
    if value is None:
        return
    if parts.get("name"):
        yield from _other_days(match, text, year, month)
    if last := parts.get("last"):
        yield from _last_day(match, value, _value(year, month, int(last)))
        return
    yield Mention(value, match.start(), match.end())
    while following := _NEXT_DAY.match(text, match.end()):
        value = _value(year, month, small_int(following["day"]))
        if value is None:
            return
        yield Mention(value, following.start("day"), following.end())
        match = following


# 29 or 30 March, March 29 to 31
_DAY_BEFORE = re.compile(
    r"(?<![0-9:])(?P<day>[0-9]{1,2})(?:st|nd|rd|th)? ?(?:-|or|and|to|/|&) ?(?:the )?$"
)
_JOINED_DAY = 16
_YEARS = ("year", "year2", "year3", "year4")


def _last_day(match: re.Match[str], first: str, last: str | None) -> Iterator[Mention]:
    """Find both days of March 8-10, 2025."""
    if last is not None:
        yield Mention(first, match.start(), match.start("last") - 1)
        yield Mention(last, match.start("last"), match.end())


def _other_days(
    match: re.Match[str], text: str, year: int | None, month: int | None
) -> Iterator[Mention]:
    """Find the day that stands before another of its month, with "or" or "to" between them."""
    start = max(0, match.start() - _JOINED_DAY)
    found = _DAY_BEFORE.search(text[start : match.start()])
    value = _value(year, month, int(found["day"])) if found else None
    if found and value:
        yield Mention(value, start + found.start("day"), start + found.end("day"))


def _year(token: str | None) -> int | None:
    if token is None:
        return None
    year = small_int(token)
    if year is not None and len(token) == 2:
        return year + (2000 if year < 50 else 1900)
    return year


def _day(parts: dict[str, str | None]) -> int | None:
    if nth := parts.get("nth"):
        return ORDINALS[nth]
    return small_int(parts.get("day") or "0")


def _month(parts: dict[str, str | None]) -> int | None:
    if name := parts.get("name"):
        return _MONTHS.index(name[:3]) + 1
    return small_int(parts.get("month") or "0")


def _unambiguous(one: int, two: int) -> tuple[int, int]:
    """Month and day of two numbers of which one is no month, or both the same; else 0 and 0."""
    if one == two or one > 12 >= two:
        return two, one
    return (one, two) if two > 12 else (0, 0)


def _value(year: int | None, month: int | None, day: int | None) -> str | None:
    if not month or not day:
        return None
    try:
        # Without a year February has 29 days.
        date = dt.date(2024 if year is None else year, month, day)
    except ValueError:
        return None
    return f"{date:%m-%d}" if year is None else date.isoformat()
