"""Questions about any table, one thing a row, as its suite file says.

`podium init TABLE.xlsx` writes the suite file: what the columns hold, what tells rows apart, which
programs ask, and how. A question, its answer and its reference:

    {key}的单价是多少？    12.5    红富士苹果的单价是12.5元。
"""

from __future__ import annotations

from pathlib import Path

from harness.tables.benchmark import TableOptions, table_benchmark

BENCHMARK = table_benchmark(
    TableOptions,
    Path(__file__).parent,
    needs="any table, xlsx, csv or tsv, and its suite file: podium init TABLE writes both",
    example="K772/5这车打哪儿始发的呀？",
)
