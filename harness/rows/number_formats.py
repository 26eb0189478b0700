"""A cell as its number format shows it: 0.935 as 93.5%, 7 as 0007, 12 as ¥12.00.

What people mean is what they see. A number whose format adds nothing stays a number, rounded as it
is shown; one with a sign, a unit or leading zeros becomes the text that stands in the sheet.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

_PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\[\$(?P<currency>[^\[\]-]*)(?:-[^\[\]]*)?\]|\[(?P<rule>[^\[\]]*)\]'
    r"|(?P<skipped>[_*].)|(?P<general>general)|(?P<digits>[0#?.,]+)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_COLORS = re.compile(r"(?:black|blue|cyan|green|magenta|red|white|yellow|color ?[0-9]{1,2})", re.I)
# A fraction of a day up to this one counts days from the first of 1900, and is no date.
_DAYS_END = dt.datetime(1900, 3, 1)
_BEFORE_DAY_ONE = dt.datetime(1899, 12, 31)
# More digits than anyone types come from a formula, and are shown as a sheet shows them.
_TYPED, _SHOWN = 12, 10
_LARGEST = 1e15  # NaN and infinity are not below it


@dataclass(frozen=True, slots=True)
class _Section:
    """One of the parts of a format between semicolons, where it is one that is understood."""

    before: str
    after: str
    zeros: int
    decimals: int
    percent: bool


def as_shown(value: object, number_format: str) -> object:
    """A cell as a person sees it.

    Args:
        value: what openpyxl found.
        number_format: the cell's format, such as `0.0%`.
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _number(value, number_format)
    if isinstance(value, dt.datetime):
        return _moment(value, number_format)
    return value


# --- numbers -------------------------------------------------------------------------------------


def _number(value: float, number_format: str) -> object:
    section = _section_for(value, number_format) if abs(value) < _LARGEST else None
    if section is None:
        return _plain(value)
    exact = Decimal(repr(_plain(value))) * (100 if section.percent else 1)
    rounded = exact.quantize(Decimal(1).scaleb(-section.decimals), ROUND_HALF_UP)
    if section.zeros < 2 and not section.before and not section.after:
        return int(rounded) if rounded == rounded.to_integral() else float(rounded)
    digits = f"{abs(rounded):f}"
    whole, point, part = digits.partition(".")
    sign = "-" if rounded < 0 else ""
    return f"{sign}{section.before}{whole.zfill(section.zeros)}{point}{part}{section.after}"


def _plain(value: float) -> int | float:
    """A number without the noise of floating point: 0.1 + 0.2 is 0.3."""
    if isinstance(value, int) or not math.isfinite(value):
        return value
    if value.is_integer():
        return int(value)
    typed = float(f"{value:.{_TYPED}g}") == value
    return value if typed else float(f"{value:.{_SHOWN}g}")


def _section_for(value: float, number_format: str) -> _Section | None:
    """The part of a format that shows a number; that of a negative one, or of zero, may differ."""
    if number_format in ("General", "@", ""):
        return None
    parts = _parts(number_format)
    place = 1 if value < 0 else 2 if value == 0 else 0
    own = _section(parts[place]) if place < len(parts) else None
    # Accountants have a dash for zero, which is no missing number.
    return own if own is not None else _section(parts[0])


@lru_cache(maxsize=512)
def _parts(number_format: str) -> tuple[str, ...]:
    """The parts of a format between semicolons that are not quoted."""
    parts = [""]
    for match in _PIECE.finditer(number_format):
        if match["other"] == ";":
            parts.append("")
        else:
            parts[-1] += match[0]
    return tuple(parts)


@lru_cache(maxsize=512)
def _section(text: str) -> _Section | None:
    """A part of a format, `None` where it is a date, a fraction, a power or a condition."""
    around: list[str] = ["", ""]
    digits, percent = "", False
    for match in _PIECE.finditer(text):
        if match["rule"] is not None:
            if not _COLORS.fullmatch(match["rule"]):
                return None
        elif match["digits"] is not None:
            if digits:
                return None
            digits = match["digits"]
        elif match["general"] is not None:
            return None
        elif match["skipped"] is None:
            literal = match["quoted"] or match["escaped"] or match["currency"] or match["other"]
            if match["other"] and not _is_plain(match["other"]):
                return None
            percent |= match["other"] == "%"
            around[bool(digits)] += literal or ""
    if not {*digits} & {"0", "#"} or digits.endswith(","):
        return None
    whole, _, part = digits.partition(".")
    before, after = (text.strip().strip("()（）").strip() for text in around)
    return _Section(before.strip("-+ "), after, whole.count("0"), len(part), percent)


def _is_plain(character: str) -> bool:
    """Whether a character stands for itself in a format of numbers."""
    return not (character.isascii() and character.isalpha()) and character not in "/@"


# --- moments -------------------------------------------------------------------------------------


def _moment(value: dt.datetime, number_format: str) -> object:
    """A time of day, a length of time or a month, where that is what is shown."""
    marks = _marks(number_format)
    if marks & {*"hs"} and not marks & {*"yd"}:
        # 25:30 is stored as a day and an hour and a half, and shown as 1:30.
        return value - _BEFORE_DAY_ONE if value < _DAYS_END else value.time()
    if marks == {"y", "m"}:
        if "年" in number_format:
            return f"{value.year}年{value.month}月"
        return f"{value:%Y-%m}"
    return value


@lru_cache(maxsize=512)
def _marks(number_format: str) -> frozenset[str]:
    """The letters of a format of dates and times."""
    letters = (match["other"] for match in _PIECE.finditer(number_format))
    return frozenset(letter.lower() for letter in letters if letter) & frozenset("ymdhs")
