"""Whether a calibration puts runs nearer to the official order, and its intervals hold.

    python tests/bench/calibrate_bench.py [--tries 600]

Hidden formulas are drawn from wider distributions than `podium calibrate` believes in; official
scores come from other questions, with noise, rounded to integers (`tests/harness/calibrate/`).
Each is calibrated on a few submissions, and the order of twenty runs that were not submitted is
held against their official scores. A second table: how often the 95% interval of a rank correlation
holds that of the population. About ten minutes on two cores.
"""

from __future__ import annotations

import argparse
import math
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np

from harness.calibrate.order import rank_correlation, with_interval
from tests.harness.calibrate.hidden import NAMES, Outcome, attempt

SUBMISSIONS = (4, 8, 12)
SIZES = (4, 6, 8, 12)
CORRELATIONS = (0.0, 0.5, 0.8, 0.95, 0.99)
SEED = 20261130


def main() -> None:
    """Print both tables as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=600)
    parser.add_argument("--workers", type=int, default=None)
    given = parser.parse_args()
    tries = given.tries
    say = sys.stdout.write
    heads = " | ".join(NAMES)
    say(f"| submissions | before | calibrated | pasted | gain | never worse | {heads} | next |\n")
    say("|---" * (7 + len(NAMES)) + "|\n")
    with ProcessPoolExecutor(given.workers) as pool:
        for count in SUBMISSIONS:
            job = partial(attempt, submissions=count)
            found = list(pool.map(job, range(SEED, SEED + tries), chunksize=8))
            say(f"| {count} | {_row(found)} |\n")
            sys.stdout.flush()
    say("\n| runs | " + " | ".join(f"{one:g}" for one in CORRELATIONS) + " |\n")
    say("|---" * (1 + len(CORRELATIONS)) + "|\n")
    for size in SIZES:
        cells = (f"{_held(size, one, 5 * tries):.1f}" for one in CORRELATIONS)
        say(f"| {size} | {' | '.join(cells)} |\n")


def _row(found: list[Outcome]) -> str:
    before, after, pasted = (
        np.array([getattr(one, name) for one in found]) for name in ("before", "after", "pasted")
    )
    gain = after - before
    error = gain.std(ddof=1) / math.sqrt(len(found))
    held = 100 * np.mean([one.held for one in found], axis=0)
    ahead = 100 * np.mean([one.predicted for one in found])
    cells = [
        f"{before.mean():.3f}", f"{after.mean():.3f}", f"{pasted.mean():.3f}",
        f"{gain.mean():+.3f} ± {1.96 * error:.3f}", f"{np.mean(gain >= 0):.0%}",
        *(f"{share:.1f}" for share in held), f"{ahead:.1f}",
    ]  # fmt: skip
    return " | ".join(cells)


def _held(size: int, correlation: float, tries: int) -> float:
    """How often the interval of a rank correlation holds the true one, in per cent."""
    dice = np.random.default_rng(SEED)
    truth = 6 / math.pi * math.asin(correlation / 2)  # of normals, K. Pearson 1907
    held = 0
    for _ in range(tries):
        one = dice.standard_normal(size)
        noise = math.sqrt(1 - correlation**2) * dice.standard_normal(size)
        found = with_interval(rank_correlation(one, correlation * one + noise), size)
        held += found.low <= truth <= found.high
    return 100 * held / tries


if __name__ == "__main__":
    main()
