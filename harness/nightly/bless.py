"""`podium bless`: the only thing that moves what nights are held against; it says what moves."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from harness.errors import InputError, did_you_mean
from harness.nightly.blame import changes
from harness.nightly.evidence import GATES, Gate
from harness.nightly.history import Blessed, History, Night

NIGHTS = 4


def bless(
    history: History, entries: Sequence[str], count: int = NIGHTS, was: str = ""
) -> list[str]:
    """Bless the last nights of entries: of all, or, where that cannot be, of none.

    Args:
        history: where nights are kept.
        entries: whose nights.
        count: how many at most; as many of the last as were made alike.
        was: the former name of the one entry, whose nights are its own from now on.

    Returns:
        What changes, in sentences.

    Raises:
        InputError: there is no such entry, or no night of it is left to bless.
        StoreError: the disk refuses.
    """
    _check_names(history, [*entries, *filter(None, (was,))])
    with history.locked():
        if was:
            return _move(history, entries[0], was)
        chosen = {entry: _alike(history, entry, count) for entry in entries}
        return [
            line
            for entry, nights in chosen.items()
            for line in _bless(history, entry, nights, count)
        ]


def _check_names(history: History, names: Sequence[str]) -> None:
    """Before anything is written, a lock included."""
    known = sorted({row.entry for row in history.rows})
    for name in names:
        if not known:
            raise InputError(f"{history.root}: there are no nights yet: podium nightly makes them")
        if name not in known:
            raise InputError(f"{name}: has no nights in {history.root}{did_you_mean(name, known)}")


def _bless(history: History, entry: str, nights: Sequence[Night], count: int) -> list[str]:
    before = history.blessed(entry)
    said = list(_told(history, entry, before, nights, count))
    keys = tuple(row.key for row in nights)
    history.bless(Blessed(entry, keys, "" if before is None else before.was))
    return said


def _move(history: History, entry: str, was: str) -> list[str]:
    """Give an entry the blessed nights and the past of another name."""
    if entry == was:
        raise InputError(f"{entry}: is its own former name")
    old = history.blessed(was)
    if entry in history.names(was):
        raise InputError(f"{was}: was called {entry} before, so its past is {entry}'s already")
    if old is None:
        raise InputError(f"{was}: has no blessed nights to hand on")
    own = history.blessed(entry)
    if own is not None and own.was != was:
        raise InputError(
            f"{entry}: has blessed nights of its own, which those of {was} would take the place "
            "of; --was is for an entry that has none"
        )
    history.bless(Blessed(entry, old.nights, was))
    return [f"{entry}: is held against the blessed nights of {was}, whose past is its own now"]


def _alike(history: History, entry: str, count: int) -> list[Night]:
    """The last nights with their answers that asked the same questions, made in the same way."""
    rows = [row for row in history.of(entry) if history.record(row) is not None]
    if not rows:
        raise InputError(f"{entry}: no answers of a night are left to bless")
    last, found = rows[-1], []
    for row in reversed(rows[-count:]):
        if row.identity != last.identity or row.made != last.made:
            break
        found.append(row)
    return found[::-1]


def _told(
    history: History, entry: str, before: Blessed | None, nights: Sequence[Night], count: int
) -> Iterator[str]:
    names = f"{nights[0].night} to {nights[-1].night}" if len(nights) > 1 else nights[0].night
    yield (
        f"{entry}: {len(nights)} nights are blessed: {names}"
        if len(nights) > 1
        else (f"{entry}: one night is blessed: {names}")
    )
    if len(nights) < count:
        yield (
            f"{entry}: {count} were wanted; with so few, the noise of nights is hardly known: "
            "bless again when there are more"
        )
    for row in nights:
        record = history.record(row)
        if record is not None and record.doubt:
            yield f"{entry}: the times of {row.night} do not count: {record.doubt}"
    old = [] if before is None else _nights(history, entry, before)
    if not old:
        yield f"{entry}: nothing was blessed before"
    else:
        for gate in GATES:
            yield from _moved(entry, gate, old, nights)
        for change in changes(old[-1].made, nights[-1].made):
            yield f"{entry}: {change.name} was {change.before} and is {change.since}"
    for name, call in nights[-1].calls.items():
        if call == "regressed":
            yield f"{entry}: {name} is regressed on that night: blessing it accepts the loss"


def _nights(history: History, entry: str, blessed: Blessed) -> list[Night]:
    rows = {row.key: row for row in history.of(entry)}
    return [rows[key] for key in blessed.nights if key in rows]


def _moved(entry: str, gate: Gate, old: Sequence[Night], new: Sequence[Night]) -> Iterator[str]:
    """How far the level of a gate moves."""
    levels = [[row.means[gate] for row in nights if gate in row.means] for nights in (old, new)]
    if not all(levels):
        return
    before, since = (sum(values) / len(values) for values in levels)
    if gate == "time":
        yield f"{entry}: time moves from {math.exp(before):.3g} to {math.exp(since):.3g}"
    else:
        yield f"{entry}: {gate} moves from {before:.2f} to {since:.2f}"
