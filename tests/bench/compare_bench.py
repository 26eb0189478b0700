"""Whether `podium compare` keeps what it promises: its causes, its verdicts, its intervals.

    python tests/bench/compare_bench.py [--only causes|intervals|...] [--tries 1000]

Pairs of runs with known causes and known true differences are drawn
(`tests/harness/metrics/simulated_pairs.py`) and put through the same functions as any pair.

    causes    of 200 pairs with one planted cause, how often it is named first; the worst sum
    intervals of 500 pairs, how many intervals of each cause hold what it is on average
    equals    of 200 pairs of one recipe, trainings scattering by 3 points, how many are told apart
    power     of 200 pairs that truly differ by 5 points, how many are told apart
    coverage  of 1,000 pairs, how many intervals of the total hold the true difference

The seeds were chosen before the first run of this file, and nothing was set by what it printed.
About three minutes of one core.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from statistics import NormalDist

from harness.metrics.training_noise import Trained
from tests.harness.metrics.simulated import SHAPES
from tests.harness.metrics.simulated_pairs import (
    PLANTED,
    WORTH,
    Pair,
    Pairs,
    causes_held,
    named,
    rates,
    total,
)

SEED = 20271101
_EQUALS, _EACH = 200, 40
_BOARD = "24x22, 366 asked"
_COVERED = ("24x8", _BOARD, "64x22", "120x12", "219x6")
_POWER = (_BOARD, "64x22", "219x22")


def main() -> None:
    """Print each table as Markdown, a row as soon as it is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=list(TABLES))
    parser.add_argument("--tries", type=int, default=1000)
    given = parser.parse_args()
    for name, (heads, rows) in TABLES.items():
        if given.only in (None, name):
            _row([name, *heads])
            _row(["---"] * (len(heads) + 1))
            for row in rows(given.tries):
                _row(row)
            sys.stdout.write("\n")


def _causes(_: int) -> Iterator[Sequence[str]]:
    right = pairs = 0
    for at, cause in enumerate(PLANTED):
        found = named(_EACH, SEED + at, cause)
        right, pairs = right + found.right, pairs + found.pairs
        yield [cause, f"{found.right} of {found.pairs}", f"{found.furthest:.1e}"]
    yield ["all", f"{right} of {pairs} ({right / pairs:.1%})", ""]


def _intervals(tries: int) -> Iterator[Sequence[str]]:
    for name, held in causes_held(tries // 2, SEED).items():
        yield [name, f"{held:.1f}"]


def _equals(_: int) -> Iterator[Sequence[str]]:
    for shape in (_BOARD, "64x22"):
        once = Pair(SHAPES[shape], sd=3.0, seeds=1)
        yield [shape, "1 each, seeds ignored", f"{_by_questions_alone(once):.1f}"]
        yield [shape, "1 each, scatter unknown", "0.0 (no verdict)"]
        for known in (3, 6):
            found = rates(once, _EQUALS, SEED, known=known)
            yield [shape, f"1 each, scatter known from {known} seeds", f"{found.apart:.1f}"]
        found = rates(replace(once, seeds=3), _EQUALS, SEED)
        yield [shape, "3 each", f"{found.apart:.1f}"]


def _by_questions_alone(pair: Pair) -> float:
    """What would be told apart if nobody thought of seeds, in per cent."""
    pairs = Pairs(pair, SEED)
    seen = 0
    for _ in range(_EQUALS):
        sides = [Trained(run, varies=False) for run in pairs.draw()]
        seen += total(sides, pairs.clusters, None).questions.p < 0.05
    return 100 * seen / _EQUALS


def _power(_: int) -> Iterator[Sequence[str]]:
    for sd in (1.0, 1.5, 2.0, 3.0):
        for seeds in (3, 6):
            if seeds == 6 and sd < 2:
                continue
            found = [
                rates(Pair(SHAPES[shape], apart=5.0, sd=sd, seeds=seeds), _EQUALS, SEED).apart
                for shape in _POWER
            ]
            shares = [f"{share:.1f}" for share in found]
            yield [f"sd {sd:g}", str(seeds), *shares, f"{_ceiling(sd, seeds):.0f}"]


def _ceiling(sd: float, seeds: int, apart: float = 5.0) -> float:
    """What any test of 5% could reach that knew the scatter and had all questions, in per cent.

    A point of AS is worth 0.84 of the total of these runs.
    """
    error = sd * WORTH * math.sqrt(2 / seeds)
    normal = NormalDist()
    return 100 * (1 - normal.cdf(normal.inv_cdf(0.975) - apart / error))


def _coverage(tries: int) -> Iterator[Sequence[str]]:
    for shape in _COVERED:
        for seeds, sd in ((3, 3.0), (3, 1.5), (5, 3.0)):
            pair = Pair(SHAPES[shape], apart=4.0, sd=sd, seeds=seeds)
            found = rates(pair, tries, SEED)
            yield [shape, str(seeds), f"{sd:g}", f"{found.held:.1f}", f"± {found.width:.1f}"]


Rows = Callable[[int], Iterator[Sequence[str]]]
TABLES: Mapping[str, tuple[Sequence[str], Rows]] = {
    "causes": (("named first", "furthest from the total"), _causes),
    "intervals": (("held, %",), _intervals),
    "equals": (("trained", "told apart, %"), _equals),
    "power": (("seeds each", *_POWER, "ceiling"), _power),
    "coverage": (("seeds each", "sd", "held, %", "half-width"), _coverage),
}


def _row(cells: Sequence[str]) -> None:
    sys.stdout.write(f"| {' | '.join(cells)} |\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
