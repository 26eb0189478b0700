"""Whether another call may go out now, by all that has been heard of the other side."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

from harness.core import Output
from harness.errors import PodiumError, RunError, UsageError

from .evidence import Ticket
from .failure import TOO_MUCH, Failure
from .jobs import Job
from .limit import Limit
from .outage import Outage
from .timing import LONGEST_WAIT_S, backoff_s

# Jobs lost in a row, without a success between, that end it all.
_MOST_LOST = 8
# Requests in a row that are refused as wrong before any was ever right.
_MOST_WRONG = 16
_LEAST_WRONG = 3
# Answers that are no completion, before any was one.
_MOST_ODD = 2
# Refusals as too much count against a job only where others get through; this often they do.
_ATTEMPTS_PER_TRY = 4


@dataclass(frozen=True, slots=True)
class Passage:
    """A call that went out: when, and whether it is the one that goes out during a hold."""

    ticket: Ticket
    trial: bool
    began: float


class Gate:
    """Counts what is under way and judges what came back. Its owner holds a lock.

    Args:
        most: never more calls at once.
        tries: failed attempts after which a job is lost.
        wide: whether it begins open for the most.
    """

    def __init__(self, most: int, tries: int, *, wide: bool = False) -> None:
        self._most = most
        self._tries = tries
        self._limit = Limit(most, wide=wide)
        self._outage = Outage(tries)
        self._resting: list[float] = []
        self._closed_until = 0.0
        self._on_trial = False
        self._lost = 0
        self._wrong = 0
        self._odd = 0
        self._heard = False
        self.under_way = 0
        self.refused = 0
        self.error: PodiumError | None = None

    @property
    def limit(self) -> float:
        """How many calls may be under way."""
        return self._limit.value

    def known_to_answer(self) -> None:
        """This address has answered such requests before."""
        self._outage.answered = True

    def room(self, now: float) -> int:
        """How many calls may go out now."""
        while self._resting and self._resting[0] <= now:
            heapq.heappop(self._resting)
        if now < self._closed_until:
            return 0
        if self._outage.held:
            return int(not self._on_trial and now >= self._outage.until)
        return max(0, self._limit.calls - self.under_way - len(self._resting))

    def opens_at(self, now: float) -> float:
        """When there may be room without anything coming back; infinite where never."""
        times = [self._closed_until, self._outage.until if self._outage.held else 0.0]
        times += self._resting[:1]
        return min((at for at in times if at > now), default=math.inf)

    def out(self, now: float) -> Passage:
        """A call goes out."""
        self.under_way += 1
        trial = self._outage.held
        self._on_trial = self._on_trial or trial
        return Passage(self._limit.sent(self.under_way), trial, now)

    def back(self, passage: Passage, job: Job, came: Output | Failure, now: float) -> float | None:
        """A call came back.

        Returns:
            When to try the job again; `None` where it is done, for good or ill.
        """
        self.under_way -= 1
        if passage.trial:
            self._on_trial = False
        again = None
        if isinstance(came, Output):
            job.output = came
            self._fine(passage, now)
        else:
            again = self._failed(passage, job, came, now)
        if self._limit.pause_s:
            self._closed_until = max(self._closed_until, now + self._limit.pause_s)
        return again

    def _fine(self, passage: Passage, now: float) -> None:
        self._limit.fine(passage.ticket, now - passage.began)
        self._outage.fine()
        self._heard = True
        self._lost = self._wrong = self._odd = 0

    def _failed(self, passage: Passage, job: Job, failure: Failure, now: float) -> float | None:
        if failure.kind in TOO_MUCH:
            self._refused(passage, failure, now)
        if failure.kind == "final":
            self.error = failure.error
            return None
        if failure.kind == "sample":
            return self._wrong_one(job, failure, now)
        job.attempts += 1
        if failure.kind == "odd" and self._is_always_odd():
            self.error = failure.error
            return None
        self._hold(passage, failure, now)
        job.tries += self._counts(failure)
        wait_s = failure.retry_after_s or 0.0
        if wait_s > LONGEST_WAIT_S:
            self._lose(job, f"{failure.reason} (asks to wait {wait_s:,.0f} s)")
        elif max(job.tries, job.attempts // _ATTEMPTS_PER_TRY) >= self._tries:
            self._lose(job, f"failed {job.attempts} times, at last: {failure.reason}")
        else:
            return now + max(backoff_s(job.attempts), wait_s + bool(wait_s) * backoff_s(1))
        return None

    def _refused(self, passage: Passage, failure: Failure, now: float) -> None:
        self.refused += 1
        rest_s = self._limit.refused(passage.ticket, now - passage.began)
        if rest_s:
            heapq.heappush(self._resting, now + rest_s)
        if self._limit.value < 1:
            # One call at a time is too much already: the wait is meant for all.
            wait_s = min(failure.retry_after_s or 0.0, LONGEST_WAIT_S)
            self._closed_until = max(self._closed_until, now + wait_s)

    def _hold(self, passage: Passage, failure: Failure, now: float) -> None:
        if passage.trial:
            if self._outage.trial_failed(failure, now):
                self.error = failure.error or RunError(
                    f"{failure.reason}: given up after many calls without one answer; what was "
                    "answered is kept, run again to go on"
                )
        elif self._outage.failed(failure, self._limit.calls, now) and failure.kind in TOO_MUCH:
            self._limit.halve()

    def _counts(self, failure: Failure) -> bool:
        """Whether it counts against the job: it does not where nobody gets through."""
        if self._outage.held and failure.kind != "broken":
            return False
        return failure.kind != "overload" or self._limit.calls == self._most

    def _is_always_odd(self) -> bool:
        """Whether no completion is to be had here: none ever came, and again it is none."""
        self._odd += 1
        return not self._heard and self._odd >= _MOST_ODD

    def _wrong_one(self, job: Job, failure: Failure, now: float) -> float | None:
        """A request is refused as wrong: it alone, or whatever is asked here?"""
        if self._outage.answered:
            job.lose(failure.reason)
            return None
        self._wrong += 1
        job.attempts += 1
        alone = self._wrong >= _LEAST_WRONG and not self.under_way
        if alone or self._wrong >= _MOST_WRONG:
            self.error = UsageError(f"no request is accepted: {failure.reason}")
            return None
        return now + backoff_s(job.attempts)

    def _lose(self, job: Job, reason: str) -> None:
        job.lose(reason)
        self._lost += 1
        hopeless = not self._outage.answered and not self.under_way
        if hopeless or self._lost >= _MOST_LOST:
            self.error = RunError(
                f"{self._lost} requests in a row came to nothing, one of them {reason}; what was "
                "answered is kept, run again to go on"
            )
