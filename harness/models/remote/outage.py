"""When nothing comes back any more: hold all calls, try with one, give up in the end."""

from __future__ import annotations

from .failure import NOBODY, Failure
from .timing import LONGEST_WAIT_S, backoff_s

# Failures in a row, in calls that may be under way, before all are held.
_WAVES = 2
_LEAST_RUN = 8
# Trials of an address that never answered at all.
_FIRST_TRIALS = 3
# Trials of one that answers, but with no completion.
_ODD_TRIALS = 3
# A hold after this many failed trials waits as after a call failed so often.
_FIRST_HOLD = 3
_LONGEST_HOLD_S, _LONGEST_REPAIR_S = 60.0, 15.0


class Outage:
    """Counts failures without a success between them. Its owner holds a lock.

    Args:
        trials: failed trials in a row after which it is given up.
    """

    def __init__(self, trials: int) -> None:
        self._trials = trials
        self._run = 0
        self._failed_trials = 0
        self.held = False
        self.until = 0.0
        self.answered = False

    def fine(self) -> None:
        """An answer came: over, if it was one."""
        self.answered = True
        self.held = False
        self._run = self._failed_trials = 0

    def failed(self, failure: Failure, calls: int, now: float) -> bool:
        """A call failed; `calls` may be under way.

        Returns:
            Whether this begins a hold.
        """
        self._run += 1
        few = not self.answered and failure.kind in NOBODY and self._run >= 2
        if self.held or not (few or self._run >= max(_LEAST_RUN, _WAVES * calls)):
            return False
        self.held = True
        self._wait(failure, now)
        return True

    def trial_failed(self, failure: Failure, now: float) -> bool:
        """The one call that went out during a hold failed.

        Returns:
            Whether to give up.
        """
        self._failed_trials += 1
        self._wait(failure, now)
        trials = self._trials
        if failure.kind == "broken":
            # It may be the request's fault: a few of those may still be given up one by one.
            trials *= 2
        elif failure.kind == "odd":
            trials = min(_ODD_TRIALS, trials)
        elif failure.kind in NOBODY and not self.answered:
            trials = min(_FIRST_TRIALS, trials)
        return self._failed_trials >= trials

    def _wait(self, failure: Failure, now: float) -> None:
        longest_s = _LONGEST_REPAIR_S if failure.kind == "broken" else _LONGEST_HOLD_S
        pause = backoff_s(_FIRST_HOLD + self._failed_trials, longest_s)
        self.until = now + max(pause, min(failure.retry_after_s or 0.0, LONGEST_WAIT_S))
