"""Requests that wait for their turn."""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass, field

from harness.core import Output


@dataclass(eq=False, slots=True)
class Job:
    """A request, and its answer once there is one.

    `tries` are the failed attempts that count against it, `attempts` all of them. One that is
    `plain` is text to go on from, and no conversation. At what is `unsent` its answer ends as well.
    """

    sample_id: str
    digest: str
    body: bytes
    characters: int
    max_tokens: int
    plain: bool = False
    unsent: tuple[str, ...] = ()
    number: int = 0
    tries: int = 0
    attempts: int = 0
    output: Output | None = None
    withdrawn: bool = False

    def lose(self, reason: str) -> None:
        """It will never be answered."""
        self.output = Output(self.sample_id, finish_reason="error", error=reason)


@dataclass(slots=True)
class Queue:
    """Jobs to be tried now, those that failed most often first, and jobs to be tried later."""

    _ready: list[tuple[int, int, Job]] = field(default_factory=list)
    _later: list[tuple[float, int, Job]] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def __len__(self) -> int:
        """How many may be tried now."""
        return len(self._ready)

    def put(self, job: Job) -> None:
        """Add a job that may be tried at once."""
        job.number = job.number or next(self._numbers)
        heapq.heappush(self._ready, (-job.attempts, job.number, job))

    def put_back(self, job: Job, at: float) -> None:
        """Add a job that may be tried from a time on."""
        heapq.heappush(self._later, (at, job.number, job))

    def promote(self, now: float) -> None:
        """Jobs whose time has come may be tried."""
        while self._later and self._later[0][0] <= now:
            self.put(heapq.heappop(self._later)[2])

    def first(self) -> Job | None:
        """The job to be tried next."""
        while self._ready and self._ready[0][2].withdrawn:
            heapq.heappop(self._ready)
        return self._ready[0][2] if self._ready else None

    def drop_first(self) -> None:
        """The first goes out."""
        heapq.heappop(self._ready)

    @property
    def next_at(self) -> float | None:
        """When the next job may be tried that may not yet; `None` where there is none."""
        return self._later[0][0] if self._later else None
