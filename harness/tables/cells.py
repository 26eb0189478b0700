"""One cell from whatever the spreadsheet holds: the quirks of real tables end here.

A reader returns the typed value and, where it had to repair something, half a sentence that says
what. What it cannot read without guessing it refuses with `CellError`; the caller knows the file,
the row and the column, and tells the person.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from harness.tables.table import Cell, Column, ColumnKind, clock

MISSING = frozenset(
    {"", "-", "--", "---", "—", "——", "无数据", "nan", "nat", "none", "null", "n/a", "#n/a"}
)

_DAY_S = 24 * 60 * 60
# An optional date, hours, minutes, optional seconds: what spreadsheets and their exports write.
_TIME = re.compile(
    r"(?:[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}[ T])?"
    r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.0+)?)?"
)
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
# Full-width letters and digits (U+FF10 and on) and the slash of composite train numbers.
_NARROW = {
    code: code - 0xFEE0
    for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B), 0xFF0F)
}
_INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
_SHOWN = 40


class CellError(ValueError):
    """A cell that is not what its column holds; the message completes "this cell ..."."""


@dataclass(frozen=True, slots=True)
class Read:
    """A cell that was read. `repair` completes "the cell ...", empty where nothing was odd."""

    value: Cell
    repair: str = ""


def read_cell(raw: object, column: Column) -> Read:
    """Read one cell as its column's kind.

    Args:
        raw: what openpyxl or the csv reader found.
        column: what the column is declared to hold.

    Raises:
        CellError: the cell cannot be read without guessing.
    """
    if is_missing(raw):
        written = isinstance(raw, str) and raw.strip() != ""
        return Read(None, f"holds {show(raw)}, taken as missing" if written else "")
    return _READERS[column.kind](raw, column)


def is_missing(raw: object) -> bool:
    """Tell whether a cell is empty or holds one of the words that people write for empty."""
    if raw is None or raw != raw:  # noqa: PLR0124  # only NaN and NaT differ from themselves
        return True
    return isinstance(raw, str) and fold(raw).casefold() in MISSING


def fold(text: str) -> str:
    """Trim, join runs of white space, and narrow full-width letters, digits and slashes.

    Letter O and digit 0 stay apart, and so do Chinese punctuation marks.
    """
    return " ".join(text.translate(_NARROW).translate(_INVISIBLE).split())


def show(raw: object) -> str:
    """Quote a cell for a message: one line, no control characters, not too long."""
    text = str(raw)
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")


def _read_time(raw: object, _: Column) -> Read:
    if isinstance(raw, dt.datetime):
        return _minutes(_seconds(raw.time()), "")
    if isinstance(raw, dt.time):
        return _minutes(_seconds(raw), "")
    if isinstance(raw, dt.timedelta):
        return _minutes(round(raw.total_seconds()), "is a length of time, read as a time of day")
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        if not 0 <= raw <= 1:
            raise CellError(f"holds the number {show(raw)}, no time of day such as 07:05")
        return _minutes(round(raw * _DAY_S), "is a fraction of a day, read as a time")
    if isinstance(raw, str):
        return _time_of_text(raw)
    raise CellError(f"holds {show(raw)}, no time of day such as 07:05")


def _time_of_text(raw: str) -> Read:
    text = unicodedata.normalize("NFKC", fold(raw)).replace("∶", ":")
    match = _TIME.fullmatch(text)
    if match is None:
        raise CellError(f"holds {show(raw)}, no time of day such as 07:05")
    hour, minute, second = (int(part or 0) for part in match.groups())
    seconds = hour * 3600 + minute * 60 + second
    if minute > 59 or second > 59 or seconds > _DAY_S:
        raise CellError(f"holds {show(raw)}, past the end of the clock")
    read = _minutes(seconds, "")
    plain = isinstance(read.value, int) and clock(read.value) == raw
    return (
        read
        if plain or read.repair
        else Read(read.value, "is text not written as HH:MM, read as a time")
    )


def _seconds(time: dt.time) -> int:
    # A spreadsheet's 07:05 may come back as 07:04:59.999999: it stores fractions of a day.
    return time.hour * 3600 + time.minute * 60 + time.second + round(time.microsecond / 1e6)


def _minutes(seconds: int, repair: str) -> Read:
    """Turn seconds since midnight into a time cell; 24:00 is midnight, seconds are dropped."""
    if not 0 <= seconds <= _DAY_S:
        raise CellError("holds a time past the end of the clock")
    if seconds == _DAY_S:
        return Read(0, "is 24:00, read as 00:00")
    if seconds % 60:
        return Read(seconds // 60, "has seconds, dropped")
    return Read(seconds // 60, repair)


def _read_number(raw: object, _: Column) -> Read:
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        if not math.isfinite(raw):
            raise CellError(f"holds {show(raw)}, no finite number")
        return Read(int(raw) if raw == int(raw) else raw)
    if isinstance(raw, str):
        text = unicodedata.normalize("NFKC", fold(raw))
        if _NUMBER.fullmatch(text):
            value = _read_number(float(text.replace(",", "")), _).value
            return Read(value, "" if raw == str(value) else "is text, read as a number")
    raise CellError(f"holds {show(raw)}, no number")


def _read_text(raw: object, column: Column) -> Read:
    if isinstance(raw, str):
        text = fold(raw)
        widened = text != " ".join(raw.split())
        return _canonical(text, column.aliases, "has full-width characters" if widened else "")
    if isinstance(raw, bool):
        return Read(str(raw).upper())
    if isinstance(raw, (int, float)):
        whole = math.isfinite(raw) and raw == int(raw)
        text = str(int(raw) if whole else raw)
        return _canonical(text, column.aliases, "is a number, kept as text")
    if isinstance(raw, dt.time):
        return Read(raw.isoformat("auto" if raw.second else "minutes"), "is a time, kept as text")
    if isinstance(raw, dt.datetime):
        midnight = raw.time() == dt.time()
        text = raw.date().isoformat() if midnight else raw.isoformat(" ", "minutes")
        return Read(text, "is a date, kept as text")
    return Read(str(raw))


def _canonical(text: str, aliases: Mapping[str, str], repair: str) -> Read:
    if text in aliases:
        return Read(aliases[text], f"holds {show(text)}, read as {show(aliases[text])}")
    return Read(text, repair)


def _read_list(raw: object, column: Column) -> Read:
    text = raw if isinstance(raw, str) else str(_read_text(raw, column).value)
    for separator in column.separators[1:]:
        text = text.replace(separator, column.separators[0])
    parts = [fold(part) for part in text.split(column.separators[:1] or None)]
    read = [_canonical(part, column.aliases, "") for part in parts if part]
    if not read:
        raise CellError(f"holds {show(raw)}, separators without a name")
    items = tuple(dict.fromkeys(str(item.value) for item in read))
    repairs = [item.repair for item in read if item.repair]
    if len(items) < len(read):
        repairs.append(f"names one thing twice in {show(raw)}")
    return Read(items, " and ".join(repairs))


_READERS: dict[ColumnKind, Callable[[object, Column], Read]] = {
    "text": _read_text,
    "number": _read_number,
    "time": _read_time,
    "list": _read_list,
}
