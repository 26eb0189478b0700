"""Decent values to compare a column with: near its quantiles, and round enough to be said."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import TypeVar

from harness.tables.table import Cell, ColumnKind, Scalar

# Five cuts part the values into six groups: few questions, and none about all rows or no row.
_PARTS = 6
_MINUTES = (1, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440)
_T = TypeVar("_T", float, dt.date)


def cuts(cells: Sequence[Cell], kind: ColumnKind) -> list[Scalar]:
    """Values above the least and up to the greatest of the cells, in order, at most five.

    Args:
        cells: the cells of a number, time, date or duration column; missing ones do not count.
        kind: which of them it is.
    """
    if kind == "date":
        days = sorted(cell for cell in cells if isinstance(cell, dt.date))
        return list(_fitting([_round_date(day, days) for day in _quantiles(days)], days))
    numbers = sorted(cell for cell in cells if isinstance(cell, int | float))
    rounded = [_round_number(value, numbers, kind) for value in _quantiles(numbers)]
    return list(_fitting(rounded, numbers))


def windows(cells: Sequence[Cell], kind: ColumnKind) -> list[tuple[Scalar, Scalar]]:
    """Pairs of cuts: neighbours first, then those with one between them."""
    found = cuts(cells, kind)
    return [pair for step in (1, 2) for pair in zip(found, found[step:], strict=False)]


def _quantiles(ordered: Sequence[_T]) -> list[_T]:
    return [ordered[len(ordered) * part // _PARTS] for part in range(1, _PARTS)] if ordered else []


def _fitting(found: Sequence[_T], ordered: Sequence[_T]) -> list[_T]:
    return [value for value in dict.fromkeys(found) if ordered[0] < value <= ordered[-1]]


def _round_number(value: float, ordered: Sequence[float], kind: ColumnKind) -> float:
    """Round to a decent step, at most an eighth of the spread and a part of the value itself."""
    spread = (ordered[-1] - ordered[0]) / 8
    if kind in ("duration", "time"):
        step = float(max((s for s in _MINUTES if s <= min(spread, value / 4)), default=1))
    else:
        step = min(_decent(spread), _decent(abs(value) / 2))
    if all(float(number).is_integer() for number in ordered):
        step = max(step, 1.0)
    rounded = round(round(value / step) * step, 9)
    return int(rounded) if float(rounded).is_integer() else rounded


def _decent(size: float) -> float:
    """The greatest of 1, 2 and 5 times a power of ten that is not above a size; 1 for nothing."""
    if size <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(size))
    return next(factor * power for factor in (5, 2, 1) if factor * power <= size * (1 + 1e-9))


def _round_date(day: dt.date, ordered: Sequence[dt.date]) -> dt.date:
    """The first of the year over many years, of the month over many months, else the day."""
    spread = (ordered[-1] - ordered[0]).days
    if spread >= 6 * 365:
        return day.replace(month=1, day=1)
    return day.replace(day=1) if spread >= 8 * 30 else day
