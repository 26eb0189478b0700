"""How values are said, in the language of a suite: Chinese or English."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

from harness.tables.table import DAY, Cell, Column, Key, clock
from harness.tables.units import with_unit

Language = Literal["zh", "en"]

# Up to here people say minutes alone: 75分钟, but 8小时 and 3小时20分钟.
_MINUTES_ALONE = 3 * 60
_ROUNDING = 0.01  # seconds: cells hold minutes to four decimals
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def cell_words(column: Column, cell: Cell, language: Language = "zh") -> str:
    """A cell, or an item of it, as a person writes it; a missing one is empty."""
    if cell is None:
        return ""
    if isinstance(cell, tuple):
        return list_words(map(str, cell), language)
    if isinstance(cell, int) and column.kind == "time":
        return time_words(cell, language)
    if isinstance(cell, int | float) and column.kind == "duration":
        return duration_words(cell, language, column.unit)
    if isinstance(cell, int | float) and column.kind == "number":
        return number_words(cell, column.unit)
    return str(cell)


def key_words(key: Key, said: Mapping[str, str]) -> str:
    """A row by the words of its key's columns."""
    return _PLACEHOLDER.sub(lambda found: said.get(found[1], found[0]), key.words)


def list_words(items: Iterable[str], language: Language) -> str:
    """Items in a row, with the language's separator."""
    return (", " if language == "en" else "、").join(items)


def none_words(language: Language) -> str:
    """That there is none."""
    return "none" if language == "en" else "无"


def span_words(low: str, high: str, language: Language) -> str:
    """From one value to another, both included."""
    return f"{low} to {high}" if language == "en" else f"{low}到{high}"


def next_day_words(clock: str, language: Language) -> str:
    """A time of the day after."""
    return f"{clock} the next day" if language == "en" else f"次日{clock}"


def time_words(minutes: int, language: Language) -> str:
    """A time of day, with the day where it is the next one: 次日01:38."""
    return next_day_words(clock(minutes), language) if minutes >= DAY else clock(minutes)


def number_words(number: float, unit: str = "") -> str:
    """A number, with its unit where it has one; a whole one without decimals."""
    whole = isinstance(number, float) and number.is_integer()
    return with_unit(str(int(number) if whole else number), unit)


def duration_words(minutes: float, language: Language, unit: str = "") -> str:
    """A length of time: whole days in days, whole hours in hours, up to three hours in minutes.

    Seconds are said, but for half a minute, and in a column that counts in a unit: 2.1 minutes.

    >>> duration_words(75, "zh"), duration_words(200, "en"), duration_words(201.1167, "zh")
    ('75分钟', '3 hours 20 minutes', '3小时21分7秒')
    """
    if minutes and minutes % DAY == 0:
        return _counted(minutes // DAY, "天", "day", language)
    seconds = round(minutes * 60)
    plain = minutes <= _MINUTES_ALONE and (bool(unit) or float(minutes * 2).is_integer())
    if not plain and minutes > 0 and seconds % 60 and abs(minutes * 60 - seconds) < _ROUNDING:
        return _to_the_second(seconds, language)
    if abs(minutes) <= _MINUTES_ALONE or minutes < 0:
        return _counted(minutes, "分钟", "minute", language)
    return hours_and_minutes(minutes, language)


def _to_the_second(seconds: int, language: Language) -> str:
    """A length of time in hours, minutes and seconds, of which the first may be none."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = [_counted(hours, "小时", "hour", language)] if hours else []
    if hours or minutes:  # an hour and a second are read with the minutes between them only
        parts.append(_counted(minutes, "分", "minute", language))
    parts.append(_counted(rest, "秒", "second", language))
    return (" " if language == "en" else "").join(parts)


def hours_and_minutes(minutes: float, language: Language) -> str:
    """A length of time in hours and the minutes that are left, either of which may be none."""
    hours, rest = divmod(minutes, 60)
    parts = [_counted(hours, "小时", "hour", language)] if hours else []
    if rest:
        parts.append(_counted(rest, "分钟", "minute", language))
    return (" " if language == "en" else "").join(parts)


def _counted(number: float, word: str, english: str, language: Language) -> str:
    text = number_words(float(number))
    if language == "en":
        return f"{text} {english}{'' if number == 1 else 's'}"
    return f"{text}{word}"
