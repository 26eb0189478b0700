"""Whether refusals depend on load: counted by how many calls were being served at the time.

Of a provider that serves k calls at once, every call is refused that finds k being served, and none
other; of one that refuses at random, calls are refused whatever they find. Calls that were refused
themselves are not served, so they do not count, however long the refusal took.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

# A smaller difference between the shares refused is not worth fewer calls.
_MATERIAL = 0.05
# Levels up to this one are told apart singly, those above in steps of a 64th.
_SINGLE = 64
# Calls that are remembered, in calls that may be under way; older ones fade.
_MEMORY = 8
_LEAST_MEMORY = 256


@dataclass(slots=True)
class Ticket:
    """A call, with so many `others` under way when it went out.

    `level` is how many of those were being served, as far as is known by now.
    """

    others: int
    level: int
    counted: bool = False
    refused: bool = False
    forgotten: bool = False


class Evidence:
    """Calls sent and refused, by level."""

    def __init__(self, most: int) -> None:
        self._sent = [0.0] * (most + 1)
        self._refused = [0.0] * (most + 1)
        self._order: deque[Ticket] = deque(maxlen=4 * most)
        self._memory = max(_LEAST_MEMORY, _MEMORY * most)
        self._total = 0.0

    def sent(self, others: int, at_once: bool) -> Ticket:
        """A call goes out with so many others under way; until they come back, all are served.

        Refusals that come `at_once` come before answers, so calls count as let through until they
        are refused, or the share refused would look too great at first; otherwise calls count once
        they come back.
        """
        level = min(others, len(self._sent) - 1)
        ticket = Ticket(level, level)
        self._order.append(ticket)
        if at_once:
            self.known(ticket)
        return ticket

    def known(self, ticket: Ticket) -> None:
        """What became of a call is known, or taken to be."""
        if ticket.counted or ticket.forgotten:
            return
        ticket.counted = True
        self._sent[ticket.level] += 1
        self._total += 1
        if self._total > self._memory:
            self._sent = [count / 2 for count in self._sent]
            self._refused = [count / 2 for count in self._refused]
            self._total /= 2

    def refused(self, ticket: Ticket) -> None:
        """It was refused: those that went out after it found one less being served."""
        self.known(ticket)
        ticket.refused = True
        if not ticket.forgotten:
            self._refused[ticket.level] += 1
        for later in reversed(self._order):
            if later is ticket:
                break
            if not later.forgotten and later.level:
                self._move(later, later.level - 1)

    def forget_above(self, level: int) -> None:
        """Calls above a level tell nothing about what comes now."""
        for above in range(level + 1, len(self._sent)):
            self._sent[above] = self._refused[above] = 0.0
        self._total = sum(self._sent)
        for ticket in self._order:
            ticket.forgotten = True

    def boundary(self, least: float) -> tuple[int, float]:
        """The level above which calls are most clearly refused more often, and how clearly.

        At least `least` calls lie above it. How clearly is twice the log of a likelihood ratio:
        9 is three standard deviations.
        """
        sent, refused = sum(self._sent), sum(self._refused)
        alike = _log_likelihood(refused, sent)
        best, found = 0.0, 0
        low_sent = low_refused = 0.0
        skipped = 0
        for level in range(len(self._sent) - 1):
            low_sent += self._sent[level]
            low_refused += self._refused[level]
            skipped += 1
            if skipped * _SINGLE < level or low_sent < 1 or sent - low_sent < least:
                continue
            skipped = 0
            high_sent, high_refused = sent - low_sent, refused - low_refused
            if high_refused / high_sent < low_refused / low_sent + _MATERIAL:
                continue
            apart = _log_likelihood(low_refused, low_sent)
            apart += _log_likelihood(high_refused, high_sent)
            if 2 * (apart - alike) > best:
                best, found = 2 * (apart - alike), level
        return found, best

    def _move(self, ticket: Ticket, level: int) -> None:
        for counts, has in ((self._sent, ticket.counted), (self._refused, ticket.refused)):
            if has:
                counts[ticket.level] = max(0.0, counts[ticket.level] - 1)
                counts[level] += 1
        ticket.level = level


def _log_likelihood(refused: float, sent: float) -> float:
    """Of so many refusals under the share that makes them likeliest."""
    parts = (min(refused, sent), max(0.0, sent - refused))
    return sum(part * math.log(part / sent) for part in parts if part > 0)
