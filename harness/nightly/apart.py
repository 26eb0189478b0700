"""Why a night cannot be held against others: it was asked otherwise, or timed otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.nightly.evidence import Gate
from harness.nightly.made import MUST_AGREE
from harness.nightly.record import Record
from harness.text.display import clip
from harness.timing.machine import BUSY

_OF_MACHINE = "machine."
_REFERENCE = ("settings.latency.reference", "settings.latency.weights")
_SHOWN = 60  # columns of a question
# Of the questions that were timed, the share that must be timed again.
_SAME = 0.5


def apart(gate: Gate, record: Record, blessed: Sequence[Record]) -> str:
    """Why last night cannot be held against others by a gate; empty where it can."""
    if gate == "time" and record.doubt:
        return f"those of this night do not count: {record.doubt}: run it again, it counts once"
    if not blessed:
        return f"no night is blessed: podium bless {record.entry}"
    for one in blessed:
        for name in MUST_AGREE:
            before, since = one.identity.get(name), record.identity.get(name)
            if before != since:
                why = f"{name} is {before} on the blessed nights and {since} on this one"
                if name == "questions":
                    why = _questions_apart(one, record)
                return f"{why}: if that is meant, podium bless {record.entry}"
        if not record.has(gate) or not one.has(gate):
            which = "a blessed night" if record.has(gate) else "this night"
            return f"{which} has no data for it"
        if gate == "time" and (why := _times_apart(record, one)):
            return why
    return _busier(record, blessed) if gate == "time" else ""


def _busier(record: Record, blessed: Sequence[Record]) -> str:
    """Seconds of a busy machine are not those of a quiet one; ratios are."""
    usual = sum(one.taken for one in blessed) / len(blessed)
    if record.relative or abs(record.taken - usual) <= BUSY:
        return ""
    return (
        f"others had {record.taken:.0%} of the processors meanwhile, and {usual:.0%} on the blessed"
        " nights; with latency.reference such times compare as well"
    )


def _questions_apart(one: Record, record: Record) -> str:
    """How the questions of two nights differ, in words."""
    told = "; ".join(_differences(one, record))
    return f"other questions than on the blessed nights: {told or 'what judges them changed'}"


def _differences(one: Record, record: Record) -> Iterator[str]:
    before, since = ({name: at for at, name in enumerate(night.ids)} for night in (one, record))
    new, gone = (sorted(a.keys() - b.keys()) for a, b in ((since, before), (before, since)))
    if new:
        yield f"{len(new)} are new, such as {new[0]}"
    if gone:
        yield f"{len(gone)} are gone, such as {gone[0]}"
    both = [name for name in since if name in before]
    pairs = [(name, before[name], since[name]) for name in both]
    for what, old, now in (
        ("are worded otherwise", one.asked, record.asked),
        ("have another right answer", one.golds, record.golds),
    ):  # fmt: skip
        found = [(name, old[a], now[b]) for name, a, b in pairs if old[a] != now[b]]
        if found:
            name, was, now_is = found[0]
            yield (
                f"{len(found)} of {len(since)} {what}, such as {name}: "
                f"{clip(was, _SHOWN)} → {clip(now_is, _SHOWN)}"
            )


def _times_apart(record: Record, one: Record) -> str:
    """Why times do not compare: a slower machine is no slower model."""
    if record.relative != one.relative:
        which = "this night alone" if record.relative else "the blessed nights alone"
        return f"latency.reference: {which} timed a reference model"
    asked, again = (
        {name for name, value in zip(night.ids, night.values["time"], strict=True)
         if value is not None}
        for night in (one, record)
    )  # fmt: skip
    if len(asked & again) < _SAME * len(asked):
        return f"of {len(asked)} questions that were timed, only {len(asked & again)} were again"
    names = _REFERENCE if record.relative else _machine(one, record)
    for name in names:
        before, since = one.made.get(name, "nothing"), record.made.get(name, "nothing")
        if before != since:
            hint = (
                "" if record.relative else "; with latency.reference times compare across machines"
            )
            return f"{name} is {before} on the blessed nights and {since} on this one{hint}"
    return ""


def _machine(one: Record, record: Record) -> list[str]:
    return [name for name in {**one.made, **record.made} if name.startswith(_OF_MACHINE)]
