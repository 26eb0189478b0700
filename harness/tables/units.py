"""Units that numbers are written with: which spellings are one unit, and where a unit stands."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# One line a unit: how it is said, then what else people write for it.
_SPELLINGS = (
    ("元", "¥", "人民币", "rmb", "cny", "块", "块钱"),
    ("$", "usd", "us$"),
    ("€", "eur"),
    ("£", "gbp"),
    ("万元",),
    ("%", "percent"),
    ("kg", "千克", "公斤", "kgs"),
    ("g", "克"),
    ("mg", "毫克"),
    ("t", "吨"),
    ("km", "公里", "千米"),
    ("m", "米"),
    ("cm", "厘米", "公分"),
    ("mm", "毫米"),
    ("平方米", "㎡", "平米"),
    ("L", "升"),
    ("ml", "毫升"),
    ("℃", "摄氏度"),
    ("hPa", "百帕"),
    ("kPa", "千帕"),
    ("kW", "千瓦"),
    ("km/h", "公里/小时", "千米/小时"),
    ("m/s", "米/秒"),
)
# Written before the number: $12.5.
BEFORE = ("$", "€", "£")
_LARGE = {"万": 10_000, "亿": 100_000_000}
NUMBER = r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
_AROUND = re.compile(
    rf"(?P<before>[^0-9+-]{{0,12}}?)\s?(?P<number>{NUMBER})\s?(?P<after>\D{{0,12}}|m2)"
)
# A sign before the currency, and the brackets of accountants: -¥30.00, ($30.00), $(30.00).
_SIGNED = re.compile(r"(?P<sign>[+-])\s?(?P<amount>[^0-9+()-]{1,12}[0-9].*)")
_BRACKETED = re.compile(
    r"\((?P<inside>[^()]+)\)|(?P<money>[^0-9()+-]{1,12}?)\s?\((?P<digits>[0-9.,]+)\)"
)
_MONEY = frozenset({"元", *BEFORE})
_SYMBOLS = frozenset("¥$€£")
_MINUS = str.maketrans("−–", "--")


def split_unit(text: str) -> tuple[float, str] | None:
    """Read a number with what stands before or after it as its unit.

    Returns:
        The number and the unit as it is written, empty where there is none; `None` where the text
        is anything else, such as `12-15元` or `约12元左右`. -$30 and ($30) are less than nothing.
    """
    folded = in_ascii(text).strip()
    if bracketed := _BRACKETED.fullmatch(folded):
        inside = bracketed["inside"] or bracketed["money"] + bracketed["digits"]
        return _negative(_around(inside)) if _SYMBOLS & {*inside} else None
    if (signed := _SIGNED.fullmatch(folded)) is None:
        return _around(folded)
    amount = _around(signed["amount"])
    if amount is None or said_as(amount[1]) not in _MONEY:
        return None
    return amount if signed["sign"] == "+" else _negative(amount)


def in_ascii(text: str) -> str:
    """A text in half-width characters, a typeset minus as the one that is typed."""
    return unicodedata.normalize("NFKC", text).translate(_MINUS)


def _around(text: str) -> tuple[float, str] | None:
    match = _AROUND.fullmatch(text)
    if match is None or (match["before"] and match["after"]):
        return None
    return float(match["number"].replace(",", "")), (match["before"] or match["after"]).strip()


def _negative(amount: tuple[float, str] | None) -> tuple[float, str] | None:
    """The amount below nothing; one that is already is written in no such way."""
    return None if amount is None or amount[0] < 0 else (-amount[0], amount[1])


def same_unit(one: str, other: str) -> bool:
    """Whether two spellings are of one unit: 元 and ￥, kg and 公斤."""
    return _line(one)[0] == _line(other)[0]


def is_known(unit: str) -> bool:
    """Whether a unit is one that measures or prices, as opposed to any word after a number."""
    return _plain(unit) in _lines()


def said_as(unit: str) -> str:
    """How references write a unit: a symbol as the word, 千克 as kg, anything else as it is.

    千 and 百 go, for 5千克 may be read as five thousand of something.
    """
    if not is_known(unit):
        return unit
    first = _line(unit)[0]
    is_word = all("\u4e00" <= character <= "\u9fff" for character in unit)
    return unit if is_word and unit[0] not in "千百" else first


def with_unit(number: str, unit: str) -> str:
    """A number as it is said with its unit: 12.5元, $12.5, 3.5 kg, 85%."""
    if unit in BEFORE:
        return f"-{unit}{number[1:]}" if number.startswith("-") else f"{unit}{number}"
    apart = unit[:1].isascii() and unit[:1].isalpha()
    return f"{number} {unit}" if apart else f"{number}{unit}"


def scale_of(unit: str) -> int:
    """What a number counts in: 5万元 is 50000."""
    return _LARGE.get(unit[:1], 1)


def _plain(unit: str) -> str:
    return "".join(unicodedata.normalize("NFKC", unit).casefold().split())


@lru_cache(maxsize=1)
def _lines() -> dict[str, tuple[str, ...]]:
    return {_plain(spelling): line for line in _SPELLINGS for spelling in line}


def _line(unit: str) -> tuple[str, ...]:
    return _lines().get(_plain(unit), (_plain(unit),))
