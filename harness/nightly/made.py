"""What a night was made with, and what must agree before two nights are held against each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from harness.store.digests import digest_file, digest_value
from harness.store.files import read_json
from harness.store.store import META
from reports.runs import Run

#: What must agree before anything is compared; anything else may be why a night is red.
MUST_AGREE = ("suite", "suite_version", "questions", "scoring", "judge")
#: The digest of the rows that were trained on.
ROWS = "data.rows"
_SHORT = 12  # hex characters of a digest that are kept
_OF_MACHINE = ("machine", "gpu", "driver")
_OF_ENGINE = ("gpu", "device", "driver")
# Sections of a spec, by what a change in them is a change of.
_SECTIONS: Mapping[str, tuple[str, ...]] = {
    "recipe": ("model", "finetune", "repeats"),
    "data": ("distill", "dataset"),
    "settings": ("generate", "latency", "suite"),
}
# Fields that say how a model is served, and not what it is.
_SERVED = ("model.engine", "model.engine_args", "model.dtype", "model.max_length")
_RUNTIME = ("batch", "memory_gib", "gpu_share", "concurrency")
# What a suite's description says besides what is asked and how it is judged: of files, for a
# person to read, and the profile, which the scoring names.
_TOLD = ("findings", "profile")


def identity_of(run: Run) -> dict[str, str]:
    """What must agree, by name."""
    summary = run.summary
    found = {
        "suite": summary.suite,
        "suite_version": summary.suite_version,
        "questions": _asked(run),
        "scoring": summary.scoring.id,
        "judge": summary.signature.get("judge"),
    }
    return {name: _text(value) for name, value in found.items()}


def _asked(run: Run) -> str:
    """A digest of what is asked and what judges it.

    The key of the questions would change with what is taught as well, and with whatever else
    stands in the files of a suite.
    """
    asked, suite, known = (
        run.folder / "samples.jsonl", run.folder / "suite.json",
        run.folder / "stages" / "questions" / "known.json",
    )  # fmt: skip
    if not asked.is_file():
        return _text(run.summary.signature.get("questions"))
    told = read_json(suite) if suite.is_file() else {}
    parts = {
        "asked": digest_file(asked),
        "suite": {name: value for name, value in told.items() if name not in _TOLD},
        "known": digest_file(known) if known.is_file() else None,
    }
    return digest_value(parts)[:_SHORT]


def made_of(run: Run) -> dict[str, str]:
    """What a night was made with, by dotted names whose first word says of what kind it is.

    The first of a kind are those that tell a person most.
    """
    found = {name: value for name, value in _made(run) if value not in (None, "", (), [], {})}
    return {name: _text(value) for name, value in found.items()}


def _made(run: Run) -> Iterator[tuple[str, object]]:
    signature = run.summary.signature
    engine, session = signature.get("engine") or {}, signature.get("session") or {}
    is_taught = "dataset" in (run.summary.raw.get("stages") or {})
    yield "recipe.model.source", run.summary.model.get("source")
    for kind, sections in _SECTIONS.items():
        for section in sections if kind != "data" or is_taught else ():
            for name, value in _flat(section, run.spec.get(section)):
                yield f"{'engine' if name.startswith(_SERVED) else kind}.{name}", value
    for name, value in engine.items():
        yield f"{'machine' if name in _OF_ENGINE else 'engine'}.{name}", value
    runtime = run.spec.get("runtime") or {}
    for name in _RUNTIME:
        yield f"engine.runtime.{name}", runtime.get(name)
    for name in _OF_MACHINE:
        yield f"machine.{name}", session.get(name)
    yield "settings.latency.weights", _cut(session.get("reference"))
    if is_taught:
        yield from _taught(run)
    yield from _weights(run)


def _taught(run: Run) -> Iterator[tuple[str, object]]:
    """The files that what is taught was made from, and the rows, by content."""
    for name, digest in (_inputs(_meta(run, "questions")).get("files") or {}).items():
        yield f"data.{name}", _cut(digest)
    yield ROWS, _cut(_files(_meta(run, "dataset")).get("train.jsonl"))


def _weights(run: Run) -> Iterator[tuple[str, object]]:
    """What answered, by content, and the Podium that asked and judged it."""
    trained, answered = _meta(run, "finetune"), _meta(run, "infer")
    yield "weights.base", _cut(_inputs(answered).get("base"))
    weights = {name: sha for name, sha in _files(trained).items() if name.endswith(".safetensors")}
    yield "weights.trained", _cut(digest_value(weights)) if weights else None
    scored = _meta(run, "score")
    if scored:
        stages = (("answering", answered), ("scoring", scored))
        versions = ", ".join(f"{name} {_inputs(meta).get('version')}" for name, meta in stages)
        yield "settings.podium", f"{scored.get('version')} ({versions})"


def _meta(run: Run, stage: str) -> Mapping[str, Any]:
    """The store's record of a stage; nothing where there is none."""
    path = run.folder / "stages" / stage / META
    found: Mapping[str, Any] = read_json(path) if path.is_file() else {}
    return found


def _inputs(meta: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = meta.get("inputs") or {}
    return found


def _files(meta: Mapping[str, Any]) -> dict[str, str]:
    """The digests of a stage's files, by name."""
    return {name: str(about["sha256"]) for name, about in (meta.get("files") or {}).items()}


def _cut(digest: object) -> str | None:
    return None if digest is None else str(digest)[:_SHORT]


def _flat(name: str, value: object) -> Iterator[tuple[str, object]]:
    """The values of a section by their dotted names."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _flat(f"{name}.{key}", each)
    else:
        yield name, value


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_text(each)}" for key, each in sorted(value.items()))
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value))
    return "nothing" if value is None else str(value)
