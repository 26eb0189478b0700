"""Whether red nights are regressions, regressions are red, and the cause that is named is theirs.

    python tests/bench/nightly_bench.py [--histories 100] [--tries 400] [--workers 1]

Nights are drawn (`tests/harness/nightly/simulated.py`) and put through the rule of
`podium nightly`: 15 gates (3 parts, 5 specs) over 200 quiet nights, in worlds that are calm and
loud; regressions of 3 points of AS (and what AE loses with them) at 1,400 questions and of 15% in
time, on which night they are red; and whether the cause is named that made them. About twenty
minutes on one core.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np

from harness.nightly.evidence import Gate
from tests.harness.nightly.simulated import World, caught, false_reds, named

WORLDS: Mapping[str, World] = {
    "calm": World(),
    "greedy, nothing wavers": World(wavering=0.005, together=0.0, session=0.01),
    "answers waver": World(wavering=0.25, together=0.2),
    "nights differ: trained anew, times 3%": World(together=0.6, session=0.03),
    "400 questions": World(questions=400),
}
LOSSES: Mapping[Gate, float] = {"AS": 3.0, "AE": 3.0, "time": 0.15}
SEED = 20261201


def main() -> None:
    """Print the tables as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=100)
    parser.add_argument("--tries", type=int, default=400)
    parser.add_argument("--workers", type=int, default=None)
    given = parser.parse_args()
    say = sys.stdout.write
    with ProcessPoolExecutor(given.workers) as pool:
        seeds = range(SEED, SEED + given.histories)
        say("| world | false reds in 200 nights | histories with one or more | most |\n")
        say("|---|---|---|---|\n")
        for name, world in WORLDS.items():
            reds = np.array(list(pool.map(partial(false_reds, world=world), seeds)))
            error = 1.96 * reds.std(ddof=1) / np.sqrt(len(reds))
            row = f"{reds.mean():.2f} ± {error:.2f} | {np.mean(reds > 0):.0%} | {reds.max()}"
            say(f"| {name} | {row} |\n")
            sys.stdout.flush()
        tries = range(SEED, SEED + given.tries)
        say("\n| world | loss | red on the first night | within two |\n|---|---|---|---|\n")
        for name, world in WORLDS.items():
            for gate, size in LOSSES.items():
                job = partial(caught, world=world, gate=gate, size=size)
                at = np.array(list(pool.map(job, tries, chunksize=16)))
                row = f"{gate} {size:g} | {np.mean(at == 1):.1%} | {np.mean(at <= 2):.1%}"
                say(f"| {name} | {row} |\n")
                sys.stdout.flush()
        say("\n| loss | cause is right |\n|---|---|\n")
        for gate, size in LOSSES.items():
            cause = partial(named, world=WORLDS["calm"], gate=gate, size=size)
            told = [one for one in pool.map(cause, tries, chunksize=16) if one is not None]
            say(f"| {gate} {size:g} | {np.mean(told):.1%} of {len(told)} |\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
