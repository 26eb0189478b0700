"""A simulated benchmark whose optimum is known: recipes, two kinds of noise, and what they cost.

Accuracy falls with the square of log10(lr / best lr), with ranks below 32, with too few and with
too many epochs; a higher rate learns faster, so that short trainings prefer higher rates than long
ones do, as real ones do. Training noise is a deviation of 3 points for each recipe, seed and length
of training. Question noise is 200 questions of different difficulty, the same for all.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from harness.sweep.trials import Ask, Evaluation

TRAINING_SD = 3.0
QUESTIONS = 200
SEARCH = {
    "finetune.lr": {"low": 1.0e-5, "high": 1.0e-2, "log": True},
    "finetune.rank": {"choices": [8, 16, 32, 64]},
    "finetune.epochs": {"low": 1, "high": 6},
    "finetune.dropout": {"low": 0.0, "high": 0.1},
    "dataset.augment.frames": {"low": 0.0, "high": 1.0},
}
_RANK = {8: 3.0, 16: 1.2, 32: 0.0, 64: 0.3}


class World:
    """One benchmark; another seed has another optimum, another height and another bend."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng([7, seed])
        self.seed = seed
        self.best_lr = rng.uniform(-4.0, -2.5)  # its logarithm to base 10
        self.top = rng.uniform(78.0, 90.0)
        self.bend = rng.uniform(12.0, 24.0)  # points that a rate ten times off costs
        self.slow = rng.uniform(0.4, 1.0)  # epochs in which two thirds of the way are learned
        self.over = rng.uniform(0.3, 1.2)  # points that an epoch too many costs
        self.frames = rng.uniform(0.0, 4.0)
        self.difficulty = rng.normal(0.0, 1.2, QUESTIONS)

    def truth(self, values: Mapping[str, Any], share: float = 1.0) -> float:
        """Accuracy in points without any noise."""
        off = math.log10(values["finetune.lr"]) - self.best_lr
        learned = values["finetune.epochs"] * share * 10 ** (0.6 * off)
        frames = values["dataset.augment.frames"]
        right = self.top - self.bend * off**2 - _RANK[values["finetune.rank"]]
        right -= 40 * math.exp(-learned / self.slow) + self.over * max(0.0, learned - 4)
        right -= 200 * (values["finetune.dropout"] - 0.03) ** 2
        right -= self.frames * (frames - 0.4) ** 2
        return float(max(5.0, min(99.0, right)))

    def optimum(self) -> float:
        """The best accuracy that any recipe of the space has."""
        rates = np.logspace(-5, -2, 121)
        return max(
            self.truth({"finetune.lr": rate, "finetune.rank": 32, "finetune.epochs": epochs,
                        "finetune.dropout": 0.03, "dataset.augment.frames": 0.4})
            for rate in rates for epochs in range(1, 7)
        )  # fmt: skip

    def answers(self, values: Mapping[str, Any], share: float, seed: int) -> np.ndarray:
        """Which questions one training answers right: zeros and ones."""
        told = sorted((key, float(value)) for key, value in values.items())
        mixed = np.random.SeedSequence(
            [self.seed, seed, int(share * 1e6), zlib.crc32(repr(told).encode())]
        )
        rng = np.random.default_rng(mixed)
        level = min(99.0, max(1.0, self.truth(values, share) + rng.normal(0, TRAINING_SD)))
        return rng.random(QUESTIONS) < _chances(level / 100, self.difficulty)


def _chances(level: float, difficulty: np.ndarray) -> np.ndarray:
    """How likely each question is answered right, with `level` on average."""
    low, high = -12.0, 12.0
    for _ in range(40):
        middle = (low + high) / 2
        mean = float(np.mean(1 / (1 + np.exp(-(middle - difficulty)))))
        low, high = (middle, high) if mean < level else (low, middle)
    return np.asarray(1 / (1 + np.exp(-(low - difficulty))))


class Simulated:
    """Evaluates by a world; counts what it costs, in trainings of three epochs."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.cost = 0.0
        self._answers: dict[str, np.ndarray] = {}

    def evaluate(self, asks: Sequence[Ask]) -> list[Evaluation]:
        """Evaluate recipes with the seed of the search."""
        return [self._evaluate(ask) for ask in asks]

    def _evaluate(self, ask: Ask) -> Evaluation:
        right = self.world.answers(ask.values, ask.share, 0)
        name = f"{ask.number}-{ask.share:.3f}"
        self._answers[name] = right
        cost = ask.share * ask.values["finetune.epochs"] / 3
        self.cost += cost
        value = 100 * float(right.mean())
        se = 196 * math.sqrt(max(float(right.var()), 1e-4) / QUESTIONS)
        part = {"value": value, "low": value - se, "high": value + se}
        return Evaluation(value, {"AS": part, "total": part}, cost * 3600, None, name)

    def answers(self, found: Evaluation) -> Mapping[int, float]:
        """By question."""
        return dict(enumerate(self._answers[found.score].astype(float).tolist()))
