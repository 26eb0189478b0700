"""One night judged: every entry's gates against its blessed nights, and what is kept of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness.metrics.clusters import Floats
from harness.nightly.apart import apart
from harness.nightly.blame import Blame, blame, changes, kinds_of
from harness.nightly.evidence import GATES, Gate
from harness.nightly.fdr import Fdr
from harness.nightly.history import History, Night, means_of
from harness.nightly.record import Record, geometric, stacked
from harness.nightly.rule import DROPS, Call, Levels, Verdict, judge, levels, quiet_means
from harness.nightly.taught import taught_apart
from reports.strings import Note

_CHANGES = 3  # that are shown of a night


@dataclass(frozen=True, slots=True)
class Judged:
    """One gate of one entry.

    Args:
        entry, gate: which.
        call: fine, regressed or inconclusive.
        mean: of last night, in points, or seconds (or multiples of the reference's time).
        blessed: of the blessed nights.
        verdict: the numbers; `None` where nothing could be compared.
        why: why it is inconclusive, in a sentence; empty where it is not.
        blame: of a gate that is red.
    """

    entry: str
    gate: Gate
    call: Call
    mean: float | None
    blessed: float | None
    verdict: Verdict | None = None
    why: Note | str = ""
    blame: Blame | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A night: what each gate says, what was noticed, and which entries failed, with the reason."""

    night: str
    gates: tuple[Judged, ...]
    noticed: tuple[Note, ...]
    failed: Mapping[str, str] = field(default_factory=dict)

    @property
    def call(self) -> Call:
        """What the night says as a whole: the worst of its gates."""
        calls = {one.call for one in self.gates}
        if "regressed" in calls:
            return "regressed"
        return "inconclusive" if "inconclusive" in calls or not calls else "fine"


@dataclass(frozen=True, slots=True)
class How:
    """How a night is judged.

    Args:
        night: its name.
        rule: pooled or online-fdr.
        drops: the loss that each gate is to find, in its unit.
    """

    night: str
    rule: str = "pooled"
    drops: Mapping[Gate, float] = field(default_factory=lambda: dict(DROPS))


@dataclass(frozen=True, slots=True)
class _Judging:
    """What all gates of a night are judged with."""

    history: History
    how: How
    at: Levels
    fdr: Fdr | None
    stages: Path | None


def judge_night(
    history: History, records: Sequence[Record], how: How, stages: Path | None = None
) -> Report:
    """Judge the entries of a night, and keep them.

    Args:
        history: where nights are kept.
        records: of the entries that ran.
        how: the rule.
        stages: where the store keeps what was taught; `None` where it is not at hand.

    Raises:
        StoreError: the disk refuses.
    """
    found: list[Judged] = []
    noticed: list[Note] = []
    at = levels(sum(record.has(gate) for record in records for gate in GATES))
    with history.locked():
        fdr = Fdr(_before(history, records, how.night)) if how.rule == "online-fdr" else None
        judging = _Judging(history, how, at, fdr, stages)
        for record in records:
            key, odd = history.place(record.entry, how.night)
            noticed += [odd] if odd is not None else []
            noticed += _renamed(history, record, [one.entry for one in records])
            blessed = history.blessed_records(record.entry)
            past = [row for row in history.of(record.entry) if row.key != key]
            gates = list(_gates(judging, record, blessed, past))
            found += gates
            if past and not any(one.call == "regressed" for one in gates):
                noticed += _changed(record, past[-1], stages)
            noticed += _slower_reference(record, blessed, how.drops["time"])
            history.add(_row(record, key.number, how.night, gates), record)
    return Report(how.night, tuple(found), tuple(noticed))


def _changed(record: Record, last: Night, stages: Path | None) -> Iterator[Note]:
    """What a night was made with that the one before was not."""
    found = changes(last.made, record.made)
    kinds = kinds_of(found)
    told = [change for change in found if change.name.partition(".")[0] in kinds]
    parts = [was(one.name, one.before, one.since) for one in told[:_CHANGES]]
    if len(told) > _CHANGES:
        parts.append(Note("night_more", {"n": str(len(told) - _CHANGES)}))
    if (rows := taught_apart(found, stages)) is not None:
        counts = {"n": f"{rows.apart:,}", "all": f"{rows.rows:,}"}
        parts.append(Note("night_rows", counts))
        parts += [
            Note("night_rows_such", {"name": one.name, "before": one.before, "since": one.since})
            for one in rows.such[:1]
        ]
    if parts:
        about = {"entry": record.entry, "night": last.night}
        yield Note("night_changed", {**about, "changes": tuple(parts)})


def was(name: str, before: str, since: str) -> Note:
    """What something was, and what it is now."""
    return Note("night_was", {"name": name, "before": before, "since": since})


def _slower_reference(record: Record, blessed: Sequence[Record], least: float) -> Iterator[Note]:
    """What times over a reference do not show: that it has become slower or faster itself."""
    usual = geometric(one.reference_s for one in blessed if one.reference_s is not None)
    if usual is None or record.reference_s is None or record.doubt:
        return
    slower = math.log(record.reference_s / usual)
    if abs(slower) >= least:
        told = {"now": f"{record.reference_s:.3g}", "usual": f"{usual:.3g}"}
        by = amount("time", slower)
        yield Note("night_reference", {"entry": record.entry, **told, "by": by})


def _before(history: History, records: Sequence[Record], night: str) -> list[Night]:
    """All nights but this one, should it have run before."""
    own = {history.place(one.entry, night)[0] for one in records}
    return [row for row in history.rows if row.key not in own]


def _row(record: Record, number: int, night: str, gates: Sequence[Judged]) -> Night:
    verdicts = {one.gate: one.verdict for one in gates if one.verdict is not None}
    return Night(
        record.entry, night, number, record.created, means_of(record), record.made,
        record.identity, {one.gate: one.call for one in gates},
        {gate: p_of(verdict) for gate, verdict in verdicts.items()},
    )  # fmt: skip


def p_of(verdict: Verdict) -> float:
    """One p of a gate: twice the smaller of those of one and two nights."""
    pooled = 1.0 if verdict.pooled is None else verdict.pooled.p
    return min(1.0, 2 * min(verdict.tonight.p, pooled))


def _gates(
    judging: _Judging, record: Record, blessed: Sequence[Record], past: Sequence[Night]
) -> Iterator[Judged]:
    for gate in GATES:
        having = [one for one in blessed if one.has(gate)]
        if not (having or record.has(gate) or (gate == "time" and record.doubt)):
            continue
        why = apart(gate, record, having or blessed)
        if why is not None:
            yield Judged(record.entry, gate, "inconclusive", _shown(gate, record), None, why=why)
            continue
        yield _judged(judging, record, gate, having, past)


def _judged(
    judging: _Judging, record: Record, gate: Gate, blessed: Sequence[Record], past: Sequence[Night]
) -> Judged:
    history, how = judging.history, judging.how
    since = [row for row in _since_blessed(history, record.entry, past) if gate in row.means]
    before = _last(history, since, record, gate)
    nights: Floats = stacked([*before, record], gate)
    compared = [row for row in since if gate in row.p]
    red = [row.calls.get(gate) == "regressed" for row in compared]
    quiet = quiet_means([row.means[gate] for row in compared], red)
    if before and compared[-1:] == since[-1:] and not red[-1]:
        quiet = quiet[:-1]  # it is judged, together with the last
    least = how.drops[gate]
    found = judge(
        gate, stacked(blessed, gate), nights, record.clusters, judging.at, quiet, least
    )  # fmt: skip
    if judging.fdr is not None:
        found = judging.fdr.judge(found, p_of(found), least)
    level = sum(one.mean(gate) for one in blessed) / len(blessed)
    why: Note | str = ""
    if found.call == "inconclusive":
        key = "why_open_time" if gate == "time" else "why_open"
        worse = f"{math.expm1(least):.0%}" if gate == "time" else amount(gate, least)
        why = Note(key, {"loss": worse, "needed": found.needed})
    tonight = _row(record, 0, how.night, ())
    blamed = (
        blame(gate, blessed, record, [*past, tonight], found.tonight.value, judging.stages)
        if found.call == "regressed"
        else None
    )
    return Judged(
        record.entry, gate, found.call, _shown(gate, record), _unlogged(gate, level), found, why,
        blamed,
    )  # fmt: skip


def _since_blessed(history: History, entry: str, past: Sequence[Night]) -> Sequence[Night]:
    """The nights after the last blessed one."""
    blessed = history.blessed(entry)
    keys = () if blessed is None else blessed.nights
    return past[max((at + 1 for at, row in enumerate(past) if row.key in keys), default=0) :]


def _last(history: History, since: Sequence[Night], record: Record, gate: Gate) -> list[Record]:
    """The night before, where its answers are to the same questions under the same conditions."""
    if not since:
        return []
    found = history.record(since[-1])
    return [] if found is None or apart(gate, record, [found]) is not None else [found]


def _renamed(history: History, record: Record, tonight: Sequence[str]) -> list[Note]:
    """An entry without a past that is what another was, which did not run."""
    if history.of(record.entry):
        return []
    others = {row.entry: row for row in history.rows if row.entry not in tonight}
    for name, row in others.items():
        if row.identity == record.identity and _recipe(row.made) == _recipe(record.made):
            return [Note("night_renamed", {"entry": record.entry, "name": name})]
    return []


def _recipe(made: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in made.items() if name.startswith(("recipe.", "data."))}


def _shown(gate: Gate, record: Record) -> float | None:
    return _unlogged(gate, record.mean(gate)) if record.has(gate) else None


def _unlogged(gate: Gate, mean: float) -> float:
    return math.exp(mean) if gate == "time" else mean


def amount(gate: Gate, loss: float) -> Note | str:
    """A loss in words: points, or per cent of time."""
    if gate == "time":
        return f"{math.expm1(loss):+.1%}"
    return Note("night_points", {"points": f"{round(loss, 1) + 0.0:.1f}"})
