"""The whole experiment on one screen.

    spec → questions → distill → dataset → finetune → infer → latency → score → report

Each stage looks into the store first; what is there is not done again. Entries that share a base
are answered on one engine, and timed side by side in one session. A recipe that is repeated is an
experiment a seed; in the end their scores are pooled.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from harness.config.sections import WEIGHTLESS
from harness.experiment.engines import Answering, by_engine, hold_session
from harness.experiment.experiment import STAGES, Experiment, Stage
from harness.experiment.recipe import POOL, Recipe, prepare
from harness.experiment.run_folder import publish
from harness.models.loading import check_network
from harness.models.quiet import quiet, set_environment
from harness.spec import Spec, chosen_suite
from harness.stages.finetune import Data, finetune
from harness.stages.infer import infer
from harness.stages.latency import rows_file
from harness.stages.pool import pool
from harness.stages.questions import make_questions
from harness.stages.score import score
from harness.store.store import Store

log = logging.getLogger("podium")

# Stages that load the base.
LOADING: tuple[Stage, ...] = ("finetune", "infer", "latency")


def run(specs: Sequence[Spec], until: Stage = "score") -> list[Path]:
    """Run what is missing; return the run folder of each experiment, in order.

    Args:
        specs: the experiments.
        until: the last stage to run; run folders are written only where it is `score`.

    Raises:
        UsageError: something that a spec names is missing or wrong; nothing has run.
        RunError: a stage failed; what was finished before stays.
    """
    set_environment()
    recipes = prepare(specs, until)
    for root in {recipe.first.store.root for recipe in recipes}:
        Store(root).clean()
    experiments = [member for recipe in recipes for member in recipe.members]
    check_bases(experiments, until)
    with Answering(experiments) as answering:
        for stage in STAGES[: STAGES.index(until) + 1]:
            if stage == "latency":
                answering.close()  # the engines to be timed need its memory
            for experiment in by_engine(experiments):
                if stage in experiment.stages and experiment.find(stage) is None:
                    log.info("%s: %s", experiment.label, stage)
                    _run_stage(stage, experiment, answering)
    return [_finish(recipe) for recipe in recipes] if until == "score" else []


def check_bases(experiments: Sequence[Experiment], until: Stage) -> None:
    """Have the loader report on each base that will be loaded, before anything else is done."""
    loading = [stage for stage in STAGES[: STAGES.index(until) + 1] if stage in LOADING]
    bases = {
        experiment.spec.base_path
        for experiment in experiments
        if experiment.engine not in WEIGHTLESS
        and any(s in experiment.stages and experiment.find(s) is None for s in loading)
    }
    for base in sorted(base for base in bases if base is not None):
        with quiet():
            check_network(base)


def _run_stage(stage: Stage, experiment: Experiment, answering: Answering) -> None:
    spec, at = experiment.spec, experiment.folder

    # What only one stage needs is imported with it: a rerun in which nothing is built needs none.
    def build(work: Path) -> None:
        if stage == "questions":
            make_questions(chosen_suite(spec), work)
        elif stage == "distill":
            from harness.experiment.teachers import open_teacher
            from harness.stages.distill import distill, plan_distillation

            plan = plan_distillation(
                spec.distill,
                spec.dataset.leak,
                spec.prompt_path,
                at("questions"),
                chosen_suite(spec).accepting(),
            )
            distill(plan, lambda: open_teacher(experiment), experiment.label, work)
        elif stage == "dataset":
            from harness.stages.dataset import make_dataset

            make_dataset(spec.dataset, at("distill"), at("questions"), work)
        elif stage == "finetune" and spec.finetune is not None and spec.base_path is not None:
            data = Data(at("dataset") / "train.jsonl", at("questions") / "watched.jsonl")
            finetune(spec.finetune, spec.runtime, spec.base_path, data, experiment.label, work)
        elif stage == "infer":
            infer(lambda: answering.model(experiment), at("questions"), experiment.label, work)
        elif stage == "latency":
            hold_session(experiment.timed_as.session.members, work)
        elif stage == "score":
            rows = rows_file(experiment.timed_as.key("infer"))
            timings = at("latency") / rows if "latency" in experiment.stages else None
            from harness.experiment.teachers import open_judge
            from harness.scoring.suite_grader import grade

            with open_judge(experiment) as judge:
                grading = partial(grade, spec, judge=judge)
                score(
                    spec.score, grading, at("questions"), at("infer"), timings, work,
                    own_times=experiment.is_timed,
                )  # fmt: skip

    experiment.store.make(stage, experiment.inputs(stage), build)


def _finish(recipe: Recipe) -> Path:
    """Pool the scores of a recipe's seeds, where there are several, and write the run folder."""
    first = recipe.first

    def build(work: Path) -> None:
        scored = [member.folder("score") for member in recipe.members]
        pool(recipe.spec.score, recipe.seeds, first.folder("questions"), scored, work)

    if recipe.is_repeated:
        first.store.make(POOL, recipe.inputs(), build)
    return publish(recipe)
