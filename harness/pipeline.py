"""The whole experiment on one screen.

    spec → questions → distill → dataset → finetune → infer → latency → score → report

Models that are named by a hub are brought here first; after that no hub is asked.
Each stage looks into the store first; what is there is not done again. Entries that share a base
are answered on one engine, and timed side by side in one session. A recipe that is repeated is an
experiment a seed; in the end their scores are pooled.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from harness.config.engines import WEIGHTLESS
from harness.experiment.engines import Answering, by_engine
from harness.experiment.experiment import Experiment
from harness.experiment.models import fetch_models
from harness.experiment.recipe import POOL, Recipe, prepare
from harness.experiment.run_folder import publish
from harness.models.loading import check_network
from harness.models.quiet import quiet, set_environment
from harness.spec import Spec
from harness.stages import order
from harness.stages.pool import pool
from harness.stages.stage import Stage
from harness.store.store import Store

log = logging.getLogger("podium")


def run(specs: Sequence[Spec], until: str = "score") -> list[Path]:
    """Run what is missing; return the run folder of each experiment, in order.

    Args:
        specs: the experiments.
        until: the last stage to run; run folders are written only where it is `score`.

    Raises:
        UsageError: something that a spec names is missing or wrong; nothing has run.
        RunError: a stage failed; what was finished before stays.
    """
    specs = fetch_models(specs, until)
    set_environment()
    stages = order.up_to(until)
    recipes = prepare(specs, until)
    for root in {recipe.first.store.root for recipe in recipes}:
        Store(root).clean()
    experiments = [member for recipe in recipes for member in recipe.members]
    check_bases(experiments, stages)
    with Answering(experiments) as answering:
        for stage in stages:
            for experiment in by_engine(experiments):
                if _lacks(experiment, stage):
                    log.info("%s: %s", experiment.label, stage.name)
                    build = partial(stage.build, experiment, answering)
                    experiment.store.make(stage.name, experiment.inputs(stage.name), build)
    return [_finish(recipe) for recipe in recipes] if until == "score" else []


def check_bases(experiments: Sequence[Experiment], stages: Sequence[Stage]) -> None:
    """Have the loader report on each base that will be loaded, before anything else is done."""
    bases = {
        experiment.spec.base_path
        for experiment in experiments
        if experiment.engine not in WEIGHTLESS
        and any(stage.loads_base and _lacks(experiment, stage) for stage in stages)
    }
    for base in sorted(base for base in bases if base is not None):
        with quiet():
            check_network(base)


def _lacks(experiment: Experiment, stage: Stage) -> bool:
    return stage.name in experiment.stages and experiment.find(stage.name) is None


def _finish(recipe: Recipe) -> Path:
    """Pool the scores of a recipe's seeds, where there are several, and write the run folder."""
    first = recipe.first

    def build(work: Path) -> None:
        scored = [member.folder("score") for member in recipe.members]
        pool(recipe.spec.score, recipe.seeds, first.folder("questions"), scored, work)

    if recipe.is_repeated:
        first.store.make(POOL, recipe.inputs(), build)
    return publish(recipe)
