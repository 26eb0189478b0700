"""One entry on one night: its values by question, its answers, and what it was made with."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.metrics.clusters import Clusters, Floats
from harness.metrics.latency import calm, medians
from harness.nightly.evidence import GATES, Gate
from harness.stages.latency import REFERENCE, rows_file
from harness.store.files import read_json, read_jsonl
from reports.runs import Run, load

#: What must agree before anything is compared; anything else may be why a night is red.
MUST_AGREE = ("suite", "suite_version", "questions", "scoring", "judge")
_LONGEST = 400  # characters of an answer that are kept
_OF_MACHINE = ("machine", "gpu", "driver")
_OF_ENGINE = ("gpu", "device", "driver")


@dataclass(frozen=True, slots=True)
class Record:
    """One entry on one night.

    Args:
        entry: its name.
        created: when it was scored.
        ids: the questions, in order.
        families, rows, templates: of the questions.
        values: by gate, one a question, in points or log seconds; `None` where there is none.
        texts: the answers, cut where long.
        identity: what must agree with the blessed nights.
        made: what else it was made with, by dotted name.
        relative: whether times are over those of a reference model in the same session.
    """

    entry: str
    created: str
    ids: tuple[str, ...]
    families: tuple[str, ...]
    rows: tuple[str, ...]
    templates: tuple[str, ...]
    values: Mapping[Gate, tuple[float | None, ...]]
    texts: tuple[str, ...]
    identity: Mapping[str, str]
    made: Mapping[str, str]
    relative: bool

    @property
    def clusters(self) -> Clusters:
        """Rows and wordings of the questions."""
        return Clusters(self.rows, self.templates)

    def of(self, gate: Gate) -> Floats:
        """The values of a gate; shape (n,), `nan` where there is none."""
        return np.array(self.values[gate], dtype=np.float64)

    def has(self, gate: Gate) -> bool:
        """Whether any question has a value."""
        return any(value is not None for value in self.values[gate])

    def mean(self, gate: Gate) -> float:
        """The mean of a gate over the questions that have a value."""
        return float(np.nanmean(self.of(gate)))


def to_json(record: Record) -> dict[str, Any]:
    """A record as a JSON object; `asdict` would copy every answer, ten times as slow."""
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def read_record(path: Path) -> Record:
    """A record from its file.

    Raises:
        InputError: it is missing or damaged.
    """
    data = read_json(path)
    lists = ("ids", "families", "rows", "templates", "texts")
    try:
        made = {name: tuple(data[name]) for name in lists}
        values = {gate: tuple(data["values"][gate]) for gate in GATES}
        return Record(**{**data, **made, "values": values})
    except (KeyError, TypeError) as error:
        raise InputError(f"{path}: is no record of a night ({error})") from error


def record_of(folder: Path) -> Record:
    """Read a run folder as a night.

    Raises:
        InputError: it is no finished run.
    """
    run = load(folder)
    ids = tuple(sorted(run.answers))
    samples = [run.samples.get(name) for name in ids]
    times, relative = _times(run)
    answers = [run.answers[name] for name in ids]
    values: dict[Gate, tuple[float | None, ...]] = {
        "AS": tuple(_points(0.0 if a.unparsed else a.correct) for a in answers),
        "AE": tuple(_points(a.efficiency) for a in answers),
        "time": tuple(times.get(name) for name in ids),
    }
    return Record(
        entry=run.summary.name,
        created=run.summary.created,
        ids=ids,
        families=tuple(sample.family if sample else "" for sample in samples),
        rows=tuple(sample.row if sample else "" for sample in samples),
        templates=tuple(sample.template if sample else "" for sample in samples),
        values=values,
        texts=tuple(answer.text[:_LONGEST] for answer in answers),
        identity=_identity(run),
        made=dict(_made(run)),
        relative=relative,
    )


def _points(value: float | None) -> float | None:
    return None if value is None else round(100 * value, 4)


def _times(run: Run) -> tuple[dict[str, float], bool]:
    """Log seconds by question, over the reference's of the same session where there is one."""
    own = _medians(run.folder / "timings.jsonl")
    other = _medians(run.folder / "stages" / "latency" / rows_file(REFERENCE))
    relative = bool(other)
    return {
        name: round(math.log(seconds / other[name] if relative else seconds), 6)
        for name, seconds in own.items()
        if seconds > 0 and (not relative or other.get(name, 0) > 0)
    }, relative


def _medians(file: Path) -> dict[str, float]:
    return medians(calm(list(read_jsonl(file))), "e2e_s") if file.is_file() else {}


def _identity(run: Run) -> dict[str, str]:
    summary = run.summary
    signature = summary.signature
    found = {
        "suite": summary.suite,
        "suite_version": summary.suite_version,
        "questions": signature.get("questions"),
        "scoring": summary.scoring.id,
        "judge": signature.get("judge"),
    }
    return {name: _text(value) for name, value in found.items()}


def _made(run: Run) -> Iterator[tuple[str, str]]:
    """What a night was made with, by dotted names whose first word says of what kind it is."""
    signature, raw = run.summary.signature, run.summary.raw
    engine, session = signature.get("engine") or {}, signature.get("session") or {}
    for name, value in engine.items():
        yield f"{'machine' if name in _OF_ENGINE else 'engine'}.{name}", _text(value)
    for name in _OF_MACHINE:
        if name in session:
            yield f"machine.{name}", _text(session[name])
    for name in ("distill", "dataset"):
        if name in (raw.get("stages") or {}):
            yield f"data.{name}", _text(raw["stages"][name])
    yield from _recipe(run)
    for name in ("generate", "latency"):
        yield f"settings.{name}", _text(signature.get(name))
    if "infer" in (raw.get("stages") or {}):
        yield "weights.infer", _text(raw["stages"]["infer"])


def _recipe(run: Run) -> Iterator[tuple[str, str]]:
    yield "recipe.model.source", _text(run.summary.model.get("source"))
    for section in ("model", "finetune"):
        given = run.spec.get(section)
        for name, value in (given if isinstance(given, Mapping) else {}).items():
            kind = "engine" if name.startswith("engine") else "recipe"
            yield f"{kind}.{section}.{name}", _text(value)


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_text(each)}" for key, each in sorted(value.items()))
    return "nothing" if value is None else str(value)


def stacked(records: Sequence[Record], gate: Gate) -> Floats:
    """The values of several nights over the same questions; shape (nights, n)."""
    return np.stack([record.of(gate) for record in records])
