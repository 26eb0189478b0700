"""The run folder: what a finished experiment shows to people, reports and other tools."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.experiment import Experiment, Stage
from harness.files import link, read_json, share, write_json, write_text
from harness.sections import WEIGHTLESS
from harness.spec import Spec, dump

COPIES: tuple[tuple[Stage, str, str], ...] = (
    ("questions", "test.jsonl", "samples.jsonl"),
    ("questions", "suite.json", "suite.json"),
    ("distill", "distill.json", "distill.json"),
    ("distill", "rejected.jsonl", "rejected.jsonl"),
    ("dataset", "dataset.json", "dataset.json"),
    ("infer", "predictions.jsonl", "predictions.jsonl"),
    ("latency", "timings.jsonl", "timings.jsonl"),
    ("score", "scores.jsonl", "scores.jsonl"),
    ("finetune", "loss.json", "loss.json"),
    ("finetune", "loss.png", "loss.png"),
    ("finetune", "watched.jsonl", "watched.jsonl"),
)
OPTIONAL = ("watched.jsonl",)  # only some suites have questions to watch


def publish(experiment: Experiment) -> Path:
    """Write `runs/<name>/`; touch nothing that is already as it should be. `summary.json` is last.

    Returns:
        The run folder.
    """
    folder = experiment.store.root / experiment.spec.name
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / "spec.yaml", dump(experiment.spec))
    for stage, source, name in COPIES:
        made = experiment.folder(stage) / source if stage in experiment.stages else None
        if made is None or (name in OPTIONAL and not made.is_file()):
            (folder / name).unlink(missing_ok=True)
        else:
            share(made, folder / name)
    _link_stages(experiment, folder / "stages")
    write_json(folder / "summary.json", summary(experiment))
    return folder


def _link_stages(experiment: Experiment, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        if old.name not in experiment.stages:
            old.unlink()
    for stage in experiment.stages:
        link(experiment.folder(stage), folder / stage)


def summary(experiment: Experiment) -> dict[str, Any]:
    """The content of `summary.json`."""
    spec = experiment.spec
    scored = read_json(experiment.folder("score") / "score.json")
    meta = read_json(experiment.folder("score") / "meta.json")
    suite = read_json(experiment.folder("questions") / "suite.json")
    return {
        "name": spec.name,
        "suite": suite["name"],
        "suite_version": suite["version"],
        "model": _model(spec, experiment.engine),
        "finetune": _finetune(experiment),
        "created": meta["created"],
        **scored,
        "stages": {stage: experiment.key(stage) for stage in experiment.stages},
        "signature": _signature(experiment, scored["scoring"]["id"]),
    }


def _model(spec: Spec, engine: str) -> dict[str, Any]:
    has_base = engine not in WEIGHTLESS
    base = Path(spec.model.base).name if has_base and spec.model.base else None
    return {
        "base": base,
        "engine": engine,
        "dtype": spec.model.dtype if has_base else None,
        "stand_in": has_base and spec.stand_in,
    }


def _finetune(experiment: Experiment) -> dict[str, Any] | None:
    section = experiment.spec.finetune
    if section is None:
        return None
    trained = read_json(experiment.folder("finetune") / "training.json")
    return {**section.model_dump(mode="json"), **trained}


def _judge(experiment: Experiment) -> dict[str, str] | None:
    """Who judged open answers."""
    section = experiment.spec.score.judge
    if section is None:
        return None
    return {
        "engine": section.engine,
        "model": section.model or "",
        "weights": experiment.judge_digest,
    }


def _signature(experiment: Experiment, scoring: str) -> dict[str, Any]:
    """Everything that two numbers must share to be comparable."""
    spec = experiment.spec
    timed = "latency" in experiment.stages
    engine = read_json(experiment.folder("latency" if timed else "infer") / "engine.json")
    if experiment.engine in WEIGHTLESS:
        engine = None  # it computes nothing
    latency = spec.latency.model_dump(mode="json") if timed and spec.latency else None
    return {
        "questions": experiment.key("questions"),
        "scoring": scoring,
        "judge": _judge(experiment),
        "generate": spec.generate.model_dump(mode="json"),
        "latency": latency,
        "engine": engine,
    }
