"""How much faster the vectorised bootstrap is than drawing indices, resample by resample.

    python tests/bench/bootstrap_bench.py

Both draw table rows and templates with replacement and average three parts over 1,400 answers.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
from harness.metrics.bootstrap import RESAMPLES, Floats, Ints, cluster_factors, resample_means

ANSWERS, ROWS, TEMPLATES, PARTS = 1_400, 219, 30, 3
NAIVE_RESAMPLES = RESAMPLES // 10


def main() -> None:
    """Time both and print the ratio and the intervals, which must agree."""
    values, factors = make_answers()
    resample_means(values, factors, resamples=10)  # warm up
    fast_s, fast = timed(lambda: resample_means(values, factors))
    slow_s, slow = timed(lambda: index_draws(values, factors, NAIVE_RESAMPLES))
    slow_s *= RESAMPLES / NAIVE_RESAMPLES
    lines = [
        f"{RESAMPLES:,} resamples of {ANSWERS:,} answers x {PARTS} parts",
        f"vectorised   {fast_s:7.3f} s",
        f"index draws  {slow_s:7.3f} s (from {NAIVE_RESAMPLES:,} resamples)",
        f"ratio        {slow_s / fast_s:7.1f}",
    ]
    for name, resampled in (("vectorised", fast), ("index draws", slow)):
        low, high = np.quantile(resampled[:, 0], [0.025, 0.975])
        lines.append(f"95% interval of the first part, {name}: {low:.4f} to {high:.4f}")
    sys.stdout.write("\n".join(lines) + "\n")


def make_answers() -> tuple[Floats, list[Ints]]:
    """Draw answers whose correctness depends on the row and on the template."""
    rng = np.random.default_rng(0)
    row, template = rng.integers(0, ROWS, ANSWERS), rng.integers(0, TEMPLATES, ANSWERS)
    skill = 0.7 + 0.1 * rng.normal(size=ROWS)[row] + 0.1 * rng.normal(size=TEMPLATES)[template]
    values = (rng.random((ANSWERS, PARTS)) < skill[:, None]).astype(np.float64)
    labels = [[str(level) for level in levels] for levels in (row, template)]
    return values, cluster_factors(*labels)


def index_draws(values: Floats, factors: list[Ints], resamples: int) -> Floats:
    """Draw levels of both factors as indices, one resample at a time."""
    rng = np.random.default_rng(1)
    means = []
    for _ in range(resamples):
        weights = np.ones(len(values))
        for factor in factors:
            size = int(factor.max()) + 1
            drawn = rng.integers(0, size, size)
            weights *= np.bincount(drawn, minlength=size)[factor]
        picked = np.repeat(np.arange(len(values)), weights.astype(np.int64))
        means.append(values[picked].mean(axis=0))
    return np.array(means)


def timed(work: Callable[[], Floats]) -> tuple[float, Floats]:
    """Run something once and return its seconds and its result."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


if __name__ == "__main__":
    main()
