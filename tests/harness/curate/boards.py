"""The suites that the tests of this folder ask."""

from functools import cache
from typing import Literal

from harness.core import Suite
from harness.tables.benchmark import build
from suites.timetable import HERE, Options


@cache
def suite(
    board: str = "board-24", track: Literal["closed-book", "open-book"] = "closed-book"
) -> Suite:
    """Every question of the timetable suite over one of its boards."""
    return build(Options(table=HERE / "tables" / f"{board}.xlsx", track=track))
