"""One cell from whatever the spreadsheet holds: the quirks of real tables end here.

A reader returns the typed value and, where it had to repair something, half a sentence that says
what. What it cannot read without guessing it refuses with `CellError`; the caller knows the file,
the row and the column, and tells the person.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Collection, Mapping

from harness.tables.cell_read import CellError, Read
from harness.tables.table import Column, ColumnKind
from harness.tables.times import read_date, read_duration, read_time
from harness.tables.units import NUMBER, in_ascii, same_unit, split_unit
from harness.text.display import fold, show

_MISSING = frozenset({"", "无数据", "nan", "nat", "none", "null", "n/a", "#n/a"})
# Dashes of any width: hyphens, en and em dashes, the minus, rules, full-width and small forms.
_DASHES = re.compile(r"[-\u2010-\u2015\u2212\u2500\u2501\u2e3a\u2e3b\ufe58\ufe63\uff0d]{1,12}")

# A gap between thousands, as French has it.
_GAP = re.compile(r"(?<=[0-9])[ ’'](?=[0-9]{3}(?![0-9]))")
_SWAPPED = str.maketrans(",.", ".,")
_NUMBER = re.compile(NUMBER)


def read_cell(raw: object, column: Column) -> Read:
    """Read one cell as its column's kind.

    Args:
        raw: what openpyxl or the csv reader found.
        column: what the column is declared to hold.

    Raises:
        CellError: the cell cannot be read without guessing.
    """
    if is_missing(raw, column.missing):
        written = isinstance(raw, str) and raw.strip() != ""
        return Read(None, f"holds {show(raw)}, taken as missing" if written else "")
    return _READERS[column.kind](raw, column)


def is_missing(raw: object, words: Collection[str] = ()) -> bool:
    """Tell whether a cell is empty or holds a word that stands for empty.

    Args:
        raw: what openpyxl or the csv reader found.
        words: such words besides those that mean it in every table.
    """
    if raw is None or raw != raw:  # noqa: PLR0124  # only NaN and NaT differ from themselves
        return True
    if not isinstance(raw, str):
        return False
    text = fold(raw).casefold()
    return means_missing(text) or text in {fold(word).casefold() for word in words}


def means_missing(text: str) -> bool:
    """Tell whether a folded text stands for empty in every table: dashes, N/A, 无数据."""
    return text in _MISSING or bool(_DASHES.fullmatch(text))


def _read_number(raw: object, column: Column) -> Read:
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        if not math.isfinite(raw):
            raise CellError(f"holds {show(raw)}, no finite number")
        return Read(int(raw) if raw == int(raw) else raw)
    if isinstance(raw, str):
        text = _with_points(in_ascii(fold(raw)), column)
        if _NUMBER.fullmatch(text):
            value = _read_number(float(text.replace(",", "")), column).value
            return Read(value, "" if raw == str(value) else "is text, read as a number")
        return _number_with_unit(raw, text, column)
    raise CellError(f"holds {show(raw)}, no number")


def _with_points(text: str, column: Column) -> str:
    """A number with the marks of English: 1.234,50 is 1,234.50 where the column says so.

    1 234,50 is that too.
    """
    if column.decimal == ".":
        return text
    return without_gaps(text).translate(_SWAPPED)


def without_gaps(number: str) -> str:
    """A number without the blanks between its thousands."""
    return _GAP.sub("", number)


def _number_with_unit(raw: str, text: str, column: Column) -> Read:
    found = split_unit(text)
    if found is None or not math.isfinite(found[0]):
        raise CellError(f"holds {show(raw)}, no number")
    if not column.unit:
        raise CellError(f"holds {show(raw)}, no number: say in which unit its column counts")
    if not same_unit(found[1], column.unit):
        raise CellError(f"holds {show(raw)}, no number in {column.unit}")
    return _read_number(found[0], column)


def _read_text(raw: object, column: Column) -> Read:
    if isinstance(raw, str):
        text = fold(raw)
        widened = text != " ".join(raw.split())
        return _canonical(text, column.aliases, "has full-width characters" if widened else "")
    if isinstance(raw, bool):
        return _canonical(str(raw).upper(), column.aliases, "")
    if isinstance(raw, (int, float)):
        whole = math.isfinite(raw) and raw == int(raw)
        text = str(int(raw) if whole else raw)
        return _canonical(text, column.aliases, "is a number, kept as text")
    return _read_moment(raw)


def _read_moment(raw: object) -> Read:
    """Times and dates as text: to the second, by which logs tell their rows apart."""
    if isinstance(raw, dt.time):
        return Read(raw.isoformat("auto" if raw.second else "minutes"), "is a time, kept as text")
    if isinstance(raw, dt.datetime):
        midnight = raw.time() == dt.time()
        # A spreadsheet stores the second as a fraction of a day.
        told = (raw + dt.timedelta(milliseconds=500)).replace(microsecond=0)
        text = raw.date().isoformat() if midnight else told.isoformat(" ", _precision(told))
        return Read(text, "is a date, kept as text")
    if isinstance(raw, dt.timedelta):
        return Read(_clock_of(raw), "is a length of time, kept as text")
    return Read(str(raw))


def _clock_of(length: dt.timedelta) -> str:
    """A length of time as [h]:mm shows it, with seconds where there are any."""
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if seconds else f"{hours}:{minutes:02}"


def _precision(moment: dt.datetime) -> str:
    return "seconds" if moment.second else "minutes"


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
    "time": read_time,
    "date": read_date,
    "duration": read_duration,
    "list": _read_list,
}
