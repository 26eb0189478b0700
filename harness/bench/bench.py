"""The session of `podium bench`, and what its times come to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness.bench.entries import Entry
from harness.config.sections import LEAST_REPLICATES, Latency
from harness.core import Sample
from harness.errors import InputError
from harness.metrics.latency import UNSTEADY, calm, doubt, latency, medians, repeats_within
from harness.metrics.loaded import loaded
from harness.metrics.ratio import ratio
from harness.models.hardware import fits_together, machine
from harness.timing.machine import BUSY, had_by_others
from harness.timing.session import Timed, time_session
from reports.strings import Note, say

# A first wave of warm-up that took so much longer than the last was a cold start.
_COLD = 0.10


@dataclass(frozen=True, slots=True)
class Found:
    """What a bench found: `result` is JSON, `curves` the seconds of each question by entry."""

    result: dict[str, Any]
    curves: Mapping[str, list[float]]


def bench(
    entries: Sequence[Entry], samples: Sequence[Sample], section: Latency, levels: Sequence[float]
) -> Found:
    """Time entries in turns; the first is the reference of the others.

    Args:
        entries: what is timed.
        samples: questions to draw from.
        section: how many, how often.
        levels: of load; each is a number of questions under way at once.

    Raises:
        InputError: two entries have one name, or there are no questions.
    """
    names = [entry.name for entry in entries]
    if len(set(names)) < len(names):
        raise InputError(f"{', '.join(names)}: two entries have one name")
    if not samples:
        raise InputError("there are no questions to ask")
    weights = [entry.weights for entry in entries if entry.weights is not None]
    together = not weights or fits_together(weights)
    started = datetime.now(UTC)
    openers = {entry.name: entry.opener for entry in entries}
    timed = time_session(section, openers, samples, together=together, levels=levels)
    result = {
        "started": started.isoformat(timespec="seconds"),
        **machine(),
        **timed.about,
        "together": together,
        "protocol": section.model_dump(mode="json", exclude={"reference", "load"}),
        "reference": names[0],
        "entries": [_entry(name, timed, section, names[0]) for name in names],
    }
    curves = {name: sorted(medians(calm(timed.rows[name]), "e2e_s").values()) for name in names}
    return Found({**result, "noticed": [say(note) for note in noticed(result)]}, curves)


def _entry(name: str, timed: Timed, section: Latency, reference: str) -> dict[str, Any]:
    rows = timed.rows[name]
    taken = latency(rows)
    alone = {field: medians(calm(rows), field) for field in ("e2e_s", "ttft_s")}
    found = None if name == reference else ratio(rows, timed.rows[reference])
    under: dict[float, list[dict[str, Any]]] = {}
    for row in timed.loaded.get(name, ()):
        under.setdefault(row["load"], []).append(row)
    return {
        "name": name,
        "engine": timed.engines[name],
        "latency": taken,
        "doubt": doubt(taken),
        "failed": sum(row["error"] is not None for row in rows),
        "error": next((row["error"] for row in rows if row["error"] is not None), None),
        "repeats_within": repeats_within(rows),
        "waves": timed.waves[name],
        "relative": None if found is None else asdict(found),
        "loaded": [
            level for some in under.values() if (level := loaded(some, alone, section.limit_s))
        ],
    }


def noticed(result: Mapping[str, Any]) -> list[Note]:
    """What a reader of the times should know, a sentence each."""
    load = result["load"]
    told = [note for entry in result["entries"] for note in _noticed_of(entry)]
    if load["disturbed"]:
        share, again = f"{load['disturbed']:.0%}", str(load["retaken"])
        told.append(Note("bench_disturbed", {"share": share, "again": again}))
    if (taken := had_by_others(load)) > BUSY:
        told.append(Note("bench_others", {"share": f"{taken:.0%}"}))
    if any(entry["engine"]["engine"] != "api" for entry in result["entries"]):
        told.append(Note("bench_once"))
    if result["unique_prompts"]:
        told.append(Note("bench_unique", {"lengths": _lengths(result["same_lengths"])}))
    return told


def _noticed_of(entry: Mapping[str, Any]) -> Iterator[Note]:
    name, waves = entry["name"], entry["waves"]
    if waves[-1] and waves[0] > (1 + _COLD) * waves[-1]:
        told = {"times": f"{waves[0] / waves[-1]:.1f}", "waves": str(len(waves))}
        yield Note("bench_cold", {"name": name, **told})
    if entry["doubt"]:
        yield Note("bench_doubt", {"name": name, "why": doubted(entry["latency"])})
    if entry["failed"]:
        told = {"n": str(entry["failed"]), "why": str(entry["error"])}
        yield Note("bench_failed", {"name": name, **told})
    for level in entry["loaded"]:
        if level["saturated"]:
            yield Note("bench_saturated", {"name": name, "rate": f"{level['rate']:.3g}"})


def doubted(taken: Mapping[str, Any]) -> Note:
    """Why times do not count, as `harness.metrics.latency.doubt` has it in English."""
    if taken["cached"] is not None:
        return Note("doubt_cached", {"share": f"{taken['cached']:.0%}"})
    if taken["cv"] is None:
        return Note("doubt_few", {"least": str(LEAST_REPLICATES)})
    return Note("doubt_unsteady", {"cv": f"{taken['cv']:.1%}", "most": f"{UNSTEADY:.0%}"})


def _lengths(same: bool | None) -> Note | str:
    if same is None:
        return Note("bench_lengths_unknown")
    return "" if same else Note("bench_lengths_differ")


def default_samples() -> list[Sample]:
    """Questions that ship with Podium: about a board of 24 trains."""
    from harness.benchmark import find_benchmark

    benchmark = find_benchmark("timetable")
    options = benchmark.options(table=Path(benchmark.home / "tables" / "board-24.xlsx"))
    return list(benchmark.build(options).test)
