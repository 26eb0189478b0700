"""What a distillation may use up, kept to while many calls are under way at once."""

from __future__ import annotations

import threading
from typing import NamedTuple

from harness.config.sections import Budget
from harness.errors import RunError

# Tokens of a prompt are guessed from its characters before it is sent: one token a character is
# about the most that a Chinese or an English prompt takes.
TOKENS_PER_CHARACTER = 1.0


class BudgetSpent(RunError):
    """The budget is used up; what was paid for is kept."""


class Spent(NamedTuple):
    """What has been used up, or will be: calls that were answered, and tokens."""

    calls: int = 0
    prompt_tokens: int = 0
    output_tokens: int = 0

    @property
    def tokens(self) -> int:
        """Tokens of prompts and answers together."""
        return self.prompt_tokens + self.output_tokens

    def plus(self, other: Spent, times: int = 1) -> Spent:
        """So much more."""
        return Spent(*(own + times * more for own, more in zip(self, other, strict=True)))

    def money(self, budget: Budget) -> float:
        """What it costs at the budget's prices."""
        prompts = self.prompt_tokens * budget.prompt_price
        return (prompts + self.output_tokens * budget.output_price) / 1e6


class Meter:
    """Counts what is spent, and lets a call go only while the budget holds.

    A call reserves the most that it can cost before it is sent, so calls under way together never
    pass the budget; what it did cost is settled when it is answered.

    Args:
        budget: the limits and prices.
        spent: what earlier attempts have used up already.
    """

    def __init__(self, budget: Budget, spent: Spent | None = None) -> None:
        self._budget = budget
        self._spent = Spent() if spent is None else spent
        self._reserved = Spent()
        self._lock = threading.Lock()

    @property
    def spent(self) -> Spent:
        """What has been used up, earlier attempts included."""
        with self._lock:
            return self._spent

    def cost(self) -> dict[str, float]:
        """The same as numbers by name; money only where there are prices."""
        spent = self.spent
        money = spent.money(self._budget)
        return spent._asdict() | ({"money": round(money, 6)} if money else {})

    def reserve(self, prompt_characters: int, max_tokens: int) -> Spent | None:
        """Set aside the most that a call can cost.

        Returns:
            What was set aside, to be handed to `settle`; `None` where it does not fit beside what
            is under way, and may once that is settled.
        """
        share = Spent(1, round(prompt_characters * TOKENS_PER_CHARACTER), max_tokens)
        with self._lock:
            reserved = self._reserved.plus(share)
            if self._passes(self._spent.plus(reserved)):
                return None
            self._reserved = reserved
        return share

    def settle(self, share: Spent, cost: Spent | None) -> None:
        """Give back what was set aside, and count what the call did cost; `None` for nothing."""
        with self._lock:
            self._reserved = self._reserved.plus(share, -1)
            if cost is not None:
                self._spent = self._spent.plus(cost)

    def used_up(self) -> BudgetSpent:
        """The error to raise when a call fits no more and none is under way."""
        spent = self.spent
        limits = {
            "calls": (self._budget.calls, f"{spent.calls:,}"),
            "tokens": (self._budget.tokens, f"{spent.tokens:,}"),
            "money": (self._budget.money, f"{spent.money(self._budget):.4g}"),
        }
        told = [f"{n} {used} of {limit:,}" for n, (limit, used) in limits.items() if limit]
        names = [f"runtime.budget.{name}" for name, (limit, _) in limits.items() if limit]
        return BudgetSpent(
            f"the budget does not reach for another call ({', '.join(told)}); what was paid for "
            f"is kept: raise {' or '.join(names)} and run again to go on"
        )

    def words(self) -> str:
        """What has been spent, for a progress bar."""
        spent = self.spent
        cost = spent.money(self._budget)
        money = f", {cost:.4g} spent" if cost else ""
        return f"{spent.calls:,} calls, {spent.tokens:,} tokens{money}"

    def _passes(self, spent: Spent) -> bool:
        budget = self._budget
        return (
            (budget.calls is not None and spent.calls > budget.calls)
            or (budget.tokens is not None and spent.tokens > budget.tokens)
            or (budget.money is not None and spent.money(budget) > budget.money)
        )


def most_of(share: Spent, prompt_tokens: int | None, output_tokens: int | None) -> Spent:
    """What a call cost, by what was set aside where the provider does not say."""
    return share._replace(
        prompt_tokens=share.prompt_tokens if prompt_tokens is None else prompt_tokens,
        output_tokens=share.output_tokens if output_tokens is None else output_tokens,
    )
