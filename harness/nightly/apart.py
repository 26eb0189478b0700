"""Why a night cannot be held against others: it was asked otherwise, or timed otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce

from harness.nightly.evidence import Gate
from harness.nightly.made import MUST_AGREE
from harness.nightly.record import Record
from harness.text.display import clip
from harness.timing.machine import BUSY
from reports.strings import Note

_OF_MACHINE = "machine."
_REFERENCE = ("settings.latency.reference", "settings.latency.weights")
_SHOWN = 60  # columns of a question
# Of the questions that were timed, the share that must be timed again.
_SAME = 0.5


def apart(gate: Gate, record: Record, blessed: Sequence[Record]) -> Note | None:
    """Why last night cannot be held against others by a gate; `None` where it can."""
    if gate == "time" and record.doubt:
        return Note("why_doubt", {"why": record.doubt})
    if not blessed:
        return Note("why_unblessed", {"entry": record.entry})
    for one in blessed:
        if (why := _asked_apart(one, record)) is not None:
            return Note("why_meant", {"why": why, "entry": record.entry})
        if not record.has(gate) or not one.has(gate):
            return Note("why_no_blessed_data" if record.has(gate) else "why_no_data")
        if gate == "time" and (why := _times_apart(record, one)) is not None:
            return why
    return _busier(record, blessed) if gate == "time" else None


def _asked_apart(one: Record, record: Record) -> Note | None:
    """How two nights were asked or scored otherwise."""
    for name in MUST_AGREE:
        before, since = one.identity.get(name), record.identity.get(name)
        if before != since and name == "questions":
            told = list(_differences(one, record)) or [Note("why_judged")]
            return Note("why_questions", {"how": reduce(_and, told)})
        if before != since:
            return _setting(name, str(before), str(since))
    return None


def _and(first: Note, rest: Note) -> Note:
    return Note("why_and", {"first": first, "rest": rest})


def _setting(name: str, before: str, since: str) -> Note:
    return Note("why_setting", {"name": name, "before": before, "since": since})


def _busier(record: Record, blessed: Sequence[Record]) -> Note | None:
    """Seconds of a busy machine are not those of a quiet one; ratios are."""
    usual = sum(one.taken for one in blessed) / len(blessed)
    if record.relative or abs(record.taken - usual) <= BUSY:
        return None
    return Note("why_busier", {"now": f"{record.taken:.0%}", "usual": f"{usual:.0%}"})


def _differences(one: Record, record: Record) -> Iterator[Note]:
    """How the questions of two nights differ, in words."""
    before, since = ({name: at for at, name in enumerate(night.ids)} for night in (one, record))
    new, gone = (sorted(a.keys() - b.keys()) for a, b in ((since, before), (before, since)))
    if new:
        yield Note("why_new", {"n": str(len(new)), "such": new[0]})
    if gone:
        yield Note("why_gone", {"n": str(len(gone)), "such": gone[0]})
    both = [name for name in since if name in before]
    for key, old, now in (
        ("why_worded", one.asked, record.asked),
        ("why_answered", one.golds, record.golds),
    ):
        pairs = [(name, old[before[name]], now[since[name]]) for name in both]
        found = [(name, was, is_now) for name, was, is_now in pairs if was != is_now]
        if found:
            name, was, is_now = found[0]
            counts = {"n": str(len(found)), "all": str(len(since)), "such": name}
            yield Note(key, {**counts, "before": clip(was, _SHOWN), "since": clip(is_now, _SHOWN)})


def _times_apart(record: Record, one: Record) -> Note | None:
    """Why times do not compare: a slower machine is no slower model."""
    if record.relative != one.relative:
        return Note("why_reference" if record.relative else "why_no_reference")
    asked, again = (
        {name for name, value in zip(night.ids, night.values["time"], strict=True)
         if value is not None}
        for night in (one, record)
    )  # fmt: skip
    if len(asked & again) < _SAME * len(asked):
        return Note("why_few_timed", {"n": str(len(asked)), "again": str(len(asked & again))})
    names = _REFERENCE if record.relative else _machine(one, record)
    for name in names:
        before, since = one.made.get(name, "nothing"), record.made.get(name, "nothing")
        if before != since:
            found = _setting(name, before, since)
            return found if record.relative else Note("why_machine", {"why": found})
    return None


def _machine(one: Record, record: Record) -> list[str]:
    return [name for name in {**one.made, **record.made} if name.startswith(_OF_MACHINE)]
