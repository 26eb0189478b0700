"""What a sweep asks for, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

# What a trial earns in points, each with its 95% interval over the questions.
Estimate = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Ask:
    """One recipe to evaluate.

    Args:
        number: of the trial.
        values: by dotted field.
        share: what part of its epochs it is trained for.
    """

    number: int
    values: Mapping[str, Any]
    share: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came of it.

    Args:
        value: the total, in points, over the parts that there are; `None` where it failed.
        parts: AS and AE, each with its interval, and what else was measured, by name.
        seconds: that training and answering took, whenever that was, in all attempts; also where
            it failed.
        memory_gb: that a step of training takes, as forecast; `None` where that cannot be counted.
        score: name of the folder of its scores in the store.
        problem: why it failed, in a sentence; empty where it did not.
    """

    value: float | None = None
    parts: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    memory_gb: float | None = None
    score: str = ""
    problem: str = ""

    def as_json(self) -> dict[str, Any]:
        """For the ledger."""
        return asdict(self)


class Evaluator(Protocol):
    """Trains, answers and scores."""

    def evaluate(self, asks: Sequence[Ask]) -> list[Evaluation]:
        """Evaluate recipes side by side, in their order; what fails is a value, and no error."""

    def answers(self, found: Evaluation) -> Mapping[int, float]:
        """What each question earned, 0 to 1, by its place; without those that are unscored."""
