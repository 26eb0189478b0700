"""What a sweep finds and costs where the optimum is known, and how fast it is told.

    python tests/bench/sweep_bench.py [--seeds 20] [--only search|report]

`search`: on simulated benchmarks (`sweep_world.py`; other seeds than the search was set on) the
default search and one by chance, of equally many trials. Cost is in trainings of three epochs.
`report`: a study of 100 trials on 8 x 200 questions whose answers are in the store.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import optuna

from harness.config.search import Range, SweepSection
from harness.spec import Spec
from harness.store.files import make_folder, write_bytes, write_text
from harness.sweep.finals import Finals, finalists
from harness.sweep.findings import findings
from harness.sweep.ledger import Kept, Ledger, open_ledger
from harness.sweep.page import page
from harness.sweep.request import Request
from harness.sweep.search import search
from harness.sweep.space import Space
from harness.sweep.suggest import calm
from harness.sweep.tables import as_markdown
from harness.sweep.trials import Ask, Evaluation
from tests.bench.sweep_world import SEARCH, Simulated, World

RANDOM: dict[str, Any] = {"sampler": "random", "shares": (1.0,), "prune": None}
SEEDS = (0, 1, 3, 5)  # of a finalist; 0 is none beyond the one that it was chosen by


def main() -> None:
    """Print what was found, as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--trials", type=int, default=30)
    parser.add_argument("--only", choices=["search", "report"])
    given = parser.parse_args()
    if given.only != "report":
        print_search(range(given.seeds), given.trials)
    if given.only != "search":
        print_report()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


# --- search --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """One search: `reach` is the cost at which the best so far was truly 95% of the optimum."""

    cost: float
    reach: float | None
    optimum: float
    incumbent: float
    tried: float
    finalist: float
    winners: dict[int, float]

    @property
    def bests(self) -> tuple[float, float, float]:
        """The truly best finalist, trial and recipe."""
        return self.finalist, self.tried, self.optimum


def print_search(seeds: Sequence[int], trials: int) -> None:
    """A row a way of searching."""
    ways: dict[str, dict[str, Any]] = {"by chance": RANDOM, "default": {}}
    _say(f"{len(seeds)} benchmarks, {trials} trials, medians\n")
    _say("| search | cost | cost to 95% | reached | incumbent / optimum |")
    _say("|---|---:|---:|---:|---:|")
    kept = {}
    for name, settings in ways.items():
        kept[name] = found = [one(World(seed), trials, **settings) for seed in seeds]
        reached = [f.reach for f in found if f.reach is not None]
        never = [float("inf")] * (len(found) - len(reached))
        _say(
            f"| {name} | {statistics.median(f.cost for f in found):.1f} "
            f"| {statistics.median([*reached, *never]):.1f} | {len(reached)} of {len(found)} "
            f"| {statistics.median(f.incumbent / f.optimum for f in found):.3f} |"
        )
    _say("\nWinners that are truly within one point of the best, of each\n")
    _say("| search | seeds of a finalist | of the finalists | of the trials | of all recipes |")
    _say("|---|---:|---:|---:|---:|")
    for name, found in kept.items():
        for seed in SEEDS:
            gaps = [[best - f.winners[seed] for best in f.bests] for f in found]
            counts = [sum(gap <= 1 for gap in of) for of in zip(*gaps, strict=True)]
            _say(f"| {name} | {seed} | {' | '.join(f'{c} of {len(found)}' for c in counts)} |")


def one(world: World, trials: int, **settings: Any) -> Found:
    """Search a world, and name a winner of its finalists by so many seeds."""
    evaluator = Simulated(world)
    asked = request(trials=trials, seed=world.seed, **settings)
    done = search(asked, _ledger(), evaluator)
    chosen = finalists(asked, done)
    truths = [world.truth(kept.labels or {}) for kept in chosen]
    optimum = world.optimum()
    reach, incumbent = _reached(world, done, 0.95 * optimum)
    winners = {seeds: truths[_winner(world, chosen, seeds)] for seeds in SEEDS}
    tried = max(world.truth(kept.labels or {}) for kept in done)
    return Found(evaluator.cost, reach, optimum, incumbent, tried, max(truths), winners)


def _winner(world: World, chosen: Sequence[Kept], seeds: int) -> int:
    """The place of the finalist with the highest mean over new seeds; else that of the search."""
    means = [
        np.mean([world.answers(one.labels or {}, 1.0, seed + 1).mean() for seed in range(seeds)])
        if seeds else -place
        for place, one in enumerate(chosen)
    ]  # fmt: skip
    return int(np.argmax(means))


def _reached(world: World, done: Sequence[Kept], bar: float) -> tuple[float | None, float]:
    """The cost of all batches up to that whose incumbent was truly so good, and the last one."""
    spent, best, incumbent, reach = 0.0, -1.0, 0.0, None
    for batch in dict.fromkeys(kept.batch for kept in done):
        members = [kept for kept in done if kept.batch == batch]
        spent += sum(found.seconds for kept in members for found in kept.rounds) / 3600
        for kept in members:
            if kept.is_whole and (kept.last.value or 0.0) > best:
                best, incumbent = kept.last.value or 0.0, world.truth(kept.labels or {})
        if reach is None and incumbent >= bar:
            reach = spent
    return reach, incumbent


def request(runs: Path | None = None, **settings: Any) -> Request:
    """A sweep over the ranges of the worlds."""
    tuned = {"lr": 1e-4, "rank": 8, "epochs": 3}
    tree: dict[str, Any] = {"name": "sim", "finetune": tuned}
    if runs is not None:
        tree["runtime"] = {"runs": runs}
    ranges = {key: Range.model_validate(one) for key, one in SEARCH.items()}
    return Request(Spec.model_validate(tree), Space(ranges), ranges, SweepSection(**settings))


def _ledger() -> Ledger:
    with calm():
        study = optuna.create_study(direction="maximize")
    return Ledger(study, "memory", shared=False)


# --- report --------------------------------------------------------------------------------------


class Cached(Simulated):
    """Eight times as many questions, which cost nothing more."""

    def evaluate(self, asks: Sequence[Ask]) -> list[Evaluation]:
        """As it does, but with a length."""
        found = super().evaluate(asks)
        return [
            Evaluation(one.value, {**one.parts, "length": 10.0 + at}, one.seconds, 1.0, one.score)
            for at, one in enumerate(found)
        ]


def print_report() -> None:
    """How long it takes from a finished study to its files."""
    with tempfile.TemporaryDirectory() as folder:
        asked = request(Path(folder), trials=100, shares=(1.0,))
        make_folder(asked.folder)
        search(asked, open_ledger(asked), Cached(World(0)))
        began = time.perf_counter()
        trials = search(asked, open_ledger(asked), Cached(World(0)))
        found = findings(asked, trials, Finals())
        write_bytes(asked.folder / "sweep.html", page(found))
        write_text(asked.folder / "sweep.md", as_markdown(found))
        _say(f"\n{len(trials)} trials told in {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
