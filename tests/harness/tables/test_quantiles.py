"""Values to compare a column with lie among its cells, are round, and are few."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.tables.quantiles import cuts, windows
from harness.tables.table import Cell, ColumnKind
from tests.harness.checker.forms import UNHURRIED

numbers = st.lists(st.integers(-1000, 100_000) | st.floats(-1e6, 1e6), max_size=40)
dates = st.lists(st.dates(dt.date(1950, 1, 1), dt.date(2050, 1, 1)), max_size=40)


@UNHURRIED
@given(numbers | dates)
def test_cuts_part_the_cells(cells: list[Cell]) -> None:
    kind: ColumnKind = "date" if cells and isinstance(cells[0], dt.date) else "number"
    found: list[Cell] = list(cuts([*cells, None], kind))
    assert len(found) <= 5
    assert found == sorted(set(found))  # type: ignore[type-var] # cells of one kind
    for cut in found:
        assert any(cell < cut for cell in cells)  # type: ignore[operator] # likewise
        assert any(cell >= cut for cell in cells)  # type: ignore[operator] # likewise


@pytest.mark.parametrize(
    ("cells", "kind", "expected"),
    [
        ([3, 5, 8, 12, 12.5, 20, 25, 30, 45, 60, 80, 120], "number", [8, 10, 20, 40, 80]),
        (list(range(1, 101)), "number", [15, 30, 50, 70, 80]),
        ([21.3, 21.5, 21.8, 22.1, 22.4, 22.8], "number", [21.5, 21.8, 22.1, 22.4, 22.8]),
        ([1, 1, 1, 2], "number", [2]),
        ([5, 5, 5], "number", []),
        ([7], "number", []),
        ([], "number", []),
        ([30, 45, 60, 90, 95, 120, 150, 240], "duration", [40, 60, 90, 120, 150]),
    ],
)
def test_cuts_are_decent_numbers(
    cells: list[Cell], kind: ColumnKind, expected: list[float]
) -> None:
    assert cuts(cells, kind) == expected


def test_dates_are_cut_at_days_months_or_years() -> None:
    day = dt.timedelta(days=1)
    start = dt.date(2020, 3, 5)
    within_a_month = [start + day * n for n in range(24)]
    assert cuts(within_a_month, "date") == [start + day * n for n in (4, 8, 12, 16, 20)]
    over_a_year = [start + day * 20 * n for n in range(20)]
    assert {cut.day for cut in cuts(over_a_year, "date") if isinstance(cut, dt.date)} == {1}
    over_many = [start + day * 200 * n for n in range(20)]
    found = [cut for cut in cuts(over_many, "date") if isinstance(cut, dt.date)]
    assert {(cut.month, cut.day) for cut in found} == {(1, 1)}
    assert len(found) > 3


def test_windows_are_neighbours_and_the_next_but_one() -> None:
    assert windows(list(range(1, 101)), "number") == [
        (15, 30), (30, 50), (50, 70), (70, 80), (15, 50), (30, 70), (50, 80),
    ]  # fmt: skip
    assert windows([1, 2], "number") == []
