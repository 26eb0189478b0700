"""One entry on one night: its values by question, its answers, and what it was made with."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.core import Sample
from harness.errors import InputError
from harness.metrics.clusters import Clusters, Floats
from harness.metrics.latency import calm, medians
from harness.nightly.evidence import GATES, Gate
from harness.nightly.made import identity_of, made_of
from harness.stages.latency import REFERENCE, rows_file
from harness.store.files import read_json, read_jsonl
from harness.timing.machine import had_by_others
from reports.answers import gold_text
from reports.runs import load

_LONGEST = 400  # characters of a question or an answer that are kept


@dataclass(frozen=True, slots=True)
class Record:
    """One entry on one night.

    Args:
        entry: its name.
        created: when it was scored.
        ids: the questions, in order.
        families, rows: of the questions.
        asked: the questions themselves, of long ones the end.
        golds: their right answers, as text.
        values: by gate, one a question, in points or log seconds; `None` where there is none.
        texts: the answers, cut where long.
        identity: what must agree with the blessed nights.
        made: what else it was made with, by dotted name.
        relative: whether times are over those of a reference model in the same session.
        reference_s: the geometric mean of the reference's times in seconds; `None` without one.
        doubt: why the times that were taken do not count; empty where they do.
        taken: the share of all processors that others had while times were taken.
    """

    entry: str
    created: str
    ids: tuple[str, ...]
    families: tuple[str, ...]
    rows: tuple[str, ...]
    asked: tuple[str, ...]
    golds: tuple[str, ...]
    values: Mapping[Gate, tuple[float | None, ...]]
    texts: tuple[str, ...]
    identity: Mapping[str, str]
    made: Mapping[str, str]
    relative: bool
    reference_s: float | None
    doubt: str
    taken: float

    @property
    def clusters(self) -> Clusters:
        """The table rows of the questions, which are asked about in the same wordings every night.

        As draws from all wordings, a loss in two of twenty, however large, would always be luck.
        """
        return Clusters(self.rows, ("",) * len(self.rows))

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
    lists = ("ids", "families", "rows", "asked", "golds", "texts")
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
    answers = [run.answers[name] for name in ids]
    own, other = _medians(folder / "timings.jsonl"), _reference(folder)
    doubt, session = run.summary.void, run.summary.signature.get("session") or {}
    times = {} if doubt else _times(own, other)
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
        asked=tuple(_question(sample)[-_LONGEST:] for sample in samples),
        golds=tuple(gold_text(sample.gold)[:_LONGEST] if sample else "" for sample in samples),
        values=values,
        texts=tuple(answer.text[:_LONGEST] for answer in answers),
        identity=identity_of(run),
        made=made_of(run),
        relative=bool(other),
        reference_s=geometric(other.values()),
        doubt=doubt,
        taken=had_by_others(session.get("load") or {}),
    )


def _question(sample: Sample | None) -> str:
    """What the user says last."""
    turns = sample.messages if sample else ()
    return next((turn.content for turn in reversed(turns) if turn.role == "user"), "")


def _points(value: float | None) -> float | None:
    return None if value is None else round(100 * value, 4)


def _times(own: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    """Log seconds by question, over the reference's of the same session where there is one."""
    return {
        name: round(math.log(seconds / other[name] if other else seconds), 6)
        for name, seconds in own.items()
        if seconds > 0 and (not other or other.get(name, 0) > 0)
    }


def _reference(folder: Path) -> dict[str, float]:
    """The reference's seconds by question; none where no reference was timed."""
    return _medians(folder / "stages" / "latency" / rows_file(REFERENCE))


def _medians(file: Path) -> dict[str, float]:
    return medians(calm(list(read_jsonl(file))), "e2e_s") if file.is_file() else {}


def geometric(seconds: Iterable[float]) -> float | None:
    """The geometric mean of those above 0; `None` of none."""
    logs = [math.log(one) for one in seconds if one > 0]
    return math.exp(math.fsum(logs) / len(logs)) if logs else None


def stacked(records: Sequence[Record], gate: Gate) -> Floats:
    """The values of several nights over the same questions; shape (nights, n)."""
    return np.stack([record.of(gate) for record in records])
