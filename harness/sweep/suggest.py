"""Which recipes to try next: a function of what is finished, and of nothing else.

Each trial's draws have a seed of their own, so a sweep that was killed goes on with the recipes
that it would have tried.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.config.search import SweepSection
from harness.sweep.space import Space

if TYPE_CHECKING:
    from optuna.samplers import BaseSampler
    from optuna.study import Study
    from optuna.trial import FrozenTrial

Labels = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Past:
    """A finished trial, as the sampler sees it.

    Args:
        labels: the recipe.
        rounds: what it was worth in each round that it was in, in points.
        whole: whether it was in the last.
        violations: by constraint, how far beyond it is; 0 or less keeps to it.
    """

    labels: Labels
    rounds: Sequence[float]
    whole: bool
    violations: Mapping[str, float]


@contextmanager
def calm() -> Iterator[None]:
    """Optuna without its log and its notes on what is experimental."""
    import optuna

    optuna.logging.set_verbosity(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        yield


class Suggester:
    """Chooses the recipes of one batch.

    Args:
        space: the ranges.
        settings: the sampler, its seed, and how many trials a batch has.
        own: the recipe that the spec is, which is tried first; `None` where it lies outside.
        past: finished trials, in their order.
    """

    def __init__(
        self, space: Space, settings: SweepSection, own: Labels | None, past: Sequence[Past]
    ) -> None:
        self._space, self._settings, self._own = space, settings, own
        with calm():
            self._study = _study(space, past)

    def suggest(self, number: int) -> dict[str, Any] | None:
        """The recipe of a trial, as labels; `None` where the grid is at its end."""
        if self._settings.sampler == "grid":
            rows = self._space.grid()
            return rows[number] if number < len(rows) else None
        if number == 0 and self._own is not None:
            self.note(self._own)
            return dict(self._own)
        with calm():
            self._study.sampler = self._sampler(number)
            return self._space.suggest(self._study.ask())

    def note(self, labels: Labels) -> None:
        """A trial of the batch has this recipe already."""
        with calm():
            self._study.add_trial(_running(self._space, labels))

    def _sampler(self, number: int) -> BaseSampler:
        from optuna.samplers import RandomSampler, TPESampler

        seed = int(np.random.SeedSequence([self._settings.seed, number]).generate_state(1)[0])
        if self._settings.sampler == "random":
            return RandomSampler(seed=seed)
        return TPESampler(
            seed=seed,
            n_startup_trials=self._settings.batch,
            multivariate=True,
            group=self._space.is_conditional,
        )


def _study(space: Space, past: Sequence[Past]) -> Study:
    import optuna

    study = optuna.create_study(direction="maximize")
    study.add_trials([_finished(space, one) for one in past])
    return study


def _finished(space: Space, one: Past) -> FrozenTrial:
    from optuna.trial import TrialState, create_trial

    return create_trial(
        state=TrialState.COMPLETE if one.whole else TrialState.PRUNED,
        value=one.rounds[-1],
        **space.frozen(one.labels),
        intermediate_values=dict(enumerate(one.rounds)),
        constraints=dict(one.violations),
    )


def _running(space: Space, labels: Labels) -> FrozenTrial:
    from optuna.trial import TrialState, create_trial

    return create_trial(state=TrialState.RUNNING, **space.frozen(labels))
