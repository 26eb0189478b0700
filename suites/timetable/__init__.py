"""Questions about one station's train board, one train a row.

Origin: the 2025 competition on making a language model understand a train timetable, whose seven
question types these families follow. A question, its answer and its reference:

    {key}次列车的检票口是哪个？    1A    K4547/6次在1A检票口检票。

The tables beside this file are the project's own; see `tables/make.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.tables.benchmark import TableOptions, table_benchmark

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(TableOptions):
    """Options of any table, which are this folder's own where they are not given."""

    table: Path = HERE / "tables" / "board-24.xlsx"
    definition: Path = HERE / "suite.yaml"


BENCHMARK = table_benchmark(
    Options,
    HERE,
    needs="a train board: 序号, 车次, 始发站, 终到站, 到点, 开点, 候车厅, 检票口, 站台",
    example="K772/5这车打哪儿始发的呀？",
)
