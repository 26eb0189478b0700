"""Any questions of one's own, from a file, with right answers or without.

The file is that of `podium score`: jsonl, json, csv, tsv, xlsx or parquet, with a question (or the
turns of a conversation), a right answer and, where they are there, a kind, options, a system text,
earlier turns and a split. A question and its reference:

    水在标准大气压下多少摄氏度沸腾？    100

The questions beside this file are the project's own; see `data/make.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.benchmark import Benchmark
from suites.questions.options import HERE, Options, check, inputs, profile, wants_judge

if TYPE_CHECKING:
    from harness.core import Output, Refusal, Sample, Suite
    from harness.judges.judge import Judge
    from harness.metrics.measure import Graded

# Reading and judging load the checker, which takes a second: a rerun does without.


def build(options: Options) -> Suite:
    """Read the files; see `suites.questions.building`."""
    from suites.questions import building

    return building.build(options)


def grade(options: Options, suite: Suite, outputs: Sequence[Output], judge: Judge | None) -> Graded:
    """Judge all answers of a run; see `suites.questions.grading`."""
    from suites.questions import grading

    return grading.grade(options, suite, outputs, judge)


def accept(options: Options, sample: Sample, question: str, answer: str) -> Refusal | None:
    """Why an answer that a teacher gives cannot be taught; see `suites.questions.grading`."""
    from suites.questions import grading

    return grading.accept(options, sample, question, answer)


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
