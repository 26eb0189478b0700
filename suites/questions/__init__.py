"""Any questions of one's own, from a file, with right answers or without.

The file is that of `podium score`: jsonl, json, csv, tsv, xlsx or parquet, with a question (or the
turns of a conversation), a right answer and, where they are there, a kind, options, a system text,
earlier turns and a split. A question and its reference:

    水在标准大气压下多少摄氏度沸腾？    100

The questions beside this file are the project's own; see `data/make.py`.
"""

from __future__ import annotations

from harness.benchmark import Benchmark
from suites.questions.building import build
from suites.questions.grading import accept, grade
from suites.questions.options import HERE, Options, check, inputs, profile, wants_judge

BENCHMARK = Benchmark(
    options=Options,
    home=HERE,
    check=check,
    inputs=inputs,
    profile=profile,
    build=build,
    grade=grade,
    accept=accept,
    wants_judge=wants_judge,
    needs="a file of questions, with right answers or without: podium init FILE writes the spec",
    example="水在标准大气压下多少摄氏度沸腾？",
)
