"""One night judged: every entry's gates against its blessed nights, and what is kept of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from harness.metrics.clusters import Floats
from harness.nightly.blame import Blame, blame
from harness.nightly.evidence import GATES, Gate
from harness.nightly.fdr import Fdr
from harness.nightly.history import History, Night, means_of
from harness.nightly.record import MUST_AGREE, Record, stacked
from harness.nightly.rule import DROPS, Call, Levels, Verdict, judge, levels, quiet_means
from reports.strings import Note

_OF_MACHINE = "machine."


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


def judge_night(history: History, records: Sequence[Record], how: How) -> Report:
    """Judge the entries of a night, and keep them.

    Args:
        history: where nights are kept.
        records: of the entries that ran.
        how: the rule.

    Raises:
        StoreError: the disk refuses.
    """
    found: list[Judged] = []
    noticed: list[Note] = []
    at = levels(sum(record.has(gate) for record in records for gate in GATES))
    with history.locked():
        fdr = Fdr(_before(history, records, how.night)) if how.rule == "online-fdr" else None
        judging = _Judging(history, how, at, fdr)
        for record in records:
            number, odd = history.place(record.entry, how.night)
            noticed += [odd] if odd is not None else []
            noticed += _renamed(history, record, [one.entry for one in records])
            gates = list(_gates(judging, record, number))
            found += gates
            history.add(_row(record, number, how.night, gates), record)
    return Report(how.night, tuple(found), tuple(noticed))


def _before(history: History, records: Sequence[Record], night: str) -> list[Night]:
    """All nights but this one, should it have run before."""
    own = {(one.entry, history.place(one.entry, night)[0]) for one in records}
    return [row for row in history.rows if (row.entry, row.number) not in own]


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


def _gates(judging: _Judging, record: Record, number: int) -> Iterator[Judged]:
    history = judging.history
    blessed = history.blessed_records(record.entry)
    past = [row for row in history.of(record.entry) if row.number < number]
    for gate in GATES:
        if not record.has(gate) and not any(one.has(gate) for one in blessed):
            continue
        why = _apart(gate, record, blessed)
        if why is not None:
            yield Judged(record.entry, gate, "inconclusive", _shown(gate, record), None, why=why)
            continue
        yield _judged(judging, record, gate, blessed, past)


def _judged(
    judging: _Judging, record: Record, gate: Gate, blessed: Sequence[Record], past: Sequence[Night]
) -> Judged:
    history, how = judging.history, judging.how
    numbers = _numbers(history, record.entry)
    since = [row for row in past if row.number > max(numbers) and gate in row.means]
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
        why = Note("why_open", {"loss": amount(gate, least), "needed": found.needed})
    tonight = _row(record, 0, how.night, ())
    blamed = (
        blame(gate, blessed, record, [*past, tonight], found.tonight.value)
        if found.call == "regressed"
        else None
    )
    return Judged(
        record.entry, gate, found.call, _shown(gate, record), _unlogged(gate, level), found, why,
        blamed,
    )  # fmt: skip


def _numbers(history: History, entry: str) -> tuple[int, ...]:
    blessed = history.blessed(entry)
    return (0,) if blessed is None else blessed.nights


def _last(history: History, since: Sequence[Night], record: Record, gate: Gate) -> list[Record]:
    """The night before, where its answers are to the same questions under the same conditions."""
    if not since:
        return []
    found = history.record(since[-1])
    return [] if found is None or _apart(gate, record, [found]) is not None else [found]


def _apart(gate: Gate, record: Record, blessed: Sequence[Record]) -> Note | None:
    """Why last night cannot be held against others; `None` where it can."""
    if not blessed:
        return Note("why_unblessed", {"entry": record.entry})
    for one in blessed:
        for name in MUST_AGREE:
            before, since = one.identity.get(name), record.identity.get(name)
            if before != since:
                told = {"name": name, "before": str(before), "since": str(since)}
                return Note("why_identity", told)
        if one.ids != record.ids:
            odd = min({*one.ids} ^ {*record.ids}, default=None)
            return Note("why_questions", {"such": Note("why_order") if odd is None else odd})
        if not record.has(gate) or not one.has(gate):
            return Note("why_no_data" if one.has(gate) else "why_no_blessed_data")
        if gate == "time" and (why := _times_apart(record, one)) is not None:
            return why
    return None


def _times_apart(record: Record, one: Record) -> Note | None:
    """Why times do not compare: a slower machine is no slower model."""
    if record.relative != one.relative:
        return Note("why_reference" if record.relative else "why_no_reference")
    if record.relative:
        before, since = (each.made.get("settings.latency") for each in (one, record))
        told = {"before": str(before), "since": str(since)}
        return None if before == since else Note("why_latency", told)
    names = [name for name in {**one.made, **record.made} if name.startswith(_OF_MACHINE)]
    for name in names:
        before, since = one.made.get(name, "nothing"), record.made.get(name, "nothing")
        if before != since:
            return Note("why_machine", {"name": name, "before": before, "since": since})
    return None


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
