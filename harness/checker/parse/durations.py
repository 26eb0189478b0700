"""Lengths of time in free text, in minutes: 1小时15分, 一个半小时, 两刻钟, 1h15m, half an hour.

Vague ones (十几分钟, 半个多小时, 两三分钟) are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.checker.parse.clock import DATE
from harness.checker.parse.mention import Mention, mask_mentions, mask_pattern
from harness.checker.parse.numbers import ENGLISH, SMALL, chinese_number, english_int

_CHINESE = f"(?<![{SMALL}百千几数多好.])[{SMALL}百千]{{1,8}}(?:点[{SMALL}]{{1,3}})?"
_ARABIC = (
    r"(?<![0-9a-z第])(?<![0-9][.,:/])"
    r"(?:(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9})(?:\.[0-9]{1,6})?|\.[0-9]{1,2})"
)
_NUMBER = rf"(?:{_ARABIC}|{_CHINESE}|\b{ENGLISH}|(?<!half )(?<!of )\ban?(?= hour| minute))"
_PLAIN = rf"(?:[0-9]{{1,4}}(?:\.[0-9]{{1,3}})?|[{SMALL}百]{{1,5}}|{ENGLISH})"
# Patterns with \b are ASCII: a Chinese character next to "min" ends the word.
_HOURS = r"(?:个?小时|个?钟头|-?(?:hours?|hrs?)\b|h(?![a-z]))"
_MINUTES = r"(?:分钟|分(?![之别为成布析类数])|-?(?:minutes?|mins?)\b|m(?![a-z0-9]))"
_SECONDS = r"(?:秒钟?|-?(?:seconds?|secs?)\b|s(?![a-z0-9]))"
_JOIN = r"[ ,]{0,2}(?:[零又加和]|and )?"

# The lower end of 3到5分钟, without its own unit: such an answer names two values.
_LOW = (
    rf"(?:(?P<low>{_ARABIC}|{_CHINESE}) ?(?:[-~、/或]|或者|到|至|to|or) ?"
    rf"|(?P<low_word>\b{ENGLISH}) (?:to|or) )?"
)
_UNITS = re.compile(
    rf"{_LOW}"
    rf"(?:(?P<days>{_NUMBER}) ?(?:天|days?\b){_JOIN})?"
    rf"(?:(?P<half>{_NUMBER}) ?个半(?:小时|钟头)"
    rf"|(?P<hours>{_NUMBER}) ?{_HOURS}"
    rf"(?:(?P<hour_half>半| and a half)|{_JOIN}(?P<quarters>[一三13])刻钟?"
    rf"|{_JOIN}(?P<odd>{_PLAIN}) ?(?:{_MINUTES}|(?![0-9{SMALL}百几多来秒 a-z]|\.[0-9]))"
    rf"(?:{_JOIN}(?P<odd_seconds>{_PLAIN}) ?{_SECONDS})?)?"
    rf"|(?P<minutes>{_NUMBER}) ?{_MINUTES}"
    rf"(?:(?P<minute_half>半)|{_JOIN}(?P<seconds>{_PLAIN}) ?{_SECONDS})?)",
    re.ASCII,
)
_WORDS = re.compile(
    rf"(?<![0-9{SMALL}个几])(?P<half>半)(?:个)?(?:小时|钟头)"
    rf"|(?<![0-9几第])(?P<quarters>[一两二三四五1-5])刻钟"
    r"|\b(?P<half_hour>(?:an? )?half(?: an|-an|-)? ?hour\b)(?! and)"
    r"|\b(?P<quarter_hour>(?:a )?quarter of an hour\b)"
    rf"|(?<![第0-9])(?P<days>[0-9]{{1,4}}|[{SMALL}]{{1,3}})(?<!一) ?(?:天|days?\b)"
    rf"|(?<![第每0-9{SMALL}])(?P<weeks>[0-9]{{1,3}}|[{SMALL}]{{1,3}})"
    rf" ?(?:(?:周|个?星期|个礼拜)(?![一二三四五六日天末0-9年边围岁期次])|weeks?\b)"
    rf"|(?P<and_half>\b(?:{ENGLISH}|[0-9]{{1,3}}) and a half hours?)\b"
    rf"|(?P<lone>(?<![0-9a-z])(?<![0-9][./:])[0-9]{{1,6}}(?:\.[0-9]{{1,3}})?) ?{_SECONDS}",
    re.ASCII,
)
#: Bare numbers answer a question that names the unit: 多少分钟, 几小时, 多少天, (单位:分钟).
_ASKED = re.compile(
    r"(?:多少|几|(?:以|按|用|单位[是为:]? ?))个?(?P<unit>分钟?|小时|钟头|(?<!这几)天)"
    r"|\((?:单位:? ?)?(?P<bracket>分钟?|小时|天|minutes?|hours?|days?)\)"
    r"|(?:how many|in) (?P<english>minutes?|hours?|days)"
)
_ASKED_MINUTES = {"分": 1.0, "m": 1.0, "天": 1440.0, "d": 1440.0}


def find_durations(text: str) -> list[Mention]:
    """Find the lengths of time in a prepared text, in order.

    `unit` is `minutes`, `hours`, `seconds` or `weeks` where a single number with one unit says
    it, else empty. Times of day must have been masked before: 8点5分 holds no 5 minutes.
    """
    if not any(mark in text for mark in "分时刻钟秒天周星礼dhmsw"):
        return []
    text = mask_pattern(text, DATE)
    found = [m for match in _UNITS.finditer(text) for m in _read(match)]
    for match in _WORDS.finditer(mask_mentions(text, found)):
        minutes = _word_minutes(match)
        if minutes is not None:
            unit = "weeks" if match["weeks"] else "seconds" if match["lone"] else ""
            found.append(Mention(minutes, match.start(), match.end(), unit))
    return sorted(found, key=lambda m: m.start)


def asked_unit(question: str) -> float | None:
    """Return how many minutes the unit has in which a prepared question wants its answer.

    `None` where it names none.
    """
    match = _ASKED.search(question)
    if match is None:
        return None
    unit = match["unit"] or match["bracket"] or match["english"]
    return _ASKED_MINUTES.get(unit[0], 60.0)


def _read(match: re.Match[str]) -> Iterator[Mention]:
    minutes = _minutes(match)
    if minutes is None:
        return
    scale = 60.0 if match["hours"] or match["half"] else 1.0
    unit = ""
    low_name = "low" if match["low"] else "low_word"
    low = _number(match[low_name])
    start = match.start()
    if low is not None:
        yield Mention(low * scale, start, match.end(low_name))
        start = match.end(low_name)
    told = [name for name, text in match.groupdict().items() if text and name != low_name]
    if told in (["minutes"], ["hours"]):
        unit = told[0]
    yield Mention(minutes, start, match.end(), unit)


def _minutes(match: re.Match[str]) -> float | None:
    """Add up the parts of a match; `None` where one of them is no number."""
    factors = {
        "days": 1440.0, "half": 60.0, "hours": 60.0, "odd": 1.0, "minutes": 1.0,
        "odd_seconds": 1 / 60, "seconds": 1 / 60,
    }  # fmt: skip
    total = 0.0
    for name, factor in factors.items():
        if match[name] is None:
            continue
        number = _number(match[name])
        if number is None:
            return None
        total += number * factor
    if match["half"] or match["hour_half"]:
        total += 30.0
    if match["quarters"]:
        total += 15.0 * (_number(match["quarters"]) or 0.0)
    return total + (0.5 if match["minute_half"] else 0.0)


def _number(token: str | None) -> float | None:
    if token is None:
        return None
    token = token.strip()
    if token[0] in ".0123456789":
        return float(token.replace(",", ""))
    if token in ("a", "an"):
        return 1.0
    if token.isascii():
        value = english_int(token)
        return None if value is None else float(value)
    return chinese_number(token)


def _word_minutes(match: re.Match[str]) -> float | None:
    if match["half"] or match["half_hour"]:
        return 30.0
    if match["quarter_hour"]:
        return 15.0
    if match["lone"]:
        return float(match["lone"]) / 60
    counted = match["quarters"] or match["days"] or match["weeks"]
    count = _number(counted or match["and_half"].partition(" and ")[0])
    if count is None:
        return None
    if match["and_half"]:
        return 60.0 * count + 30.0
    minutes = {"quarters": 15.0, "days": 1440.0, "weeks": 7 * 1440.0}
    return next(count * each for name, each in minutes.items() if match[name])
