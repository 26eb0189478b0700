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
from collections.abc import Iterable, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import partial

import numpy as np

from harness.nightly.evidence import Gate
from tests.harness.nightly.simulated import World, caught, caught_by_fdr, false_reds, named

# Nights, and how many of them are blessed.
WORLDS: Mapping[str, tuple[World, int]] = {
    "calm": (World(), 4),
    "calm, one night blessed": (World(), 1),
    "calm, two nights blessed": (World(), 2),
    "400 questions": (World(questions=400), 4),
    "answers waver": (World(wavering=0.25, together=0.2), 4),
    "nothing wavers": (World(wavering=0.005, together=0.0, session=0.01), 4),
    "nights differ: trained anew, times 3%": (World(together=0.6, session=0.03), 4),
}
LOSSES: Mapping[Gate, float] = {"AS": 3.0, "AE": 3.0, "time": 0.15}
_OF_FDR = ("calm", "answers waver", "nights differ: trained anew, times 3%")
SEED = 20261201
_HEADS = (
    "world", "false reds", "histories with any", "most", *LOSSES, "AS in two wordings",
    "cause AS", "cause time",
)  # fmt: skip


def main() -> None:
    """Print a row a world as Markdown: of a loss, red on the first night, and within two."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=100)
    parser.add_argument("--tries", type=int, default=400)
    parser.add_argument("--workers", type=int, default=None)
    given = parser.parse_args()
    sys.stdout.write(f"| {' | '.join(_HEADS)} |\n{'|---' * len(_HEADS)}|\n")
    with ProcessPoolExecutor(given.workers) as pool:
        for name, (world, k) in WORLDS.items():
            cells = [
                *_quiet(pool, world, k, given.histories),
                *(_caught(pool, world, k, gate, given.tries) for gate in LOSSES),
                _caught(pool, world, k, "AS", given.tries, wordings=2),
                *(_named(pool, world, k, gate, given.tries) for gate in ("AS", "time")),
            ]
            sys.stdout.write(f"| {name} | {' | '.join(cells)} |\n")
            sys.stdout.flush()
        _by_fdr(pool, given.histories, given.tries)


def _by_fdr(pool: Executor, histories: int, tries: int) -> None:
    """The same for `--rule online-fdr`, four nights blessed; it names causes as the rule does."""
    for name in _OF_FDR:
        world, k = WORLDS[name]
        cells = _quiet(pool, world, k, histories, "online-fdr")
        for gate, size in LOSSES.items():
            job = partial(caught_by_fdr, world=world, gate=gate, size=size)
            cells.append(_nights(pool.map(job, range(SEED, SEED + tries), chunksize=8)))
        sys.stdout.write(f"| online-fdr: {name} | {' | '.join(cells)} | | | |\n")
        sys.stdout.flush()


def _quiet(pool: Executor, world: World, k: int, histories: int, rule: str = "pooled") -> list[str]:
    """False reds over 200 quiet nights of 15 gates."""
    job = partial(false_reds, world=world, k=k, rule=rule)
    reds = np.array(list(pool.map(job, range(SEED, SEED + histories))))
    error = 1.96 * reds.std(ddof=1) / np.sqrt(len(reds))
    return [f"{reds.mean():.2f} ± {error:.2f}", f"{np.mean(reds > 0):.0%}", str(reds.max())]


def _caught(
    pool: Executor, world: World, k: int, gate: Gate, tries: int, wordings: int | None = None
) -> str:
    job = partial(caught, world=world, gate=gate, size=LOSSES[gate], k=k, wordings=wordings)
    return _nights(pool.map(job, range(SEED, SEED + tries), chunksize=16))


def _nights(found: Iterable[int]) -> str:
    """How often a loss is red on its first night, and within two."""
    at = np.array(list(found))
    return f"{np.mean(at == 1):.0%}, {np.mean(at <= 2):.1%}"


def _named(pool: Executor, world: World, k: int, gate: Gate, tries: int) -> str:
    job = partial(named, world=world, gate=gate, size=LOSSES[gate], k=k)
    told = [
        one for one in pool.map(job, range(SEED, SEED + tries), chunksize=16) if one is not None
    ]
    return f"{np.mean(told):.1%}" if told else "none seen"


if __name__ == "__main__":
    main()
