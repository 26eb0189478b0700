"""How many calls may be under way, found out from what the other side refuses.

A provider that refuses one call in ten at random is best asked as if it did not; one that refuses
whatever goes beyond its capacity is best asked for exactly that much. Both say 429. `evidence`
tells them apart. What it cannot tell, such as a limit on calls a minute, is tried: fewer calls for
a while, to see whether fewer of them are refused.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from .evidence import Evidence, Ticket

# Where the doubling starts.
_FEW = 8
# Twice the log of a likelihood ratio; the best of many boundaries is taken, again and again.
_SURE = 14.0
_SUSPICIOUS = 7.0
# Rounds of answers before the limit climbs further: refusals may be as slow as answers.
_ROUNDS = 2
# Answers for which the limit does not climb after a refusal.
_WARY = 3
# Where nothing else is clear, this share of calls refused is worth a trial of fewer.
_STRIKING = 0.3
_TRIAL_READ = 64
# A trial ends when its hypotheses differ by a factor of twenty, or after so many calls.
_DECIDED = math.log(20)
_LONGEST_TRIAL = 200
# Calls after which refusals that once proved to be random are put to the trial again.
_TRUST = 500
_MOST_TRUST = 16_000
# Answers after a cut before more is tried again; doubled each time that it fails.
_PATIENCE = 80
_MOST_PATIENCE = 6400
# Below one call at a time there are pauses between calls instead.
_LEAST = 1 / 64
_LONGEST_PAUSE_S = 60.0


@dataclass(slots=True)
class _Counts:
    """Calls that came back."""

    fine: int = 0
    refused: int = 0

    @property
    def seen(self) -> int:
        return self.fine + self.refused

    @property
    def share(self) -> float:
        return self.refused / self.seen if self.seen else 0.0


@dataclass(slots=True)
class _Trial:
    """Fewer calls for a while: `share` were refused at the limit `before`.

    Were that for their number, `expected` would be now; halfway between the evidence turns.
    """

    before: float
    share: float
    expected: float
    counts: _Counts = field(default_factory=_Counts)

    @property
    def evidence(self) -> float:
        """Log of how much likelier refusals are now rarer than not."""
        alike = min(0.99, max(0.01, self.share))
        rarer = min(0.98, max(0.005, (alike + self.expected) / 2))
        refused = self.counts.refused * math.log(rarer / alike)
        return refused + self.counts.fine * math.log((1 - rarer) / (1 - alike))


class Limit:
    """The adaptive limit. Not safe for threads: its owner holds a lock.

    Args:
        most: never more than this many calls.
        wide: whether it begins at the most: where calls come at set times, none may wait for the
            limit to grow.
    """

    def __init__(self, most: int, *, wide: bool = False) -> None:
        self._most = float(most)
        self._value = float(most if wide else min(_FEW, most))
        self._latency_s = 0.0
        self._refusal_s = 0.0
        self._evidence = Evidence(most)
        self._now = _Counts()
        self._trial: _Trial | None = None
        self._trusted_share = 0.0
        self._trusted = 0
        self._trust = _TRUST
        # How much the limit climbs at a time: infinite while it doubles, by one call an answer, 0
        # between a cut and the next attempt at more.
        self._step = math.inf
        self._answers = 0
        self._wary = 0
        self._patience = _PATIENCE
        self._ceiling = 0.0

    @property
    def value(self) -> float:
        """The limit; a value below 1 is the share of time with a call under way."""
        return self._value

    @property
    def calls(self) -> int:
        """How many calls may be under way."""
        return max(1, int(self._value))

    @property
    def pause_s(self) -> float:
        """Seconds between the end of a call and the next."""
        if self._value >= 1:
            return 0.0
        return min(_LONGEST_PAUSE_S, (self._latency_s or 1.0) * (1 / self._value - 1))

    def sent(self, under_way: int) -> Ticket:
        """A call goes out; `under_way` counts it too."""
        at_once = self._refusal_s < self._latency_s / 2
        return self._evidence.sent(under_way - 1, at_once)

    def fine(self, ticket: Ticket, took_s: float) -> None:
        """A call was answered after so many seconds."""
        self._latency_s += (took_s - self._latency_s) * (0.1 if self._latency_s else 1.0)
        self._evidence.known(ticket)
        if ticket.forgotten:
            return
        self._trusted -= 1
        self._counts.fine += 1
        if self._trial is not None:
            self._judge(self._trial)
            return
        self._answers += 1
        if self._wary:
            self._wary -= 1
        elif math.isinf(self._step) or 2 * (ticket.others + 1) >= self.calls:
            self._go_on()

    def refused(self, ticket: Ticket, took_s: float) -> float:
        """A call was refused as too much, after so many seconds.

        Returns:
            Seconds for which its place is better left empty: where most are refused at once,
            places that are filled at once would send a flood.
        """
        self._refusal_s += (took_s - self._refusal_s) * (0.1 if self._refusal_s else 1.0)
        self._evidence.refused(ticket)
        if ticket.forgotten:
            return 0.0
        self._counts.refused += 1
        level, clearly = self._evidence.boundary(self._value / 8)
        if clearly >= _SURE:
            self._cut(level + 1.0)
        elif self._trial is not None:
            self._judge(self._trial)
        elif clearly >= _SUSPICIOUS:
            self._wary = self.calls
        elif 0 < self._step < math.inf:
            self._wary = max(self._wary, _WARY)
        elif self._is_striking():
            self._try_fewer()
        striking = self._counts.seen < _FEW or self._counts.share >= _STRIKING
        return max(0.0, self._latency_s - took_s) if striking else 0.0

    def halve(self) -> None:
        """Nothing but refusals came for a while: half as many calls."""
        if self._value > 1:
            self._cut(max(1.0, self._value / 2))

    @property
    def _counts(self) -> _Counts:
        return self._now if self._trial is None else self._trial.counts

    def _go_on(self) -> None:
        """An answer came, and nothing speaks against more calls."""
        if math.isinf(self._step):
            self._value = min(self._most, self._value + 1)
        elif self._step == 0:
            if self._answers >= self._patience:
                self._climb(1.0)
        elif self._answers >= max(_FEW, _ROUNDS * self._value):
            self._climb(2 * self._step)
        if self._now.seen >= max(2 * _TRIAL_READ, 8 * self._value):
            self._now = _Counts()

    def _climb(self, step: float) -> None:
        """More calls, and more still if these rounds go well."""
        more = self._value * 1.25 if self._value < 1 else self._value + step
        self._value = min(self._most, more if self._value >= 1 else min(1.0, more))
        self._step, self._answers = step, 0

    def _cut(self, value: float) -> None:
        """Too much: this many are served."""
        if self._step and self._value <= 1.25 * self._ceiling + 1:
            self._patience = min(_MOST_PATIENCE, self._patience * 2)
        elif self._step:
            self._patience = _PATIENCE
        self._value = self._ceiling = max(_LEAST, min(value, self._value))
        self._evidence.forget_above(self.calls - 1)
        self._step = 0.0
        self._answers = self._wary = 0
        self._trial = None
        self._now = _Counts()

    def _is_striking(self) -> bool:
        """Whether so much is refused that fewer calls are worth a trial."""
        now = self._now
        if now.seen < max(_TRIAL_READ, 2 * self._value) or now.share < _STRIKING:
            return False
        return self._trusted <= 0 or now.share > self._trusted_share + _STRIKING / 2

    def _try_fewer(self) -> None:
        share, before = self._now.share, self._value
        value = max(_LEAST, before / 8, before * (1 - share))
        if before >= 2:
            value = float(max(1, int(value)))
        self._trial = _Trial(before, share, max(0.0, 1 - (1 - share) * before / value))
        self._value = value
        self._evidence.forget_above(self.calls - 1)

    def _judge(self, trial: _Trial) -> None:
        seen, evidence = trial.counts.seen, trial.evidence
        if evidence >= _DECIDED or (seen >= _LONGEST_TRIAL and evidence > 0):
            self._cut(self._value)
        elif (evidence <= -_DECIDED and seen >= _FEW) or seen >= _LONGEST_TRIAL:
            # As many are refused as before: it is chance, and tells nothing about the load.
            self._value = trial.before
            self._trusted_share = trial.counts.share
            self._trusted = self._trust
            self._trust = min(_MOST_TRUST, self._trust * 2)
            self._trial = None
            self._now = _Counts()
