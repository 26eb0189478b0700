"""Whether the intervals of all pairs of a board hold together, over every shape of benchmark.

    python tests/bench/pairs_bench.py [TRIES]

Boards of five entries of known true scores are drawn (`tests/harness/metrics/simulated.py`): equal
ones, near ones and far ones. The table says in how many per cent of boards all ten intervals of the
differences of totals hold the true ones. About ten minutes on two cores, of 400 tries.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from harness.metrics.joint import joint_totals  # noqa: E402  # only now can it be found
from reports.ranking import summarise  # noqa: E402
from tests.harness.metrics.simulated import (  # noqa: E402
    PROFILE,
    SHAPES,
    Board,
    Shape,
    true_scores,
)

SPREADS = {
    "equal": (0.5,) * 5,
    "near": (0.58, 0.56, 0.54, 0.52, 0.5),
    "far": (0.95, 0.8, 0.6, 0.4, 0.15),
}
OWN = 0.3  # the share of the effects of rows and wordings that is each entry's own
SEED = 20261130


def together(spread: tuple[float, ...], shape: Shape, tries: int) -> float:
    """In how many per cent of boards every interval holds its true difference."""
    board, whole = Board(shape, SEED), 0
    true = [true_scores(accuracy)["total"] for accuracy in spread]
    for _ in range(tries):
        values, joint = joint_totals(board.several(spread, own=OWN), board.clusters, PROFILE)
        pairs = summarise(values, joint).pairs
        whole += all(
            pair.low <= true[pair.first] - true[pair.second] <= pair.high for pair in pairs
        )
    return 100 * whole / tries


def main(tries: int = 400) -> None:
    """Print the table as Markdown, a row as soon as it is there."""
    shapes = {name: shape for name, shape in SHAPES.items() if shape.wordings > 2}
    sys.stdout.write(f"| shape | {' | '.join(SPREADS)} |\n|---|{'---|' * len(SPREADS)}\n")
    with ProcessPoolExecutor() as pool:
        jobs = {
            name: [pool.submit(partial(together, one, shape, tries)) for one in SPREADS.values()]
            for name, shape in shapes.items()
        }
        for name, found in jobs.items():
            shares = " | ".join(f"{each.result():.1f}" for each in found)
            sys.stdout.write(f"| {name} | {shares} |\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
