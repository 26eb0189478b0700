"""Threads that work through jobs, as many at once as the other side bears.

A job that failed goes back with a time before which it is not tried again, so no thread ever
sleeps on one.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Iterable, Set
from typing import Protocol

from harness.core import Output
from harness.errors import PodiumError
from harness.models.budget import Spent

from .failure import Failure
from .gate import Gate, Passage
from .jobs import Job, Queue

log = logging.getLogger("podium")

# A wait longer than this is explained.
_SILENCE_S = 2.0
# For a thread with nothing under way to end.
_FAREWELL_S = 1.0


class Desk(Protocol):
    """What makes the calls and pays for them, from many threads at once."""

    def reserve(self, job: Job) -> Spent | None:
        """Set aside what a call can cost; `None` where it does not fit now."""
        ...

    def used_up(self) -> PodiumError:
        """Why nothing more is set aside."""
        ...

    def ask(self, job: Job, share: Spent) -> Output | Failure:
        """Make the call; what it brings is kept when this returns."""
        ...

    def leave(self) -> None:
        """This thread makes no more calls."""
        ...


class Pool:
    """Bounded threads over one desk; they start as they are needed.

    Args:
        desk: makes the calls.
        gate: says when another may go out.
        workers: most threads.
        patience_s: how long to wait for calls that are under way when all is to end.
    """

    def __init__(self, desk: Desk, gate: Gate, workers: int, patience_s: float) -> None:
        self._desk = desk
        self._gate = gate
        self._workers = workers
        self._patience_s = patience_s
        self._queue = Queue()
        self._active: set[Job] = set()
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self._closed = False
        self._error: BaseException | None = None
        self._broken = False
        self._lock = threading.Lock()
        self._work = threading.Condition(self._lock)
        self._news = threading.Condition(self._lock)

    def submit(self, job: Job) -> None:
        """Have a job done."""
        with self._lock:
            self._queue.put(job)
            self._rouse()

    @property
    def backlog(self) -> int:
        """How many jobs wait to be sent."""
        return len(self._queue)

    def wait(self, job: Job, backlog: int) -> None:
        """Wait until a job is done, or fewer than `backlog` jobs wait to be sent.

        Raises:
            PodiumError: it never will be; raised once nothing is under way any more.
            RuntimeError: the pool is closed.
        """
        with self._lock:
            while job.output is None and len(self._queue) >= backlog:
                if self._error is not None and (self._broken or not self._active):
                    raise self._error
                if self._closed:
                    raise RuntimeError("the pool is closed")
                self._news.wait()

    def withdraw(self, jobs: Iterable[Job]) -> None:
        """Let jobs be; those under way are waited for, so that what they bring is kept."""
        with self._lock:
            left = {job for job in jobs if job.output is None}
            for job in left:
                job.withdrawn = True
            self._wait_out(left)

    def close(self) -> None:
        """Send nothing more, wait for what is under way, end the threads."""
        with self._lock:
            self._closed = True
            self._work.notify_all()
            self._news.notify_all()
            self._wait_out(self._active)
        for thread in self._threads:
            thread.join(_FAREWELL_S if self._patience_s else 0)

    def _wait_out(self, jobs: Set[Job]) -> None:
        """Wait for those of some jobs that are under way, unless a wait was broken off before."""
        patience_s, self._patience_s = self._patience_s, 0.0
        began = time.monotonic()
        told = False
        while under_way := len(jobs & self._active):
            waited_s = time.monotonic() - began
            if waited_s >= patience_s:
                break
            if waited_s >= _SILENCE_S and not told:
                told = True
                log.warning(
                    "%d answers are still under way and waited for, so that none is paid for "
                    "twice; Ctrl-C gives them up", under_way,
                )  # fmt: skip
            self._news.wait(min(_SILENCE_S, patience_s - waited_s))
        self._patience_s = patience_s

    def _run(self) -> None:
        try:
            while (call := self._next()) is not None:
                self._back(*call)
        except BaseException as error:  # noqa: BLE001  # handed to whoever waits for answers
            with self._lock:
                self._error, self._broken = error, True
                self._news.notify_all()
        finally:
            self._desk.leave()

    def _next(self) -> tuple[Job, Spent, Passage] | None:
        """The next call to make; waits for one."""
        with self._lock:
            while not self._closed:
                wait_s = self._wait_s(time.monotonic())
                if not wait_s and (call := self._start()) is not None:
                    return call
                self._idle += 1
                try:
                    self._work.wait(None if not wait_s or math.isinf(wait_s) else wait_s)
                finally:
                    self._idle -= 1
        return None

    def _wait_s(self, now: float) -> float:
        """Seconds until a call may go out; infinite until something comes back."""
        if self._error is not None:
            return math.inf
        self._queue.promote(now)
        if self._queue.first() is None:
            at = self._queue.next_at
        elif self._gate.room(now):
            return 0.0
        else:
            at = self._gate.opens_at(now)
        return math.inf if at is None else max(0.001, at - now)

    def _start(self) -> tuple[Job, Spent, Passage] | None:
        """Let the first job go, if it can be paid for."""
        job = self._queue.first()
        share = self._desk.reserve(job) if job is not None else None
        if job is None or share is None:
            if not self._active:
                self._error = self._desk.used_up()
                self._news.notify_all()
            return None
        self._queue.drop_first()
        self._active.add(job)
        # Another has to watch the clock while this one is away.
        self._work.notify()
        self._news.notify_all()
        return job, share, self._gate.out(time.monotonic())

    def _back(self, job: Job, share: Spent, passage: Passage) -> None:
        came: Output | Failure | None = None
        try:
            came = self._desk.ask(job, share)
        finally:
            with self._lock:
                self._active.discard(job)
                if came is not None:
                    self._judge(job, passage, came)
                self._rouse(spare=1)
                self._news.notify_all()

    def _judge(self, job: Job, passage: Passage, came: Output | Failure) -> None:
        now = time.monotonic()
        again = self._gate.back(passage, job, came, now)
        if again is not None and not job.withdrawn:
            self._queue.put_back(job, again)
        if self._error is None:
            self._error = self._gate.error

    def _rouse(self, spare: int = 0) -> None:
        """Wake or start as many threads as can have work; `spare` look for themselves."""
        wanted = min(self._gate.room(time.monotonic()), len(self._queue)) - spare
        if self._closed or wanted <= 0:
            return
        self._work.notify(wanted)
        for _ in range(min(wanted - self._idle, self._workers - len(self._threads))):
            name = f"teacher-{len(self._threads)}"
            thread = threading.Thread(target=self._run, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()
