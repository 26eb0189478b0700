"""Ways in which people and models write a value: what the parsers must read back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from hypothesis import settings

#: Other jobs may share the machine.
UNHURRIED = settings(deadline=None)
_DIGITS = "零一二三四五六七八九"
_FULL_WIDTH = str.maketrans("0123456789:,", "０１２３４５６７８９：，")


def chinese(n: int) -> str:
    """Write a whole number below 100,000 in Chinese numerals."""
    if n >= 10_000:
        head, rest = divmod(n, 10_000)
        tail = ("零" if rest < 1_000 else "") + chinese(rest) if rest else ""
        return f"{chinese(head)}万{tail}"
    words, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = n // unit % 10
        if digit:
            words += ("零" if gap and words else "") + _DIGITS[digit] + name
        gap = digit == 0
    words = words or "零"
    return words[1:] if 10 <= n < 20 else words


def full_width(text: str) -> str:
    """Write digits, colons and commas in full width."""
    return text.translate(_FULL_WIDTH)


def half_day(hour: int) -> tuple[str, int]:
    """Name the part of the day as Chinese speakers do, with the hour on a 12-hour clock."""
    for first, name in ((18, "晚上"), (13, "下午"), (12, "中午"), (6, "上午"), (1, "凌晨")):
        if hour >= first:
            return name, hour - 12 if hour > 12 else hour
    return "凌晨", 12


TIMES: tuple[Callable[[int, int], str], ...] = (
    lambda h, m: f"{h:02d}:{m:02d}",
    lambda h, m: f"{h}:{m:02d}",
    lambda h, m: f"{h:02d}:{m:02d}:00",
    lambda h, m: full_width(f"{h:02d}:{m:02d}"),
    lambda h, m: f"{h}点{m:02d}分",
    lambda h, m: f"{h}点{m}分" if m else f"{h}点整",
    lambda h, m: f"{h}时{m}分",
    lambda h, m: f"{h:02d}时{m:02d}分00秒",
    lambda h, m: f"{chinese(h)}点{chinese(m)}分" if m else f"{chinese(h)}点整",
    lambda h, m: f"{chinese(h)}点零{chinese(m)}分" if 0 < m < 10 else f"{h}点{m:02d}",
    lambda h, m: "{}{}点{}分".format(*half_day(h), m) if m else "{}{}点".format(*half_day(h)),
    lambda h, m: "{}{}:{:02d}".format(*half_day(h), m),
    lambda h, m: f"次日{h:02d}:{m:02d}",
    lambda h, m: f"{(h - 1) % 12 + 1}:{m:02d} {'am' if h < 12 else 'pm'}",
    lambda h, m: f"{(h - 1) % 12 + 1}:{m:02d}{'AM' if h < 12 else 'PM'}",
    lambda h, m: f"2025-07-23 {h:02d}:{m:02d}:00",
)

DURATIONS: tuple[Callable[[int], str], ...] = (
    lambda n: f"{n}分钟",
    lambda n: f"{n} 分钟",
    lambda n: f"{n}分",
    lambda n: full_width(f"{n}分钟"),
    lambda n: f"{chinese(n)}分钟",
    lambda n: f"{n} minutes",
    lambda n: f"{n}min",
    lambda n: f"{n // 60}小时{n % 60}分",
    lambda n: f"{n // 60}个小时{n % 60}分钟",
    lambda n: f"{n // 60}小时零{n % 60}分钟" if n % 60 < 10 else f"{n // 60}小时{n % 60}分钟",
    lambda n: f"{chinese(n // 60)}小时{chinese(n % 60)}分钟",
    lambda n: f"{n // 60}h{n % 60}m",
    lambda n: f"{n // 60} hours and {n % 60} minutes",
    lambda n: f"{n * 60}秒",
    lambda n: f"{n / 60:.6f}小时",
)

_ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def nth(day: int) -> str:
    """Write a day of the month as English speakers do: 1st, 22nd, 13th."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(day % 10 if day not in (11, 12, 13) else 0, "th")
    return f"{day}{ending}"


def read_out(year: int) -> str:
    """Write a year in Chinese, digit by digit."""
    return "".join(_DIGITS[int(digit)] for digit in str(year))


DATES: tuple[Callable[[dt.date], str], ...] = (
    lambda d: d.isoformat(),
    lambda d: f"{d.year}/{d.month}/{d.day}",
    lambda d: f"{d:%Y/%m/%d}",
    lambda d: f"{d.year}.{d.month}.{d.day}",
    lambda d: f"{d:%Y%m%d}",
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: f"{d:%Y年%m月%d日}",
    lambda d: f"{d.year}年{d.month}月{d.day}号",
    lambda d: full_width(f"{d.year}年{d.month}月{d.day}日"),
    lambda d: f"{read_out(d.year)}年{chinese(d.month)}月{chinese(d.day)}日",
    lambda d: f"{_ENGLISH_MONTHS[d.month - 1]} {d.day}, {d.year}",
    lambda d: f"{_ENGLISH_MONTHS[d.month - 1][:3]}. {d.day} {d.year}",
    lambda d: f"{_ENGLISH_MONTHS[d.month - 1]} {nth(d.day)}, {d.year}",
    lambda d: f"{d.day} {_ENGLISH_MONTHS[d.month - 1]} {d.year}",
    lambda d: f"{d.day}-{_ENGLISH_MONTHS[d.month - 1][:3]}-{d.year}",
    lambda d: f"the {nth(d.day)} of {_ENGLISH_MONTHS[d.month - 1]} {d.year}",
    lambda d: f"{d.isoformat()} 00:00:00",
)
YEARLESS: tuple[Callable[[dt.date], str], ...] = (
    lambda d: f"{d.month}月{d.day}日",
    lambda d: f"{chinese(d.month)}月{chinese(d.day)}号",
    lambda d: f"{_ENGLISH_MONTHS[d.month - 1]} {d.day}",
    lambda d: f"{d.day} {_ENGLISH_MONTHS[d.month - 1][:3]}",
)

NUMBERS: tuple[Callable[[int], str], ...] = (
    str,
    lambda n: f"{n:,}",
    lambda n: full_width(f"{n:,}"),
    lambda n: f"{n}.0",
    lambda n: f"{n}个",
    lambda n: f"{n}号站台",
    lambda n: f"共{n}趟",
    lambda n: f"{chinese(n)}趟",
    chinese,
)

#: Sentences that hold one value and nothing that could be mistaken for another.
SENTENCES = (
    "{}",
    "{}。",
    "答案是{}。",
    "K420次列车的答案为：{}。",
    "**{}**",
    "您好，{}，祝您旅途愉快！",
    "<think>先想一想\n</think>\n{}",
    '{{"answer": "{}"}}',
)
