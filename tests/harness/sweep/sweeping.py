"""A sweep small enough for a test: a spec that takes no time, and a ledger in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import optuna

from harness.config.search import Range, SweepSection
from harness.spec import Spec
from harness.sweep.finals import Finals
from harness.sweep.findings import findings, front
from harness.sweep.ledger import Kept, Ledger
from harness.sweep.request import Request
from harness.sweep.search import search
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


def found(**settings: Any) -> dict[str, Any]:
    """What a search without finals found; its fifth trial failed."""
    asked = request(trials=18, **settings)
    return findings(asked, search(asked, ledger(), Toy(fails=(4,))), Finals())


def finished() -> dict[str, Any]:
    """The same with finals: three finalists, two of them not told apart, and both fronts."""
    said = found()
    known = [one for one in said["trials"] if one["AS"] is not None]
    ended = sorted(known, key=lambda one: -one["AS"]["value"])[:3]
    finals = [_final(place, one) for place, one in enumerate(ended)]
    for one, final in zip(ended, finals, strict=True):
        one |= {"state": "complete", "final": final["name"]}
    points = [(str(one["number"]), 8.0 + one["number"] % 7, one["AS"]) for one in known]
    times = [(str(one["trial"]), one["latency"]["p50_s"], one["parts"]["AS"]) for one in finals]
    fronts = {"length": front(points, 1.2), "latency": front(times, 1.2)}
    return {
        **said, "finals": finals, "winner": finals[0]["name"], "not_apart": [finals[1]["name"]],
        "noise": {"training_sd": 1.2}, "fronts": fronts,
        "failed_finals": {"final-4": "CUDA out of memory"},
    }  # fmt: skip


def _final(place: int, one: Mapping[str, Any]) -> dict[str, Any]:
    value = 86.0 - 1.5 * place
    part = {"value": value, "low": value - 2.5, "high": value + 2.5}
    return {
        "name": f"final-{place + 1}", "rank": [1, 2] if place < 2 else [3, 3], "p_best": None,
        "total": part, "total_untimed": part, "parts": dict.fromkeys(("AS", "ART", "AE"), part),
        "latency": {"p50_s": 0.2 + place / 9}, "repeats": {"n": 3, "sd": {"AS": 1.2}},
        "trial": one["number"], "values": one["values"], "searched": one["rounds"][-1],
    }  # fmt: skip


def told(trials: Sequence[Kept]) -> list[tuple[object, ...]]:
    """What two equal searches have in common."""
    return [(one.number, one.state, one.labels, one.rounds, one.violations) for one in trials]


def write(folder: Path, spec: Mapping[str, Any]) -> Path:
    """A spec file with a search."""
    from tests.podium import write_spec

    return write_spec(folder, spec)
