"""Who is still in a run: an entry that fails leaves it, and the others go on without it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from harness.errors import InputError, PodiumError, RunError, StoreError
from harness.experiment.engines import Answering, MemberFailed, by_engine
from harness.experiment.experiment import Experiment, share_sessions
from harness.experiment.recipe import Recipe
from harness.stages.stage import Stage

log = logging.getLogger("podium")


class EntriesFailed(RunError):
    """Some entries failed; the others are finished. Where all did for one reason, it says that.

    Args:
        failures: why, by the names of the entries.
        entries: how many there were.
        folders: the run folders of those that are finished.
    """

    def __init__(
        self, failures: Mapping[str, PodiumError], entries: int, folders: Sequence[Path]
    ) -> None:
        first, *others = {id(error): error for error in failures.values()}.values()
        if not others and len(failures) == entries:
            super().__init__(str(first))
            self.exit_code = first.exit_code
        else:
            reasons = "; ".join(f"{name}: {error}" for name, error in failures.items())
            super().__init__(
                f"{len(failures)} of {entries} entries failed, and are not on the board: {reasons}"
            )
        self.failures = dict(failures)
        self.folders = list(folders)


class Running:
    """The recipes that are still in a run, and why others have left it.

    What a user must act on, or what breaks an entry's own training or answers, is that entry's
    matter. A disk that refuses and Ctrl-C are everybody's, and pass through.

    Args:
        recipes: all that were asked for.
        answering: who answers for them.
    """

    def __init__(self, recipes: Sequence[Recipe], answering: Answering) -> None:
        self.recipes = list(recipes)
        self.failures: dict[str, PodiumError] = {}
        self._answering = answering
        self._broken: dict[tuple[str, str], PodiumError] = {}

    @property
    def experiments(self) -> list[Experiment]:
        """Their experiments, those that can share an engine side by side."""
        return by_engine([member for recipe in self.recipes for member in recipe.members])

    def run(self, stage: Stage) -> None:
        """Do what is missing of one stage."""
        for experiment in self.experiments:
            while self._is_in(experiment) and lacks(experiment, stage):
                self._make(experiment, stage)

    def _make(self, experiment: Experiment, stage: Stage) -> None:
        """Do the stage, or let go of whoever it fails for; a session goes on without a member."""
        step = (stage.name, experiment.key(stage.name))
        try:
            if step in self._broken:  # what entries share fails once
                raise self._broken[step]
            log.info("%s: %s", experiment.label, stage.name)
            build = partial(stage.build, experiment, self._answering)
            experiment.store.make(stage.name, experiment.inputs(stage.name), build)
        except StoreError:
            raise
        except MemberFailed as failed:
            self._drop(failed.member, stage, failed.error)
        except (RunError, InputError) as error:
            self._broken[step] = error
            self._drop(experiment, stage, error)

    def _is_in(self, experiment: Experiment) -> bool:
        return any(experiment in recipe.members for recipe in self.recipes)

    def _drop(self, experiment: Experiment, stage: Stage, error: PodiumError) -> None:
        """Let a recipe go: without one of its seeds it has no score."""
        left = next(recipe for recipe in self.recipes if experiment in recipe.members)
        self.recipes = [recipe for recipe in self.recipes if recipe is not left]
        self.failures[left.spec.name] = error
        self._answering.leave_out(left.members)
        share_sessions([member for recipe in self.recipes for member in recipe.members])
        if self.recipes:
            log.warning("%s: %s failed, the others go on: %s", experiment.label, stage.name, error)

    def check(self, folders: Sequence[Path]) -> None:
        """Tell who failed, once all else is done.

        Raises:
            EntriesFailed: some did, or all.
        """
        if self.failures:
            first = next(iter(self.failures.values()))
            entries = len(self.recipes) + len(self.failures)
            raise EntriesFailed(self.failures, entries, folders) from first


def lacks(experiment: Experiment, stage: Stage) -> bool:
    """Whether an experiment has a stage that is not done."""
    return stage.name in experiment.stages and experiment.find(stage.name) is None
