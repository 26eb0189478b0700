"""How many calls may be under way, found out from what the other side refuses.

A provider that refuses one call in ten at random is best asked as if it did not; one that refuses
whatever goes beyond its capacity is best asked for exactly that much. Both say 429. What tells them
apart is whether fewer calls at once are refused less often, so that is tried: where refusals become
frequent, the limit falls to what the share that got through says of the capacity. There a provider
that is full refuses next to nothing, one that refuses at random as much as before.

Refusals come at once and answers late. So that the first are not taken for many, fates of calls are
read in the order in which the calls were sent.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Literal

# Where the doubling starts.
_FEW = 8
# Twice the log of a likelihood ratio: 6 is about two and a half standard deviations. A trial is
# cheap, so little evidence starts one.
_SUSPICIOUS = 6.0
# A trial ends when its hypotheses differ by a factor of twenty, or after so many calls.
_DECIDED = math.log(20)
_LONGEST_TRIAL = 200
# Calls read before anything is concluded from them, as many as may be under way at least.
_ROUND = 16
# A smaller difference between the shares refused is not worth fewer calls.
_MATERIAL = 0.05
# While the limit still doubles only a great share stops it.
_STRIKING = 0.3
# What is taken to be refused anyway before anything is known: one call in a hundred.
_PRIOR_REFUSED, _PRIOR_READ = 0.5, 50.0
_MEMORY = 256.0
# Calls after which refusals that once proved to be random are put to the trial again.
_TRUST = 500
_MOST_TRUST = 16_000
# Calls read after a cut before more is tried again; doubled each time that it fails.
_PATIENCE = 50
_MOST_PATIENCE = 6400
# Below one call at a time there are pauses between calls instead.
_LEAST = 1 / 64
_LONGEST_PAUSE_S = 60.0

Fate = Literal["fine", "refused", "untold"]


@dataclass(slots=True)
class Ticket:
    """A call that was let go: how many were under way with it, and what became of it."""

    level: int
    fate: Fate | None = None


@dataclass(slots=True)
class _Counts:
    """Calls whose fate was read."""

    read: float = 0.0
    refused: float = 0.0

    @property
    def share(self) -> float:
        return self.refused / self.read if self.read else 0.0

    def plus(self, other: _Counts) -> _Counts:
        """Both together; beyond what is remembered the older fade."""
        sum_ = _Counts(self.read + other.read, self.refused + other.refused)
        while sum_.read > _MEMORY:
            sum_ = _Counts(sum_.read / 2, sum_.refused / 2)
        return sum_

    def apart_from(self, other: _Counts) -> float:
        """Evidence that not both have the same share refused."""
        both = _Counts(self.read + other.read, self.refused + other.refused)
        apart = self.log_likelihood() + other.log_likelihood()
        return 2 * (apart - both.log_likelihood())

    def log_likelihood(self) -> float:
        """Of so many refusals under the share that makes them likeliest."""
        parts = (self.refused, self.read - self.refused)
        return sum(part * math.log(part / self.read) for part in parts if part > 0)


@dataclass(slots=True)
class _Trial:
    """Fewer calls for a while, to see whether fewer of them are refused.

    `share` were refused with `before` calls under way; were that for their number, `expected`
    would be now. Halfway between the two the evidence turns. `evidence` is the log of how much
    likelier refusals are now rarer than not.
    """

    value: float
    before: _Counts
    expected: float
    counts: _Counts = field(default_factory=_Counts)
    evidence: float = 0.0

    def read(self, refused: bool) -> None:
        alike = min(0.999, max(0.002, self.before.share))
        rarer = min(0.998, max(0.001, (alike + self.expected) / 2))
        self.counts.read += 1
        self.counts.refused += refused
        self.evidence += math.log(rarer / alike if refused else (1 - rarer) / (1 - alike))


class Limit:
    """The adaptive limit. Not safe for threads: its owner holds a lock.

    Args:
        most: never more than this many calls.
    """

    def __init__(self, most: int) -> None:
        self._most = float(most)
        self._value = float(min(_FEW, most))
        self._latency_s = 0.0
        self._order: deque[Ticket] = deque()
        self._usual = _Counts(_PRIOR_READ, _PRIOR_REFUSED)
        self._trust = _TRUST
        self._trial: _Trial | None = None
        # How much the limit grows in one round of replies; 0 between a cut and the next attempt
        # at more.
        self._step = math.inf
        self._patience = _PATIENCE
        self._ceiling = 0.0
        self._trusted = 0
        self._now = _Counts()
        self._levels: Counter[int] = Counter()
        self._round = 0

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
        ticket = Ticket(under_way)
        # A call with hardly another beside it tells nothing about the limit.
        if under_way * 2 > self.calls or self.calls <= _FEW:
            self._order.append(ticket)
        if len(self._order) > 4 * self.calls + _FEW:
            # A call that is long since under way is not refused any more.
            self._order[0].fate = "fine"
            self._read_on()
        return ticket

    def fine(self, ticket: Ticket, took_s: float) -> None:
        """A call was answered after so many seconds."""
        self._latency_s += (took_s - self._latency_s) * (0.1 if self._latency_s else 1.0)
        ticket.fate = "fine"
        self._read_on()

    def untold(self, ticket: Ticket) -> None:
        """A call came to nothing for a reason that is no refusal."""
        ticket.fate = "untold"
        self._read_on()

    def refused(self, ticket: Ticket, took_s: float) -> float:
        """A call was refused as too much, after so many seconds.

        Returns:
            Seconds for which its place is better left empty: refusals that come at once would
            otherwise be many before it is clear what they mean.
        """
        ticket.fate = "refused"
        self._read_on()
        ahead = sum(ticket.fate == "refused" for ticket in self._order)
        known = _Counts(self._now.read + len(self._order), self._now.refused + ahead)
        if known.share <= min(_STRIKING, self._usual.share + _MATERIAL):
            return 0.0
        return max(0.0, self._latency_s - took_s)

    def halve(self) -> None:
        """Nothing but refusals came for a while: half as many calls."""
        self._value = self._ceiling = max(1.0, self._value / 2)
        self._step = 0.0
        self._trial = None
        self._begin()

    def _read_on(self) -> None:
        while self._order and (fate := self._order[0].fate) is not None:
            level = self._order.popleft().level
            if fate != "untold":
                self._read(fate == "refused", level)

    def _read(self, refused: bool, level: int) -> None:
        if self._trial is not None:
            self._trial.read(refused)
            self._judge(self._trial)
            return
        self._now.read += 1
        self._now.refused += refused
        self._levels[level] += 1
        self._round += 1
        self._trusted -= 1
        unusual = self._now.share - self._usual.share
        if refused and self._suspicious(unusual):
            self._try_fewer()
        elif unusual <= _MATERIAL or self._doubling:
            self._go_on(refused, unusual)

    @property
    def _doubling(self) -> bool:
        return math.isinf(self._step) and self._value < self._most

    def _suspicious(self, unusual: float) -> bool:
        """Whether more is refused now than usual, and chance hardly explains it."""
        # A round of replies at least, or a few of them would decide.
        if self._now.read < max(_ROUND, self._value) or unusual < (
            _STRIKING if self._doubling else _MATERIAL
        ):
            return False
        return self._now.apart_from(self._usual) >= _SUSPICIOUS

    def _go_on(self, refused: bool, unusual: float) -> None:
        """Nothing unusual: remember it as usual, and grow when it is time."""
        if self._doubling:
            self._value = min(self._most, self._value + (not refused))
        elif self._step == 0:
            if self._round >= self._patience:
                self._step = 1.0
                self._learn()
        elif self._round >= max(_FEW, self._value) and self._value < self._most:
            self._learn()
            step = min(self._step, max(1.0, self._value / 4))
            self._value = (
                min(self._most, self._value + step)
                if self._value >= 1
                else min(1.0, self._value * 1.25)
            )
            self._step *= 2
            self._order = deque()
        if self._now.read >= max(64, 2 * self._value) and unusual <= _MATERIAL:
            self._learn(keep_round=True)

    def _learn(self, keep_round: bool = False) -> None:
        self._usual = self._usual.plus(self._now)
        round_ = self._round
        self._begin_counts()
        if keep_round:
            self._round = round_
        if self._trusted <= 0 and self._usual.share >= _MATERIAL:
            self._usual = _Counts(_PRIOR_READ, _PRIOR_REFUSED)

    def _try_fewer(self) -> None:
        share, usual, before = self._now.share, self._usual.share, self._value
        if before < 2:
            capacity = before * (1 - share) / (1 - usual)
        else:
            capacity = round(self._capacity((self._now.read - self._now.refused) / (1 - usual)))
            capacity = min(math.ceil(before) - 1, max(1, capacity))
        self._value = max(_LEAST, before / 8, capacity)
        expected = max(usual, 1 - (1 - usual) * capacity / self._value)
        self._trial = _Trial(before, self._now, expected)
        self._order = deque()

    def _capacity(self, passed: float) -> float:
        """How many calls there was room for, when so many of those read lately got through.

        With room for k of l under way, k / l of the calls get through; solved for k over the
        calls at each l, those with l <= k all through.
        """
        below = self._now.read
        inverse = 0.0
        capacity = self._value
        for level in sorted(self._levels, reverse=True):
            if inverse and (capacity := (passed - below) / inverse) >= level:
                return capacity
            below -= self._levels[level]
            inverse += self._levels[level] / level
        return passed / inverse

    def _judge(self, trial: _Trial) -> None:
        read = trial.counts.read
        fewer = trial.evidence >= _DECIDED and trial.counts.apart_from(trial.before) >= _SUSPICIOUS
        alike = trial.evidence <= -_DECIDED and read >= max(_ROUND, self._value)
        if alike or (read >= _LONGEST_TRIAL and not fewer):
            # Fewer calls are refused as often: it is chance, and tells nothing about the load.
            self._value = trial.value
            self._usual = trial.before.plus(trial.counts)
            self._trusted = self._trust
            self._trust = min(_MOST_TRUST, self._trust * 2)
        elif fewer:
            probing = self._step > 0
            if probing and trial.value <= 1.25 * self._ceiling + 1:
                self._patience = min(_MOST_PATIENCE, self._patience * 2)
            elif probing:
                self._patience = _PATIENCE
            self._ceiling = self._value
            self._step = 0.0
        else:
            return
        self._trial = None
        self._begin()

    def _begin(self) -> None:
        """A new regime: what was sent under the old one is read no more."""
        self._order = deque()
        self._begin_counts()

    def _begin_counts(self) -> None:
        self._now = _Counts()
        self._levels: Counter[int] = Counter()
        self._round = 0
