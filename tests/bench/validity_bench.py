"""Whether intervals and ranks keep what they promise, over every shape of benchmark.

    python tests/bench/validity_bench.py [--tries 1000]

Runs of known true scores are drawn (`tests/harness/metrics/simulated.py`) and put through the same
functions as any run. Two tables: how often a 95% interval holds the true score, and how often a
board of equals tells any two of them apart. About forty minutes on two cores.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from functools import partial

from tests.harness.metrics.simulated import SHAPES, Shape, coverage, false_separations

ACCURACIES = (0.02, 0.1, 0.5, 0.9, 0.98)
NO_EFFECT = 0.0
# Entries of a board, and the share of the effects of rows and wordings that is each entry's own.
BOARDS = ((2, 0.3), (2, 1.0), (5, 0.3))
SEED = 20261129


def main() -> None:
    """Print both tables as Markdown, a row as soon as it is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=1000)
    parser.add_argument("--only", choices=["coverage", "ranks"])
    given = parser.parse_args()
    with ProcessPoolExecutor() as pool:
        if given.only != "ranks":
            title = "Coverage of 95% intervals of AS, ART, AE and the total, in %"
            _print(title, coverage_cells(given.tries), pool)
        if given.only != "coverage":
            title = "Boards of equals that tell any two entries apart, in %"
            _print(title, separation_cells(given.tries), pool)


Cell = tuple[str, partial[str]]


def coverage_cells(tries: int) -> Iterator[Cell]:
    """Rows by shape, kind of answer and effect of wordings; columns by accuracy."""
    for name, shape in SHAPES.items():
        kinds = [(False, shape.of_wordings), (True, shape.of_wordings), (False, NO_EFFECT)]
        for f1, effect in kinds:
            row = f"{name} | {'F1-like' if f1 else 'hit or miss'} | {effect:g}"
            drawn = replace(shape, of_wordings=effect)
            for accuracy in ACCURACIES:
                yield row, partial(_covered, drawn, accuracy, tries, f1)


def separation_cells(tries: int) -> Iterator[Cell]:
    """Rows by shape, number of entries and how much of the effects is each entry's own."""
    for name, shape in SHAPES.items():
        for entries, own in BOARDS:
            row = f"{name} | {entries} entries | {own:g} own"
            for accuracy in ACCURACIES:
                yield row, partial(_separated, shape, accuracy, tries, entries, own)


def _covered(shape: Shape, accuracy: float, tries: int, f1: bool) -> str:
    found = coverage(shape, accuracy, tries, f1=f1, seed=SEED)
    return " ".join(f"{share:.1f}" for share in found.values())


def _separated(shape: Shape, accuracy: float, tries: int, entries: int, own: float) -> str:
    found = false_separations(shape, accuracy, tries, entries=entries, own=own, seed=SEED)
    return f"{found:.1f}"


def _print(title: str, cells: Iterator[Cell], pool: ProcessPoolExecutor) -> None:
    heads = " | ".join(f"{accuracy:g}" for accuracy in ACCURACIES)
    sys.stdout.write(f"\n{title}\n\n| shape | | | {heads} |\n|---|---|---|{'---|' * 5}\n")
    rows: dict[str, list[Future[str]]] = {}
    for row, job in cells:
        rows.setdefault(row, []).append(pool.submit(job))
    for row, futures in rows.items():
        values = " | ".join(future.result() for future in futures)
        sys.stdout.write(f"| {row} | {values} |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
