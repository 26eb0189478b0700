"""Whether a long history slows a night down.

    python tests/bench/nights_bench.py [--nights 1000]

Judges five entries of 1,400 questions and draws the page, with four nights behind them and with a
thousand; prints seconds and how many times as long the second took.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from harness.nightly.bless import bless
from harness.nightly.evidence import GATES, Gate
from harness.nightly.history import History
from harness.nightly.night import How, judge_night
from harness.nightly.page import page
from harness.nightly.record import Record
from tests.harness.nightly.simulated import Entry, World

_ENTRIES = 5


def main() -> None:
    """Print the times as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nights", type=int, default=1000)
    nights = parser.parse_args().nights
    sys.stdout.write("| nights | verdict, s | page, s |\n|---|---|---|\n")
    with TemporaryDirectory() as scratch:
        for count in (4, nights):
            history = _history(Path(scratch) / str(count), count)
            began = time.perf_counter()
            report = judge_night(History(history.root), _records("last"), How("last"))
            judged = time.perf_counter()
            page(report, History(history.root))
            drawn = time.perf_counter()
            sys.stdout.write(f"| {count} | {judged - began:.2f} | {drawn - judged:.2f} |\n")


def _history(root: Path, count: int) -> History:
    """So many nights of five entries; means scatter about one night's, and step at two places."""
    history = History(root)
    for number in range(4):
        judge_night(history, _records(str(number)), How(f"{number:04}"))
    for at in range(_ENTRIES):
        bless(history, [f"entry-{at}"])
    rows = (root / "nights.jsonl").read_text("utf-8").splitlines()[-_ENTRIES:]
    dice = np.random.default_rng(0)
    with (root / "nights.jsonl").open("a", encoding="utf-8") as file:
        for number in range(5, count + 1):
            step = 0.3 * (count // 3 < number < 2 * count // 3)
            for row in map(json.loads, rows):
                means = {
                    gate: mean + step + dice.normal(0, 0.1) for gate, mean in row["means"].items()
                }
                told = {"number": number, "night": f"{number:04}", "means": means}
                file.write(json.dumps({**row, **told}) + "\n")
    return History(root)


def _records(night: str) -> list[Record]:
    dice = np.random.default_rng(len(night))
    return [_record(f"entry-{at}", Entry(World(), dice)) for at in range(_ENTRIES)]


def _record(name: str, entry: Entry) -> Record:
    found = entry.night()
    size = len(found["AS"])
    ids = tuple(f"q{at:05}" for at in range(size))
    values: dict[Gate, tuple[float | None, ...]] = {
        gate: tuple(None if math.isnan(value) else float(value) for value in found[gate])
        for gate in GATES
    }
    made = {f"engine.{at}": "x" * 40 for at in range(20)}
    empty = Record(
        name, "", ids, ids, ids, ids, ids, values, ids, {"questions": "q"}, made, False,
        None, "", 0.0,
    )  # fmt: skip
    return replace(
        empty, rows=entry.clusters.rows,
        families=("family",) * size, texts=("这趟列车在早上七点零六分发车。",) * size,
    )  # fmt: skip


if __name__ == "__main__":
    main()
