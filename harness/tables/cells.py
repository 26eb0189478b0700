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
from collections.abc import Callable, Collection, Mapping

from harness.tables.moments import read_date, read_duration, read_time
from harness.tables.reading import CellError, Read, fold, show
from harness.tables.table import Column, ColumnKind
from harness.tables.units import same_unit, split_unit

MISSING = frozenset(
    {"", "-", "--", "---", "—", "——", "无数据", "nan", "nat", "none", "null", "n/a", "#n/a"}
)

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


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
    return text in MISSING or text in {fold(word).casefold() for word in words}


def _read_number(raw: object, column: Column) -> Read:
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        if not math.isfinite(raw):
            raise CellError(f"holds {show(raw)}, no finite number")
        return Read(int(raw) if raw == int(raw) else raw)
    if isinstance(raw, str):
        text = unicodedata.normalize("NFKC", fold(raw))
        if _NUMBER.fullmatch(text):
            value = _read_number(float(text.replace(",", "")), column).value
            return Read(value, "" if raw == str(value) else "is text, read as a number")
        return _number_with_unit(raw, column)
    raise CellError(f"holds {show(raw)}, no number")


def _number_with_unit(raw: str, column: Column) -> Read:
    found = split_unit(fold(raw))
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
    if isinstance(raw, dt.time):
        return Read(raw.isoformat("auto" if raw.second else "minutes"), "is a time, kept as text")
    if isinstance(raw, dt.datetime):
        midnight = raw.time() == dt.time()
        # Logs tell their rows apart by the second; a spreadsheet stores it as a fraction of a day.
        told = (raw + dt.timedelta(milliseconds=500)).replace(microsecond=0)
        text = raw.date().isoformat() if midnight else told.isoformat(" ", _precision(told))
        return Read(text, "is a date, kept as text")
    return Read(str(raw))


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
