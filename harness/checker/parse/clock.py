"""Times of day in free text: 19:06, 下午7点06分, 七点半, 凌晨12点半, 差五分八点, 7:06 pm.

The date is left out: 次日00:12 is 00:12. What has two readings is not read: 上午12:30 is half past
noon to people and half past midnight to spreadsheets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.checker.parse.mention import USED, Mention, mask_mentions, mask_pattern
from harness.checker.parse.numbers import SMALL, small_int

_PERIOD = (
    "凌晨|清晨|早晨|早上|今早|明早|上午|中午|正午|午间|下午|午后|傍晚|晚上|晚间|今晚|明晚|昨晚|当晚"
    "|夜里|夜间|深夜|半夜|午夜|(?<![较最更太偏不提])[早晚]"
)
_LEAD = rf"(?:(?P<period>{_PERIOD})(?:的|约|大约|大概)? ?)?"
_HAN_HOUR = rf"(?:(?<![0-9a-z])(?<![0-9][.:])[0-9]{{1,2}}|(?<![{SMALL}几数])[{SMALL}]{{1,3}})"
_HALF_DAY = (
    r"(?: ?(?P<meridiem>a\.?m\b\.?|p\.?m\b\.?)"
    r"|,? (?:in the |at )(?P<part>morning|afternoon|evening|night))?"
)

_COLON = re.compile(
    rf"{_LEAD}(?<![0-9a-z])(?<![0-9][:.])(?P<hour>[0-9]{{1,2}})(?::| : )(?P<minute>[0-9]{{2}})"
    rf"(?:(?::| : )(?P<second>[0-9]{{2}})(?:\.[0-9]{{1,9}})?)?(?![0-9]|[:.][0-9]|%)分?{_HALF_DAY}",
    re.ASCII,
)
_HAN = re.compile(
    rf"{_LEAD}(?P<hour>{_HAN_HOUR}) ?(?:点钟?|时(?![间刻候段差长速效代期]))"
    rf"(?:(?P<half>半)|(?P<quarters>[一三1-3])刻钟?"
    rf"|(?:过|零|0)? ?(?P<minute>[0-9]{{1,2}}|[{SMALL}]{{1,3}}) ?分(?![之别钟])钟?"
    rf"(?: ?(?P<second>[0-9]{{1,2}}|[{SMALL}]{{1,3}}) ?秒)?"
    rf"|(?:零(?=[1-9]))?(?P<bare>[0-5][0-9]|(?<=零)[1-9]|零[一二三四五六七八九]|[二三四五]?十[一二三四五六七八九]?)"
    rf"(?![0-9{SMALL}百几多来.:])"
    rf"|差 ?(?P<short>[0-9]{{1,2}}|[{SMALL}]{{1,3}}|一刻) ?(?:分钟?|(?<=刻)钟?)"
    rf"|整|(?![0-9{SMALL}百几多半刻]| [0-9]))"
)
_TO = re.compile(
    rf"{_LEAD}差 ?(?P<short>[0-9]{{1,2}}|[{SMALL}]{{1,3}}|一刻) ?(?:分钟?|(?<=刻)钟?) ?(?:到|就)?"
    rf"(?P<hour>{_HAN_HOUR}) ?点(?:钟|整)?(?![0-9{SMALL}半过])"
)
_ENGLISH = re.compile(
    r"(?<![0-9a-z])(?<![0-9][:.,/])(?P<hour>[0-9]{1,2})(?:\.(?P<minute>[0-5][0-9]))?"
    r"(?: ?(?P<meridiem>a\.?m\b\.?|p\.?m\b\.?)| o'?clock"
    r"(?:,? (?:in the |at )(?P<part>morning|afternoon|evening|night))?)"
    r"|(?<!after)\b(?P<noon>noon|midnight)\b",
    re.ASCII,
)
_NOON = re.compile(rf"(?P<noon>正午|午夜)(?![ 的约大]?[0-9{SMALL}]|时分)")
# 三点 after these is "three points"; 一点 alone is "a bit" unless something makes it a time.
_POINTS = re.compile(r"(?:以下|如下|这|下列|下面|有|第|注意)$")
_ONE = re.compile(rf"(?:^|[在于是为至到约:, \n{USED}])$")

# 7到8点 and 7/8点 name no time, unlike 7点到8点.
_VAGUE = re.compile(r"(?<![0-9点时分:.])[0-9]{1,2} ?(?:[-~/或到至]|\bor\b) ?$")

#: Calendar dates, which are no times and no numbers.
DATE = re.compile(
    rf"(?<![0-9])[0-9]{{4}}(?:年[0-9]{{1,2}}月(?:[0-9]{{1,2}}[日号])?"
    rf"|([-/.])[0-9]{{1,2}}\1[0-9]{{1,2}}(?![0-9])(?:t(?=[0-9]))?)"
    rf"|(?<![0-9])[0-9]{{1,2}}月(?!台)(?:份|[0-9]{{1,2}}[日号])?"
    rf"|(?<![0-9])(?<![0-9]\.)[0-9]{{1,2}}日(?!元|[^\W\d_]?语)"
    rf"|[{SMALL}]{{2,4}}年[{SMALL}]{{1,3}}月(?:[{SMALL}]{{1,3}}[日号])?"
    rf"|[{SMALL}]{{1,3}}月[{SMALL}]{{1,3}}[日号]"
)
# A train's number ends in digits that a time could follow without a gap: K420:07:06.
_CODE = re.compile(r"(?<![a-z0-9])[a-z]{1,3}[0-9]{1,5}(?:/[0-9]{1,5})*(?=[^0-9a-z])")


def find_times(text: str) -> list[Mention]:
    """Find the times of day in a prepared text, in order.

    What is written like a time but is none (25:61) and what has two readings is left out.
    """
    if not _could_hold(text):
        return []
    text = mask_pattern(mask_pattern(text, DATE), _CODE)
    found: list[Mention] = []
    for pattern in _patterns(text):
        fresh = list(_read_all(pattern, text))
        text = mask_mentions(text, fresh)
        found += fresh
    return sorted(found, key=lambda m: m.start)


def _could_hold(text: str) -> bool:
    return any(mark in text for mark in ":点时午夜m") or "clock" in text or "noon" in text


def _patterns(text: str) -> Iterator[re.Pattern[str]]:
    """Yield the patterns that can match, those that use more characters first."""
    if ":" in text:
        yield _COLON
    if "点" in text or "时" in text:
        if "差" in text:
            yield _TO
        yield _HAN
    if "午" in text:
        yield _NOON
    if "m" in text or "clock" in text or "noon" in text:
        yield _ENGLISH


def _read_all(pattern: re.Pattern[str], text: str) -> Iterator[Mention]:
    for match in pattern.finditer(text):
        value = _noon(match) if match.groupdict().get("noon") else _value(match, text)
        if value is not None:
            yield Mention(value, match.start(), match.end())


def _noon(match: re.Match[str]) -> str:
    return "12:00" if match["noon"] in ("正午", "noon") else "00:00"


def _value(match: re.Match[str], text: str) -> str | None:
    parts = match.groupdict()
    hour = small_int(parts["hour"])
    if _VAGUE.search(text[max(0, match.start() - 8) : match.start()]):
        return None
    if hour is None or (_is_bare(match, parts) and not _bare_is_a_time(match, text, hour)):
        return None
    minute = _minute(parts)
    second = small_int(parts["second"]) if parts.get("second") else 0
    if minute is None or second is None:
        return None
    clock_hour = _hour_of_day(hour, parts)
    if clock_hour is None or not (-59 <= minute <= 59 and 0 <= second <= 59):
        return None
    if clock_hour == 24 and (minute > 0 or second):
        return None
    total = (clock_hour * 60 + minute) % (24 * 60)
    clock = f"{total // 60:02d}:{total % 60:02d}"
    return f"{clock}:{second:02d}" if second else clock


def _minute(parts: dict[str, str | None]) -> int | None:
    if parts.get("half"):
        return 30
    if quarters := parts.get("quarters"):
        return 15 * (small_int(quarters) or 0)
    if short := parts.get("short"):
        before = 15 if short == "一刻" else small_int(short)
        return None if before is None or before > 59 else -before
    given = parts.get("minute") or parts.get("bare")
    return small_int(given) if given else 0


def _is_bare(match: re.Match[str], parts: dict[str, str | None]) -> bool:
    """Whether only 三点 or 三时 is said, which need not be a time."""
    if match["hour"] == "一" and parts["period"] in ("早", "晚"):
        return True
    told = ("period", "half", "quarters", "minute", "bare", "short", "meridiem")
    return match[0][-1] in "点时" and not any(parts.get(name) for name in told)


def _bare_is_a_time(match: re.Match[str], text: str, hour: int) -> bool:
    before = text[max(0, match.start() - 2) : match.start()]
    if match["period"]:  # 早一点 is "earlier"
        return False
    if match["hour"] == "一":
        follows = text[match.end() : match.end() + 1]
        return bool(_ONE.search(before)) and follows not in tuple("儿也都点")
    return hour > 9 or match["hour"].isdigit() or not _POINTS.search(before)


def _hour_of_day(hour: int, parts: dict[str, str | None]) -> int | None:
    """Place an hour in the day by 下午, pm and the like; `None` where they contradict it."""
    if hour > 24:
        return None
    if meridiem := parts.get("meridiem"):
        return _western(hour, meridiem[0])
    if part := parts.get("part"):
        return _western(hour, "a" if part == "morning" or (part == "night" and hour < 5) else "p")
    period = parts.get("period")
    return hour if period is None else _chinese(hour, period)


def _western(hour: int, half: str) -> int | None:
    if half == "a":
        return hour % 12 if hour <= 12 else None
    if hour > 12:
        return hour if hour < 24 else None
    return None if hour == 0 else hour % 12 + 12


def _chinese(hour: int, period: str) -> int | None:
    if period[-1] == "早" or period in ("早上", "早晨", "清晨", "上午"):
        return hour if hour < 12 or period == "早" else None
    if period == "凌晨":
        return 0 if hour in (12, 24) else hour if hour < 12 else None
    if period in ("中午", "正午", "午间"):
        return hour + 12 if 1 <= hour <= 3 else hour if 10 <= hour <= 15 else None
    if period in ("下午", "午后", "傍晚"):
        return hour + 12 if 1 <= hour <= 11 else hour if 12 <= hour <= 20 else None
    # The rest is evening and night: 晚上9点 is 21:00, 夜里1点 is 01:00, 晚上12点 is midnight.
    if hour in (0, 12, 24):
        return 0
    return hour + 12 if 5 <= hour <= 11 else hour
