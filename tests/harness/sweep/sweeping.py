"""A sweep small enough for a test: a spec that takes no time, and a ledger in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import optuna

from harness.config.search import Range, SweepSection
from harness.spec import Spec
from harness.sweep.ledger import Kept, Ledger
from harness.sweep.request import Request
from harness.sweep.space import Space
from harness.sweep.suggest import calm
from harness.sweep.trials import Ask, Evaluation

FAKE: dict[str, Any] = {
    "name": "fake",
    "suite": {"name": "timetable", "table": "builtin:board-24.xlsx", "families": ["dwell"]},
    "model": {"base": None, "engine": "fake", "skill": 0.5},
    "search": {"model.skill": {"low": 0.1, "high": 0.9}, "generate.max_tokens": [32, 64]},
    "sweep": {"trials": 8, "batch": 4, "finalists": 2},
}
RANGES: dict[str, Any] = {
    "finetune.lr": {"low": 1e-4, "high": 1e-2, "log": True},
    "finetune.rank": {"choices": [8, 16, 32]},
    "finetune.dropout": {"low": 0.0, "high": 0.1, "when": {"finetune.rank": [16, 32]}},
}


def request(ranges: Mapping[str, Any] = RANGES, **settings: Any) -> Request:
    """A sweep over a tuned spec, without a file."""
    tuned = {"lr": 1e-3, "rank": 8, "epochs": 3}
    spec = Spec.model_validate({"name": "tuned", "finetune": tuned})
    read = {key: Range.model_validate(one) for key, one in ranges.items()}
    return Request(spec, Space(read), read, SweepSection(**settings))


def ledger() -> Ledger:
    """One that nobody else has."""
    with calm():
        study = optuna.create_study(direction="maximize")
    return Ledger(study, "memory", shared=False)


class Toy:
    """Worth more the nearer the rate is to 1e-3 and the longer the training; keeps what it did."""

    def __init__(self, fails: Sequence[int] = ()) -> None:
        self.asked: list[Ask] = []
        self.fails = fails

    def evaluate(self, asks: Sequence[Ask]) -> list[Evaluation]:
        """A second each."""
        self.asked += asks
        return [self._one(ask) for ask in asks]

    def _one(self, ask: Ask) -> Evaluation:
        if ask.number in self.fails:
            return Evaluation(problem="diverged")
        off = abs(ask.values["finetune.lr"] - 1e-3) * 1000
        value = 80 + 5 * ask.share - 10 * off
        part = {"value": value, "low": value - 2, "high": value + 2}
        parts = {"AS": part, "total": part, "length": 10.0}
        return Evaluation(value, parts, 1.0, float(ask.values["finetune.rank"]), str(value))

    def answers(self, found: Evaluation) -> Mapping[int, float]:
        """Every question alike."""
        return dict.fromkeys(range(30), float(found.score))


def told(trials: Sequence[Kept]) -> list[tuple[object, ...]]:
    """What two equal searches have in common."""
    return [(one.number, one.state, one.labels, one.rounds, one.violations) for one in trials]


def write(folder: Path, spec: Mapping[str, Any]) -> Path:
    """A spec file with a search."""
    from tests.podium import write_spec

    return write_spec(folder, spec)
