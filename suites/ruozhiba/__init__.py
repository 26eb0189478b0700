"""Trick questions with a wrong premise, answered in one's own words.

Origin: the tutorial that teaches a small chat model on the ruozhiba part of COIG-CQIA and shows
what it says before and after. A record holds `instruction`, `input`, `output`, `task_type` and
more; the tutorial's script drops `input`, which here belongs to the question. A question and its
reference:

    打八折再打八折，是不是打六折？    不是，八折再八折是原价的百分之六十四。

The questions beside this file are the project's own; see `data/make.py`.
"""

from __future__ import annotations

from harness.benchmark import Benchmark
from suites.ruozhiba.grading import grade
from suites.ruozhiba.questions import HERE, Options, build, check, export_rows, inputs, profile

BENCHMARK = Benchmark(
    options=Options,
    home=HERE,
    check=check,
    inputs=inputs,
    profile=profile,
    build=build,
    grade=grade,
    export=export_rows,
    needs="COIG-CQIA's ruozhiba records, or other questions with answers in one's own words",
    example="下雨天把伞倒过来撑，算不算给天空打伞？",
)
