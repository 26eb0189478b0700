"""The whole experiment on one screen.

    spec → questions → distill → dataset → finetune
         → infer → served → parity → latency → score → report

Models that are named by a hub are brought here first; after that no hub is asked.
Each stage looks into the store first; what is there is not done again. Entries that share a base
are answered on one engine, and timed side by side in one session. A recipe that is repeated is an
experiment a seed; in the end their scores are pooled. An entry that fails leaves the others alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness.config.engines import BASELESS
from harness.experiment.asked import check_asked
from harness.experiment.engines import Answering
from harness.experiment.experiment import Experiment
from harness.experiment.models import fetch_models
from harness.experiment.recipe import POOL, Recipe, prepare
from harness.experiment.run_folder import publish
from harness.experiment.running import Running, lacks
from harness.models.loading import check_network
from harness.models.quiet import quiet, set_environment
from harness.spec import Spec
from harness.stages import order
from harness.stages.pool import pool
from harness.stages.stage import Stage
from harness.store.store import Store


def run(specs: Sequence[Spec], until: str = "score") -> list[Path]:
    """Run what is missing; return the run folder of each experiment, in order.

    Args:
        specs: the experiments.
        until: the last stage to run; run folders are written only where it is `score`.

    Raises:
        UsageError: something that a spec names is missing or wrong; nothing has run.
        EntriesFailed: a stage failed for some of the entries, or all; it holds the reasons, and
            the folders of the others.
        StoreError: the disk refuses, which ends the run for all.
    """
    running = work(specs, until)
    folders = [_finish(recipe) for recipe in running.recipes] if until == "score" else []
    running.check(folders)
    return folders


def work(specs: Sequence[Spec], until: str = "score") -> Running:
    """Do what is missing of every stage, and write no run folder; say who is left and who failed.

    Raises:
        UsageError: something that a spec names is missing or wrong; nothing has run.
        StoreError: the disk refuses, which ends the run for all.
    """
    specs = fetch_models(specs, until)
    set_environment()
    stages = order.up_to(until)
    recipes = prepare(specs, until)
    for root in {recipe.first.store.root for recipe in recipes}:
        Store(root).clean()
    experiments = [member for recipe in recipes for member in recipe.members]
    check_asked(experiments, stages)
    check_bases(experiments, stages)
    with Answering(experiments) as answering:
        running = Running(recipes, answering)
        for stage in stages:
            running.run(stage)
    return running


def check_bases(experiments: Sequence[Experiment], stages: Sequence[Stage]) -> None:
    """Have the loader report on each base that will be loaded, before anything else is done."""
    loading = [
        experiment
        for experiment in experiments
        if experiment.engine not in BASELESS
        and any(stage.loads_base and lacks(experiment, stage) for stage in stages)
    ]
    if not loading:
        return
    from harness.preflight.check import check_before  # a rerun loads nothing of it

    bases = {experiment.base_path for experiment in loading}
    for base in sorted(base for base in bases if base is not None):
        with quiet():
            check_network(base)
    check_before(loading)


def _finish(recipe: Recipe) -> Path:
    """Pool the scores of a recipe's seeds, where there are several, and write the run folder."""
    first = recipe.first

    def build(work: Path) -> None:
        scored = [member.folder("score") for member in recipe.members]
        pool(recipe.spec.score, recipe.seeds, first.folder("questions"), scored, work)

    if recipe.is_repeated:
        first.store.make(POOL, recipe.inputs(), build)
    return publish(recipe)
