"""A provider in made-up time: thousands of calls in a second, decided by the real gate."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from harness.core import Output
from harness.models.remote.failure import Failure
from harness.models.remote.gate import Gate, Passage
from harness.models.remote.jobs import Job, Queue


@dataclass(frozen=True)
class Asked:
    """A call at the provider: the time, how many are being served, and a draw from [0, 1)."""

    now: float
    served: int
    drawn: float


Refuses = Callable[[Asked], bool]


@dataclass
class World:
    """Calls to a provider that refuses some.

    Args:
        refuses: which.
        most: calls at once that the client may make.
        refusal_s: how long a refusal takes; an answer takes 0.2 s.
        seed: of the draws.
    """

    refuses: Refuses
    most: int = 32
    refusal_s: float = 0.002
    seed: int = 0
    now: float = 0.0
    served: int = 0
    calls: int = 0
    refused: int = 0
    lost: int = 0
    served_at_most: int = 0
    error: str = ""
    limits: list[float] = field(default_factory=list)

    def run(self, jobs: int) -> World:
        """Have so many jobs done, or given up."""
        draw = random.Random(self.seed)
        gate = Gate(self.most, 8)
        queue = Queue()
        number = itertools.count()
        coming: list[tuple[float, int, Passage, bool, Job]] = []
        left = jobs
        for name in range(jobs):
            queue.put(Job(str(name), "", b"", 0, 0))
        while left and gate.error is None:
            queue.promote(self.now)
            while (first := queue.first()) is not None and gate.room(self.now):
                queue.drop_first()
                passage = gate.out(self.now)
                refused = self.refuses(Asked(self.now, self.served, draw.random()))
                took = self.refusal_s if refused else 0.2
                self._out(refused)
                at = self.now + took * draw.uniform(0.95, 1.05)
                heapq.heappush(coming, (at, next(number), passage, refused, first))
            if self._waits(coming, queue, gate):
                continue
            self.now, _, passage, refused, job = heapq.heappop(coming)
            self.served -= not refused
            came = Failure("overload", "full") if refused else Output(job.sample_id, "a")
            again = gate.back(passage, job, came, self.now)
            if again is not None:
                queue.put_back(job, again)
            elif job.output is not None:
                left -= 1
                self.lost += job.output.error is not None
            self.limits.append(gate.limit)
        self.error = str(gate.error or "")
        return self

    def _out(self, refused: bool) -> None:
        self.calls += 1
        self.refused += refused
        self.served += not refused
        self.served_at_most = max(self.served_at_most, self.served)

    def _waits(self, coming: list[tuple[float, int, Passage, bool, Job]], queue: Queue,
               gate: Gate) -> bool:  # fmt: skip
        """Let time pass until something else happens than that a call comes back."""
        times = [gate.opens_at(self.now)] if queue.first() is not None else []
        times += [] if queue.next_at is None else [queue.next_at]
        soonest = min(times, default=float("inf"))
        if coming and coming[0][0] <= soonest:
            return False
        self.now = max(self.now, soonest) + 1e-6
        return True

    @property
    def share(self) -> float:
        """Calls refused, as a share."""
        return self.refused / self.calls

    def speed(self, at_once: float) -> float:
        """Answers a second, as a share of what so many calls at once would bring."""
        return (self.calls - self.refused) * 0.2 / at_once / self.now


def at_random(share: float) -> Refuses:
    """Refuses whatever the load."""
    return lambda asked: asked.drawn < share


def beyond(capacity: int, share: float = 0.0) -> Refuses:
    """Refuses what goes beyond a capacity, and a share of the rest at random."""
    return lambda asked: asked.served >= capacity or asked.drawn < share


def faster_than(rate: float, burst: float) -> Refuses:
    """A token bucket."""
    tokens, filled = burst, 0.0

    def refuses(asked: Asked) -> bool:
        nonlocal tokens, filled
        tokens = min(burst, tokens + (asked.now - filled) * rate)
        filled = asked.now
        if tokens < 1:
            return True
        tokens -= 1
        return False

    return refuses


def more_a_minute(calls: int) -> Refuses:
    """So many calls in each minute by the clock."""
    minute, made = -1, 0

    def refuses(asked: Asked) -> bool:
        nonlocal minute, made
        if int(asked.now // 60) != minute:
            minute, made = int(asked.now // 60), 0
        made += 1
        return made > calls

    return refuses
