"""What a run would do, and why, without doing it."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness.experiment.experiment import Experiment
from harness.experiment.forecasts import foresee
from harness.experiment.forecasts import told as in_words
from harness.experiment.models import known_models, missing_models
from harness.experiment.recipe import prepare
from harness.findings import by_rule
from harness.metrics.clusters import Clusters
from harness.metrics.power import ACCURACY, power
from harness.spec import Spec, chosen_suite
from harness.store.codec import read_samples
from harness.store.diff import differences
from harness.store.digests import plain
from harness.store.store import INTERRUPTED, read_meta
from harness.text import display


def plan(specs: Sequence[Spec]) -> list[dict[str, Any]]:
    """One step a stage and experiment: `experiment, stage, state, why, folder`.

    A recipe that is repeated has the steps of each of its seeds.

    `state` is `cached` or `will run`; `why` names the fields that differ from the most similar
    finished run of that stage. A stage that only follows one above it says so. A distillation that
    will ask a teacher says in `teacher` how many calls and tokens that takes, and what it costs
    where the spec has prices; a training says in `training` what it takes. `notes` of the questions
    stage is what can be told of the suite's files already. The first step, which asks the questions
    of all, says in `power` what they can show, and in `fetches` which models a run would fetch from
    a hub.
    """
    recipes = prepare(known_models(specs))
    steps = [
        step for recipe in recipes for experiment in recipe.members for step in _steps(experiment)
    ]
    first = {"power": _power(recipes[0].first), "fetches": list(map(str, missing_models(specs)))}
    return [steps[0] | first, *steps[1:]]


def _power(experiment: Experiment) -> dict[str, Any]:
    """Which differences the questions show."""
    with questions_of(experiment) as questions:
        samples = list(read_samples(questions / "test.jsonl"))
    clusters = Clusters(tuple(s.row for s in samples), tuple(s.template for s in samples))
    return dataclasses.asdict(power(clusters))


def _steps(experiment: Experiment) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = []
    above: dict[str, bool] = {}
    for stage in experiment.stages:
        cached = experiment.find(stage) is not None
        reasons = [] if cached else _why(experiment, stage)
        reasons = [_readable(reason, above) for reason in reasons]
        above[stage] = cached
        steps.append(
            {
                "experiment": experiment.label,
                "stage": stage,
                "state": "cached" if cached else "will run",
                "why": reasons,
                "folder": str(experiment.folder(stage)),
            }
        )
        if stage == "questions" and (notes := _notes(experiment.spec)):
            steps[-1]["notes"] = notes
        if stage == "distill" and not cached:
            steps[-1] |= _teacher(experiment)
        if stage == "finetune" and not cached:
            steps[-1] |= foresee(experiment)
    return steps


def _notes(spec: Spec) -> list[str]:
    """What is known of a suite's files before anything is asked, a line a rule."""
    return list(by_rule(tuple(chosen_suite(spec).foreseen())))


def _teacher(experiment: Experiment) -> dict[str, Any]:
    """What the teacher will be asked; nothing where the templates are the teacher."""
    spec = experiment.spec
    if not spec.distill.asks:
        return {}
    from harness.distill.estimate import estimate

    with questions_of(experiment) as questions:
        found = estimate(spec.distill, spec.prompt_path, questions)
    budget = spec.runtime.budget
    priced = budget.prompt_price or budget.output_price
    told = {"money": round(found.money(budget), 4)} if priced else {}
    return {"teacher": {**found._asdict(), **told}}


@contextmanager
def questions_of(experiment: Experiment) -> Iterator[Path]:
    """The questions stage, or what it would write, for as long as it is looked at."""
    found = experiment.find("questions")
    if found is not None:
        yield found
        return
    from harness.stages.questions import make_questions

    with tempfile.TemporaryDirectory() as folder:
        make_questions(chosen_suite(experiment.spec), Path(folder))
        yield Path(folder)


def _why(experiment: Experiment, stage: str) -> list[str]:
    """What changed since this experiment last ran, or since the most similar run of the stage."""
    reasons = experiment.store.why(stage, experiment.inputs(stage))
    before = read_meta(experiment.run_folder / "stages" / stage)
    if reasons != [INTERRUPTED] and before is not None:
        reasons = differences(before["inputs"], plain(experiment.inputs(stage)))
    return [_session(experiment) if _names(reason, "entries") else reason for reason in reasons]


def _names(reason: str, field: str) -> bool:
    return reason.partition(":")[0] == field


def _session(experiment: Experiment) -> str:
    """An entry that joins, leaves or changes makes another session."""
    names = ", ".join(experiment.timed_as.session.names)
    return f"session: entries {names} are timed side by side, all again"


def _readable(reason: str, above: Mapping[str, bool]) -> str:
    """A changed upstream key says less than the stage whose key it is."""
    field = reason.partition(":")[0]
    if field in above:
        return f"follows {field}"
    return reason


def table(steps: Sequence[Mapping[str, Any]]) -> str:
    """The steps in columns that line up, and under them what was noticed, each once."""
    rows = [(s["experiment"], s["stage"], s["state"], _told(s)) for s in steps]
    head = ("experiment", "stage", "state", "why")
    notes = dict.fromkeys(note for step in steps for note in step.get("notes", ()))
    fetched = [
        f"note: {name} is not on this machine: a run fetches it first, podium plan does not"
        for name in steps[0]["fetches"]
    ]
    trained = [
        f"memory: {in_words(step['experiment'], step['training'])}"
        for step in steps
        if "training" in step
    ]
    noted = [*(f"note: {note}" for note in notes), *fetched, *trained]
    told = [*noted, "", *_shown(steps[0]["power"])]
    return "\n".join([*display.table([head, *rows]), *told])


def _shown(found: Mapping[str, Any]) -> Iterator[str]:
    """What the questions can show, in words."""
    asked = (
        f"{found['questions']:,} questions about {found['rows']:,} rows in {found['wordings']:,} "
        "wordings"
    )
    if found["points"] is None:
        yield f"{asked}: scores hold for these wordings only and give no rank; it takes three"
        return
    yield f"{asked} show differences in AS from about {found['points']:.1f} points on"
    needed = (
        f"{points} points take {'more wordings' if count is None else f'{count:,} questions'}"
        for points, count in found["needed"].items()
    )
    yield f"in as many wordings over more rows, {', '.join(needed)}"
    yield (
        f"(in four of five tries; simulated, for entries that are right in {ACCURACY:.0%}: a board "
        "says it for the entries themselves)"
    )


def _told(step: Mapping[str, Any]) -> str:
    """Why a stage will run, and what its teacher will be asked."""
    why = "; ".join(step["why"][:3])
    if "teacher" not in step:
        return why
    asked = step["teacher"]
    cost = f", {asked['money']:g} in money" if "money" in asked else ""
    return (
        f"{why}; about {asked['calls']:,} calls, {asked['prompt_tokens']:,} prompt and "
        f"{asked['output_tokens']:,} output tokens{cost}, rejections not counted"
    )
