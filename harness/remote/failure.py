"""What went wrong with a call, in one line for a person, and whether another attempt can mend it.

overload      refused as too much: fewer calls may help
slow          no answer in time: too much as well, or nobody there
unreachable   nobody there
broken        an accident: a reset, a fault of the server, a reply that nothing can read
sample        this request is wrong, others may not be
final         no attempt can mend it: key, balance, address, model
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from harness.errors import PodiumError, RunError, UsageError

Kind = Literal["overload", "slow", "unreachable", "broken", "sample", "final"]
# Fewer calls may help.
TOO_MUCH: tuple[Kind, ...] = ("overload", "slow")
# Nobody answers.
NOBODY: tuple[Kind, ...] = ("slow", "unreachable")

_OVERLOAD = (429, 503, 504, 529)
_AGAIN = (408, 409, 425)
_SAMPLE = (400, 413, 422)
_NO_MONEY = re.compile(
    r"insufficient[\s_]+(?:account[\s_]+)?(?:balance|quota|credit|fund)|balance is (?:insufficient"
    r"|not enough|too low)|out of credits?|arrearage|余额不足|欠费",
    re.IGNORECASE,
)
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that brought nothing.

    `reason` is one line. `retry_after_s` is how long the other side asks to wait. `billed` says
    that it was paid for all the same. `error` is what a `final` one ends the run with.
    """

    kind: Kind
    reason: str
    retry_after_s: float | None = None
    billed: bool = False
    error: PodiumError | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom the sentences are about: the host, and the variable that holds its key."""

    host: str
    key_env: str | None

    def refused(self, status: int, message: str, retry_after_s: float | None = None) -> Failure:
        """The failure that a status other than success stands for.

        Args:
            status: of the reply.
            message: what the provider says, on one line and without any key.
            retry_after_s: how long it asks to wait.
        """
        reason = f"{self.host} answers {status}" + (f": {message}" if message else "")
        if status in _OVERLOAD and not _NO_MONEY.search(message):
            return Failure("overload", reason, retry_after_s)
        if status in _AGAIN or status >= 500:
            return Failure("broken", reason, retry_after_s)
        if status in _SAMPLE and not _NO_MONEY.search(message):
            return Failure("sample", reason)
        if status == 402 or _NO_MONEY.search(message):
            return _final(RunError(f"the account has no balance left: {reason}"))
        if status in (401, 403):
            return _final(UsageError(f"{self._about_key()}: {reason}"))
        what = "no such model or address" if status == 404 else "the request is refused"
        return _final(UsageError(f"{what}: {reason}"))

    def redirected(self, status: int) -> Failure:
        """A redirect is not followed: the key would go with it."""
        return _final(
            UsageError(
                f"{self.host} answers {status}, a redirect, which is not followed because the key "
                "would go along: give the address that it leads to"
            )
        )

    def _about_key(self) -> str:
        if self.key_env is None:
            return "the request is refused without a key: name its environment variable in key_env"
        return f"the key in {self.key_env} is refused"


def _final(error: PodiumError) -> Failure:
    return Failure("final", str(error), error=error)


def one_line(text: str) -> str:
    """A provider's message on one short line, without control characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
