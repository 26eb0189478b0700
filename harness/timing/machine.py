"""What else the machine did while answers were timed, from the kernel's own counters.

Three shares say how far times were disturbed from outside:

    others   of all processors, busy with processes that are not ours (/proc/stat less our own)
    steal    of all processors, taken by other guests of the host (/proc/stat)
    waited   of the time, how long a thread of ours was ready and had no processor
             (/proc/self/task/*/schedstat)

Where the kernel tells none of it, all are `None` and nothing is noticed.
"""

from __future__ import annotations

import math
import os
import re
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

Block = TypeVar("Block")
Result = TypeVar("Result")

_PROC = Path("/proc")
# Counters of /proc/stat are in ticks of 10 ms: in less than this they say little.
LEAST_WINDOW_S = 0.5
# So much more than in the quietest quarter of the session is a disturbance.
DISTURBING = 0.10
# More than so much of all processors in other hands, all the time: what was timed was steady at
# most, and need not come out alike on a quieter machine.
BUSY = 0.10


@dataclass(frozen=True, slots=True)
class Reading:
    """The counters at one moment, in seconds; `None` what the kernel does not tell."""

    at: float
    busy_s: float | None = None
    steal_s: float | None = None
    own_s: float | None = None
    waited_s: float | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What happened between two readings, as shares of 0 to 1."""

    others: float | None = None
    steal: float | None = None
    waited: float | None = None


class Monitor(Protocol):
    """Reads the counters."""

    def read(self) -> Reading:
        """The counters now."""
        ...


class Kernel:
    """The counters of this machine; processes that this one started before count as ours."""

    def __init__(self) -> None:
        self._ours = [os.getpid(), *_descendants(os.getpid())]

    def read(self) -> Reading:
        """The counters now."""
        busy, steal = _processors()
        own = sum(_cpu_s(pid) for pid in self._ours)
        return Reading(time.perf_counter(), busy, steal, own, _waited_s())


class Watch(Generic[Block]):
    """What the machine did while each block of requests was taken.

    The counters are coarse, so that blocks which end soon share a window.
    """

    def __init__(self, monitor: Monitor) -> None:
        self._monitor = monitor
        self._start = monitor.read()
        self._open: list[Block] = []
        self._windows: list[tuple[Usage, list[Block]]] = []

    def note(self, block: Block) -> None:
        """A block has just been taken."""
        self._open.append(block)
        now = self._monitor.read()
        if now.at - self._start.at >= LEAST_WINDOW_S:
            self._close(now)

    def disturbed_windows(self) -> list[list[Block]]:
        """The blocks of each disturbed window, in the order in which they were taken."""
        if self._open:
            self._close(self._monitor.read())
        marks = disturbed([window for window, _ in self._windows])
        windows = zip(self._windows, marks, strict=True)
        return [blocks for (_, blocks), marked in windows if marked]

    def again(self, work: Callable[[], Result]) -> tuple[Result, bool]:
        """Do something; its result, and whether it went undisturbed."""
        start = self._monitor.read()
        result = work()
        if (rest := LEAST_WINDOW_S - (self._monitor.read().at - start.at)) > 0:
            time.sleep(rest)  # in less the counters say nothing; others go on meanwhile
        window = usage(start, self._monitor.read())
        return result, not disturbed([*(known for known, _ in self._windows), window])[-1]

    def told(self) -> dict[str, float | None]:
        """Shares over the whole time, and of blocks that were disturbed."""
        bad = sum(map(len, self.disturbed_windows()))
        blocks = sum(len(inside) for _, inside in self._windows)
        names = ("others", "steal", "waited")
        found = {name: _mean([getattr(w, name) for w, _ in self._windows]) for name in names}
        return {**found, "disturbed": round(bad / blocks, 4) if blocks else None}

    def _close(self, now: Reading) -> None:
        self._windows.append((usage(self._start, now), self._open))
        self._start, self._open = now, []


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(statistics.fmean(known), 4) if known else None


def usage(start: Reading, end: Reading) -> Usage:
    """What happened from one reading to another."""
    span = end.at - start.at
    room = span * (os.cpu_count() or 1)
    busy, own = _gone(start.busy_s, end.busy_s), _gone(start.own_s, end.own_s)
    others = None if busy is None or own is None else max(0.0, busy - own)
    return Usage(
        _share(others, room),
        _share(_gone(start.steal_s, end.steal_s), room),
        _share(_gone(start.waited_s, end.waited_s), span),
    )


def disturbed(windows: Sequence[Usage]) -> list[bool]:
    """Which windows had more going on than the quietest quarter of them has.

    What goes on all the time is a state of the machine, told in the record, and no disturbance;
    so is a server on this machine that we ask and did not start.
    """
    return [
        any(marks)
        for marks in zip(
            _above([None if w.others is None else w.others + (w.steal or 0.0) for w in windows]),
            _above([w.waited for w in windows]),
            strict=True,
        )
    ]


def _above(values: Sequence[float | None]) -> list[bool]:
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return [False] * len(values)
    quiet = statistics.quantiles(known, n=4, method="inclusive")[0]
    return [value is not None and value > quiet + DISTURBING for value in values]


def had_by_others(told: Mapping[str, Any]) -> float:
    """The share of all processors in other hands, by what `Watch.told` says; 0 where unknown."""
    shares = (told.get(name) for name in ("others", "steal"))
    return math.fsum(share for share in shares if share is not None)


def megahertz() -> float | None:
    """Mean clock of the processors in MHz, as the kernel tells it; `None` where it does not."""
    try:
        text = (_PROC / "cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    found = [float(value) for value in re.findall(r"^cpu MHz\s*:\s*([\d.]+)", text, re.M)]
    return round(statistics.fmean(found), 1) if found else None


def _gone(start: float | None, end: float | None) -> float | None:
    return None if start is None or end is None else max(0.0, end - start)


def _share(seconds: float | None, room: float) -> float | None:
    return None if seconds is None or room <= 0 else round(min(1.0, seconds / room), 4)


def _processors() -> tuple[float | None, float | None]:
    """Seconds that all processors were busy, and those that were stolen."""
    try:
        line = (_PROC / "stat").read_text(encoding="ascii").partition("\n")[0]
    except OSError:
        return None, None
    user, nice, system, _, _, irq, softirq, steal = map(int, line.split()[1:9])
    tick = os.sysconf("SC_CLK_TCK")
    return (user + nice + system + irq + softirq) / tick, steal / tick


def _cpu_s(pid: int) -> float:
    """Seconds that a process has computed; 0 of one that is gone."""
    try:
        text = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0.0
    fields = text.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _waited_s() -> float | None:
    """Seconds that threads of this process were ready and had no processor, of the one most so."""
    waits = list(_waits())
    return max(waits) if waits else None


def _waits() -> Iterator[float]:
    for path in (_PROC / "self" / "task").glob("*/schedstat"):
        try:
            yield int(path.read_text(encoding="ascii").split()[1]) / 1e9
        except (OSError, IndexError):
            continue  # a thread that has ended meanwhile


def _descendants(pid: int) -> list[int]:
    """Processes that a process started, and those that they did."""
    parents: dict[int, list[int]] = {}
    for path in _PROC.glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found, waiting = [], list(parents.get(pid, ()))
    while waiting:
        child = waiting.pop()
        found.append(child)
        waiting += parents.get(child, ())
    return found
