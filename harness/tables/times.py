"""Cells that hold a time of day, a date or a length of time, in whatever form people have them."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from harness.checker.parse.values import read as read_text
from harness.tables.cell_read import CellError, Read
from harness.tables.table import Column, clock
from harness.text.display import fold, show

_DAY_S = 24 * 60 * 60
_DATE_BEFORE = r"(?:[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}[ T])?"
# An optional date, hours, minutes, optional seconds: what spreadsheets and their exports write.
_TIME = re.compile(rf"{_DATE_BEFORE}([0-9]{{1,2}}):([0-9]{{2}})(?::([0-9]{{2}})(?:\.0+)?)?")
# 次日06:40, 06:40+1: how boards write times of trains that run through the night.
_NEXT_DAY_FIRST = re.compile(
    r"[(]?(?:次日|翌日|隔日|第二[天日]|next day)[)]?,? ?(?P<time>[^ ].*)", re.IGNORECASE
)
_SAME_DAY = re.compile(r"[(]?(?:当[日天]|本日|same day)[)]?,? ?(?=[0-9])", re.IGNORECASE)
_NEXT_DAY_LAST = re.compile(
    r"(?P<time>[^+(]{3,20}?) ?(?:[(]?[+]1 ?(?:天|日|d|day)?[)]?|[(]?(?:次日|翌日|next day)[)]?)",
    re.IGNORECASE,
)
_NEXT_DAY_MARK = re.compile(r"[(]?[+]1 ?(?:天|日|d|day)?[)]? (?P<time>[0-9].*)", re.IGNORECASE)
_NEXT_DAY = (_NEXT_DAY_FIRST, _NEXT_DAY_MARK, _NEXT_DAY_LAST)
# AM 6:05, as spreadsheets of East Asia show a time; 12 noon.
_HALF_FIRST = re.compile(r"(?P<half>[ap])\.?m\.? ?(?P<time>[0-9].*)", re.IGNORECASE)
_TWELVE = re.compile(r"12(?::00)? ?(?P<word>noon|midnight)", re.IGNORECASE)
_CLOCK_AFTER = r"(?P<clock>[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?"
_YEAR_FIRST = re.compile(
    r"(?P<year>[0-9]{4})(?P<mark>[-/.])(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})"
    + _CLOCK_AFTER
)
_CHINESE = re.compile(
    r"(?:(?P<year>[0-9]{4}) ?年 ?)?(?P<month>[0-9]{1,2}) ?月 ?(?P<day>[0-9]{1,2}) ?[日号]"
    r"(?: ?[(（]?(?:周|星期|礼拜)[一二三四五六日天][)）]?)?" + _CLOCK_AFTER
)
_DIGITS = re.compile(r"(?P<year>(?:19|20)[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
_YEAR_LAST = re.compile(
    r"(?P<one>[0-9]{1,2})(?P<mark>[-/.])(?P<two>[0-9]{1,2})(?P=mark)(?P<year>[0-9]{4})"
    + _CLOCK_AFTER
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH = re.compile(
    r"(?:(?P<name>[a-z]{3,9})\.? (?P<day>[0-9]{1,2})(?:st|nd|rd|th)?,?"
    r"|(?P<day_first>[0-9]{1,2})(?:st|nd|rd|th)?[ -](?P<name_last>[a-z]{3,9})\.?,?)"
    r"(?:[ -](?P<year>[0-9]{4}))?" + _CLOCK_AFTER.replace("T", "t")
)
_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december", "sept",
)  # fmt: skip
_LENGTH = re.compile(r"([0-9]{1,4}):([0-5][0-9])(?::([0-5][0-9]))?")
_PER_UNIT = {
    "秒": 1 / 60, "秒钟": 1 / 60, "s": 1 / 60, "sec": 1 / 60, "second": 1 / 60, "seconds": 1 / 60,
    "分": 1, "分钟": 1, "min": 1, "mins": 1, "minute": 1, "minutes": 1,
    "时": 60, "小时": 60, "h": 60, "hr": 60, "hrs": 60, "hour": 60, "hours": 60,
    "天": 1440, "日": 1440, "d": 1440, "day": 1440, "days": 1440,
}  # fmt: skip


# --- times of day --------------------------------------------------------------------------------


def read_time(raw: object, column: Column) -> Read:
    """Read a time of day as minutes since midnight; one of the next day has a day more.

    Raises:
        CellError: it is none.
    """
    if isinstance(raw, dt.datetime):
        return _minutes(_seconds(raw.time()), "", column)
    if isinstance(raw, dt.time):
        return _minutes(_seconds(raw), "", column)
    if isinstance(raw, dt.timedelta):
        repair = "" if column.past_midnight else "is a length of time, read as a time of day"
        return _minutes(round(raw.total_seconds()), repair, column)
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        if not 0 <= raw <= 1:
            raise CellError(f"holds the number {show(raw)}, no time of day such as 07:05")
        return _minutes(round(raw * _DAY_S), "is a fraction of a day, read as a time", column)
    if isinstance(raw, str):
        return _time_of_text(raw, column)
    raise CellError(f"holds {show(raw)}, no time of day such as 07:05")


def _time_of_text(raw: str, column: Column) -> Read:
    text = unicodedata.normalize("NFKC", fold(raw)).replace("∶", ":")
    text = _SAME_DAY.sub("", text, count=1) if _SAME_DAY.match(text) else text
    later = next((m for p in _NEXT_DAY if (m := p.fullmatch(text)) is not None), None)
    if later is not None:
        seconds = _seconds_of_text(raw, later["time"], most=_DAY_S - 1)
        return Read((seconds + _DAY_S) // 60, "has seconds, dropped" if seconds % 60 else "")
    most = 2 * _DAY_S - 1 if column.past_midnight else _DAY_S
    read = _minutes(_seconds_of_text(raw, text, most), "", column)
    plain = isinstance(read.value, int) and clock(read.value) == raw
    if plain or read.repair:
        return read
    return Read(read.value, "is text not written as HH:MM, read as a time")


def _seconds_of_text(raw: str, text: str, most: int) -> int:
    """Seconds since midnight: 6:05, or 6点15分 and 下午3:20 as the reader of answers has them."""
    match = _TIME.fullmatch(text)
    if half := _HALF_FIRST.fullmatch(text):
        text = f"{half['time']} {half['half']}m"
    elif twelve := _TWELVE.fullmatch(text):
        text = twelve["word"]
    if match is not None:
        parts = [int(part or 0) for part in match.groups()]
    else:
        reading = read_text("time", text)
        if reading is None or reading.leftover:
            raise CellError(f"holds {show(raw)}, no time of day such as 07:05")
        parts = [int(part) for part in str(reading.value).split(":")]
    hour, minute, second = (*parts, 0)[:3]
    seconds = hour * 3600 + minute * 60 + second
    if minute > 59 or second > 59 or seconds > most:
        raise CellError(f"holds {show(raw)}, past the end of the clock")
    return seconds


def _seconds(time: dt.time) -> int:
    # A spreadsheet's 07:05 may come back as 07:04:59.999999: it stores fractions of a day.
    return time.hour * 3600 + time.minute * 60 + time.second + round(time.microsecond / 1e6)


def _minutes(seconds: int, repair: str, column: Column) -> Read:
    """Turn seconds since midnight into a time cell; seconds that are no minute are dropped.

    24:00 is midnight, but where the column's clock counts on it is that of the next day.
    """
    if not 0 <= seconds <= (2 * _DAY_S - 1 if column.past_midnight else _DAY_S):
        raise CellError("holds a time past the end of the clock")
    if seconds == _DAY_S and not column.past_midnight:
        return Read(0, "is 24:00, read as 00:00")
    if seconds % 60:
        return Read(seconds // 60, "has seconds, dropped")
    return Read(seconds // 60, repair)


# --- dates ---------------------------------------------------------------------------------------


def read_date(raw: object, column: Column) -> Read:
    """Read a date. What could be two dates is none: 03/08/2025 needs the column's `order`.

    Raises:
        CellError: it is no date, or leaves out the year and the column names none.
    """
    if isinstance(raw, dt.datetime):
        dropped = raw.time() != dt.time()
        return Read(raw.date(), "has a time of day, dropped" if dropped else "")
    if isinstance(raw, dt.date):
        return Read(raw)
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        match = _DIGITS.fullmatch(str(int(raw)) if raw == int(raw) else "")
        if match is None:
            raise CellError(f"holds the number {show(raw)}, no date such as 2025-03-08")
        return Read(_date(raw, match["year"], match["month"], match["day"]), _AS_DATE)
    if isinstance(raw, str):
        return _date_of_text(raw, column)
    raise CellError(f"holds {show(raw)}, no date such as 2025-03-08")


_AS_DATE = "is not written as YYYY-MM-DD, read as a date"


def _date_of_text(raw: str, column: Column) -> Read:
    text = unicodedata.normalize("NFKC", fold(raw))
    match = _YEAR_FIRST.fullmatch(text) or _CHINESE.fullmatch(text) or _DIGITS.fullmatch(text)
    if match is not None:
        year, month, day = match["year"], match["month"], match["day"]
    elif match := _YEAR_LAST.fullmatch(text):
        year, month, day = match["year"], *_in_order(raw, match["one"], match["two"], column)
    elif match := _ENGLISH.fullmatch(text.lower()):
        name, day = match["name"] or match["name_last"], match["day"] or match["day_first"]
        year, month = match["year"], _month(raw, name)
    else:
        raise CellError(f"holds {show(raw)}, no date such as 2025-03-08")
    if not year and column.year is None:
        raise CellError(f"holds {show(raw)}, which leaves out the year: say year of its column")
    date = _date(raw, year or str(column.year), month, day)
    if _has_time(match):
        return Read(date, "has a time of day, dropped")
    return Read(date, "" if date.isoformat() == raw else _AS_DATE)


def _in_order(raw: str, one: str, two: str, column: Column) -> tuple[str, str]:
    """Month and day of the two numbers before a year."""
    if column.order == "ymd":
        raise CellError(
            f"holds {show(raw)}: write 2025-03-08, or say order: dmy or mdy of its column"
        )
    return (one, two) if column.order == "mdy" else (two, one)


def _month(raw: str, name: str) -> str:
    if name not in _MONTHS and name not in _MONTH_NAMES:
        raise CellError(f"holds {show(raw)}, no date such as 2025-03-08")
    return str(_MONTHS.index(name[:3]) + 1)


def _has_time(match: re.Match[str]) -> bool:
    told = match.groupdict().get("clock") or ""
    return any(digit in told for digit in "123456789")


def _date(raw: object, year: str, month: str, day: str) -> dt.date:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError as error:
        raise CellError(f"holds {show(raw)}, which is no day of any calendar") from error


# --- lengths of time -----------------------------------------------------------------------------


def read_duration(raw: object, column: Column) -> Read:
    """Read a length of time as minutes; a bare number counts in the column's unit.

    Raises:
        CellError: it is none, or is a bare number and the column names no unit.
    """
    if isinstance(raw, dt.timedelta):
        return _length(raw, raw.total_seconds() / 60, "")
    if isinstance(raw, dt.time):
        repair = "is a time of day, read as a length of time"
        return _length(raw, _seconds(raw) / 60, repair)
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return _counted(raw, raw, column)
    if isinstance(raw, str):
        return _length_of_text(raw, column)
    raise CellError(f"holds {show(raw)}, no length of time such as 2小时30分")


def minutes_in(unit: str) -> float | None:
    """How many minutes a unit of time has; `None` where it is no unit of time."""
    return _PER_UNIT.get(unit.strip().lower())


def _length_of_text(raw: str, column: Column) -> Read:
    text = unicodedata.normalize("NFKC", fold(raw)).replace("∶", ":")
    if match := _LENGTH.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return _length(raw, hours * 60 + minutes + seconds / 60, "")
    if re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,6})?", text):
        return _counted(raw, float(text), column)
    reading = read_text("duration", text)
    if reading is None or reading.leftover:
        raise CellError(f"holds {show(raw)}, no length of time such as 2小时30分")
    return _length(raw, float(reading.value), "")


def _counted(raw: object, number: float, column: Column) -> Read:
    scale = minutes_in(column.unit)
    if scale is None:
        raise CellError(f"holds {show(raw)}: say in which unit of time its column counts")
    return _length(raw, number * scale, "")


def _length(raw: object, minutes: float, repair: str) -> Read:
    if not 0 <= minutes < 1e9:
        raise CellError(f"holds {show(raw)}, no length of time")
    rounded = round(minutes, 4)
    return Read(int(rounded) if rounded == int(rounded) else rounded, repair)
