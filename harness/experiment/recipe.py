"""A recipe: what a spec trains with one seed, or with several to see how far they scatter.

Seeds of one recipe are experiments like any other, that differ in `finetune.seed` alone: a seed
that was trained before, in whatever number of repeats, is found in the store.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from harness.errors import SpecError
from harness.experiment.experiment import Experiment, share_sessions
from harness.experiment.lengths import fitted
from harness.spec import Spec
from harness.stages.stage import Inputs
from harness.store.diff import differences
from harness.store.digests import plain
from harness.store.store import Store, stage_key

log = logging.getLogger("podium")

POOL = "pool"
# Raised when the pool stage changes what it writes.
VERSION = 1


@dataclass(frozen=True, slots=True)
class Alike:
    """What all entries of a leaderboard have in common.

    Args:
        says: what it says, in words.
        reads: the same of an experiment, field by field.
    """

    says: str
    reads: Callable[[Experiment], Inputs]


# By the section of a spec that decides it. Whatever varies experiments leaves these sections alone.
ONE_BOARD: Mapping[str, Alike] = MappingProxyType(
    {
        "suite": Alike("what is asked", lambda one: one.inputs("questions")),
        "score": Alike("what a score means", lambda one: one.scoring),
    }
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """A spec with the experiments that it stands for, one a seed.

    Seeds differ in their answers and not in what one answer takes, so the first is timed for all.
    """

    spec: Spec
    members: tuple[Experiment, ...]

    @property
    def first(self) -> Experiment:
        """The experiment with the seed that the spec names, or the only one."""
        return self.members[0]

    @property
    def is_repeated(self) -> bool:
        """Whether it is trained with several seeds."""
        return len(self.members) > 1

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds that it is trained with; none where it is not trained."""
        sections = (member.spec.finetune for member in self.members)
        return tuple(section.seed for section in sections if section is not None)

    @property
    def run_folder(self) -> Path:
        """Where it is shown."""
        return self.first.store.root / self.spec.name

    def inputs(self) -> Inputs:
        """Everything that decides what the pool stage writes."""
        scores = [member.key("score") for member in self.members]
        return {"version": VERSION, "seeds": list(self.seeds), "scores": scores}

    @property
    def keys(self) -> dict[str, str]:
        """The key of each stage that it shows, by name: the first seed's, and the pool of all."""
        keys: dict[str, str] = {stage: self.first.key(stage) for stage in self.first.stages}
        return {**keys, POOL: stage_key(self.inputs())} if self.is_repeated else keys

    @property
    def folders(self) -> dict[str, Path]:
        """Where each of these stages lies."""
        stages = self.first.store.stages
        return {stage: stages / f"{stage}-{key}" for stage, key in self.keys.items()}

    @property
    def scored(self) -> Path:
        """Where its `scores.jsonl` and `score.json` lie."""
        return self.folders[POOL if self.is_repeated else "score"]


def open_recipe(spec: Spec, store: Store, until: str = "score") -> Recipe:
    """Find the places of a spec's experiments in the store.

    Raises:
        InputError: a table or model folder that the spec names is missing or refused.
        MissingDependency: the engine is not installed.
        SpecError: the base has too few positions for an answer.
    """
    spec, lowered = fitted(spec)
    for sentence in lowered:
        log.info("%s: %s", spec.name, sentence)
    first, *others = seeds_of(spec)
    timed = Experiment(first, store, until)
    rest = (Experiment(other, store, until, timed_by=timed) for other in others)
    return Recipe(spec, (timed, *rest))


def seeds_of(spec: Spec) -> Iterator[Spec]:
    """The specs that a spec stands for: itself, or one a seed."""
    if spec.finetune is None or spec.repeats == 1:
        yield spec
        return
    for seed in range(spec.finetune.seed, spec.finetune.seed + spec.repeats):
        yield spec.model_copy(
            update={
                "name": f"{spec.name}-seed-{seed}",
                "recipe": spec.name,
                "repeats": 1,
                "finetune": spec.finetune.model_copy(update={"seed": seed}),
            }
        )


def repeated(specs: Sequence[Spec], repeats: int) -> list[Spec]:
    """The specs, each that is tuned with so many seeds, whatever it says itself.

    Raises:
        SpecError: none is tuned.
    """
    if all(spec.finetune is None for spec in specs):
        raise SpecError("--repeats: only training has seeds to repeat, and no entry is tuned")
    return [
        spec if spec.finetune is None else spec.model_copy(update={"repeats": repeats})
        for spec in specs
    ]


def prepare(specs: Sequence[Spec], until: str = "score") -> list[Recipe]:
    """Find the place of each spec in the store, which names every missing file before any runs."""
    recipes = [open_recipe(spec, Store(spec.runtime.runs), until) for spec in specs]
    share_sessions([recipe.first for recipe in recipes])
    for recipe in recipes:
        recipe.inputs()
        _check_one_board(recipes[0].first, recipe.first)
    return recipes


def _check_one_board(first: Experiment, other: Experiment) -> None:
    """Refuse experiments that could not stand on one leaderboard, before either runs."""
    for alike in ONE_BOARD.values():
        for difference in differences(plain(alike.reads(first)), plain(alike.reads(other))):
            raise SpecError(
                f"{first.spec.name} and {other.spec.name} cannot share a leaderboard: they differ "
                f"in {difference}; run them one by one"
            )
