"""The run folder: what a finished experiment shows to people, reports and other tools."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from harness.config.engines import BASELESS, REMOTE, WEIGHTLESS
from harness.config.teachers import FakeTeacher
from harness.experiment.experiment import SEEDS, Experiment
from harness.experiment.recipe import Recipe
from harness.spec import Spec, dump
from harness.stages import order
from harness.stages.latency import SESSION
from harness.stages.parity import PARITY
from harness.store.files import (
    link,
    make_folder,
    read_json,
    remove,
    share,
    storing,
    write_json,
    write_text,
)
from harness.store.leftovers import clean


def publish(recipe: Recipe) -> Path:
    """Write `runs/<name>/`; touch nothing that is already as it should be. `summary.json` is last.

    Where a recipe is repeated, the folder holds the scores of all its seeds together and else what
    the first of them left, and `seeds/<seed>/` holds the run folder of each.

    Returns:
        The run folder.
    """
    shown = recipe.members if recipe.is_repeated else ()
    for member in shown:
        _write(Recipe(member.spec, (member,)), member.run_folder, member.label)
    _write(recipe, recipe.run_folder, recipe.spec.name)
    _remove_others(recipe.run_folder / SEEDS, {member.run_folder.name for member in shown})
    return recipe.run_folder


def _write(recipe: Recipe, folder: Path, name: str) -> None:
    make_folder(folder)
    clean(folder)
    write_text(folder / "spec.yaml", dump(recipe.spec))
    stages = recipe.folders
    for stage in order.STAGES:
        made = recipe.scored if stage.name == "score" else stages.get(stage.name)
        for source, target in stage.shown(recipe.first).items():
            if made is not None and (made / source).is_file():
                share(made / source, folder / target)
            else:
                remove(folder / target)
    _link_stages(stages, folder / "stages")
    write_json(folder / "summary.json", summary(recipe, name))


def _link_stages(stages: Mapping[str, Path], folder: Path) -> None:
    make_folder(folder)
    clean(folder)
    with storing(folder):
        old = [path for path in folder.iterdir() if path.name not in stages]
    for path in old:
        remove(path)
    for stage, made in stages.items():
        link(made, folder / stage)


def _remove_others(seeds: Path, kept: Collection[str]) -> None:
    """Remove the run folders of seeds that the recipe no longer has; their stages stay."""
    if not seeds.is_dir():
        return
    with storing(seeds):
        for old in seeds.iterdir():
            if old.name not in kept:
                shutil.rmtree(old)
        if not kept:
            seeds.rmdir()


def summary(recipe: Recipe, name: str) -> dict[str, Any]:
    """The content of `summary.json`."""
    spec, experiment = recipe.spec, recipe.first
    scored = read_json(recipe.scored / "score.json")
    meta = read_json(recipe.scored / "meta.json")
    suite = read_json(experiment.folder("questions") / "suite.json")
    return {
        "name": name,
        "suite": suite["name"],
        "suite_version": suite["version"],
        "model": _model(spec, experiment.engine),
        "finetune": _finetune(experiment),
        "repeats": None,
        "created": meta["created"],
        **scored,
        "served_as_trained": _parity(experiment),
        "stages": recipe.keys,
        "signature": _signature(experiment, scored["scoring"]["id"]),
    }


def _model(spec: Spec, engine: str) -> dict[str, Any]:
    has_base = engine not in BASELESS
    base = Path(spec.model.base).name if has_base and spec.model.base else None
    of_hub = spec.hub_models.get(("model", "base")) if has_base else None
    source = {} if of_hub is None else {"source": str(of_hub)}
    asked = {"base": spec.model.model, "source": spec.model.base_url} if engine in REMOTE else {}
    return {
        "base": base if of_hub is None else of_hub.short,
        **source,
        **asked,
        "engine": engine,
        "dtype": spec.model.dtype if has_base else None,
        "stand_in": has_base and spec.stand_in,
    }


def _finetune(experiment: Experiment) -> dict[str, Any] | None:
    section = experiment.spec.finetune
    if section is None:
        return None
    trained = read_json(experiment.folder("finetune") / "training.json")
    return {**section.model_dump(mode="json", by_alias=True), **trained}


def _parity(experiment: Experiment) -> dict[str, Any] | None:
    """Whether what was trained is what is served; `None` where that was not checked."""
    if "parity" not in experiment.stages:
        return None
    found = read_json(experiment.folder("parity") / PARITY)
    return {name: found[name] for name in ("verdict", "said", "effect", "noise")}


def _judge(experiment: Experiment) -> dict[str, str] | None:
    """Who judged open answers."""
    section = experiment.spec.score.judge
    if section is None:
        return None
    return {
        "engine": section.engine,
        "model": "" if isinstance(section, FakeTeacher) else section.model,
        "weights": experiment.judge_digest,
    }


def _signature(experiment: Experiment, scoring: str) -> dict[str, Any]:
    """Everything that two numbers must share to be comparable."""
    spec = experiment.spec
    engine, session = _timed_by(experiment)
    latency = spec.latency.model_dump(mode="json") if session and spec.latency else None
    return {
        "questions": experiment.key("questions"),
        "scoring": scoring,
        "judge": _judge(experiment),
        "generate": spec.generate.decides(),
        "latency": latency,
        "session": session,
        "engine": None if experiment.engine in WEIGHTLESS else engine,  # it takes no time anywhere
    }


def _timed_by(experiment: Experiment) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The engine that answered, and the session that it was timed in, with all who were."""
    if "latency" not in experiment.stages:
        return read_json(experiment.folder("infer") / "engine.json"), None
    session = read_json(experiment.folder("latency") / SESSION)
    timed = experiment.timed_as
    engine = session.pop("engines")[timed.key("infer")]
    return engine, {**session, "entries": sorted(timed.session.names)}
