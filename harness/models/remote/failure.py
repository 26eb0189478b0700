"""What went wrong with a call, in one line for a person, and whether another attempt can mend it.

overload      refused as too much: fewer calls may help
slow          no answer in time: too much as well, or nobody there
unreachable   nobody there
broken        an accident: a reset, a fault of the server, a reply that is cut
odd           an answer, and no completion: most likely every one will be so
sample        this request is wrong, others may not be
final         no attempt can mend it: key, balance, address, model
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from harness.errors import PodiumError, RunError, UsageError

from .complaint import Complaint
from .reply import NoReply
from .trouble import Trouble, is_spent, trouble

Kind = Literal["overload", "slow", "unreachable", "broken", "odd", "sample", "final"]
# Fewer calls may help.
TOO_MUCH: tuple[Kind, ...] = ("overload", "slow")
# Nobody answers.
NOBODY: tuple[Kind, ...] = ("slow", "unreachable")

_OVERLOAD = (429, 503, 504, 529)
_AGAIN = (408, 409, 425)
_SAMPLE = (400, 413, 422)
_ABOUT: Mapping[int, Trouble] = {401: "key", 403: "key", 404: "model"}
_MENDABLE: Mapping[Trouble, Kind] = {"overload": "overload", "sample": "sample", "fault": "broken"}


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that brought nothing.

    `reason` is one line. `retry_after_s` is how long the other side asks to wait. `billed` says
    that it was paid for all the same. `error` is what a `final` one ends the run with, and an `odd`
    one where nothing else comes.
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

    def refused(
        self, status: int, complaint: Complaint, retry_after_s: float | None = None
    ) -> Failure:
        """The failure that a status other than success stands for.

        Args:
            status: of the reply.
            complaint: what the provider says.
            retry_after_s: how long it asks to wait.
        """
        told = complaint.shown
        reason = f"{self.host} answers {status}" + (f": {told}" if told else "")
        if status == 402 or is_spent(complaint, waits=retry_after_s is not None):
            return self._stopped("money", reason)
        if status in _SAMPLE:
            return Failure("sample", reason)
        if status in (*_OVERLOAD, *_AGAIN) or status >= 500:
            kind: Kind = "overload" if status in _OVERLOAD else "broken"
            return Failure(kind, reason, retry_after_s)
        return self._stopped(_ABOUT.get(status, ""), reason)

    def complained(self, complaint: Complaint, retry_after_s: float | None = None) -> Failure:
        """The failure that an error under the status of success stands for."""
        reason = f"{self.host} answers 200 with an error: {complaint.shown or 'no word of it'}"
        about = trouble(complaint, waits=retry_after_s is not None)
        if about in _MENDABLE:
            return Failure(_MENDABLE[about], reason, retry_after_s)
        if about:
            return self._stopped(about, reason)
        if complaint.status is not None:
            return self.refused(complaint.status, complaint, retry_after_s)
        advice = "no request is answered: mend what the provider names, or ask another model"
        return Failure("odd", reason, error=UsageError(f"{advice}: {reason}"))

    def unread(self, came: NoReply) -> Failure:
        """The failure that a body stands for which is neither a completion nor an error."""
        if came.kind == "cut":
            return Failure("broken", f"{self.host}: {came.told}", billed=True)
        if came.kind == "page":
            reason = f"{self.host} answers with a web page{came.told}"
            advice = "the address is that of a site, or this network wants a login first"
        else:
            reason = f"{self.host} {came.told}"
            advice = "this is no OpenAI-compatible address"
        error = UsageError(
            f"{reason}: {advice}; give the part before /chat/completions, which often ends in /v1"
        )
        return Failure("odd", reason, billed=came.kind == "other", error=error)

    def redirected(self, status: int) -> Failure:
        """A redirect is not followed: the key would go with it."""
        error = UsageError(
            f"{self.host} answers {status}, a redirect, which is not followed because the key "
            "would go along: give the address that it leads to"
        )
        return Failure("final", str(error), error=error)

    def _stopped(self, about: Trouble, reason: str) -> Failure:
        """A failure that no attempt can mend, with what a person can do."""
        told = {
            "money": "the account has no balance left: top it up, or ask another model",
            "key": f"the key in {self.key_env} is refused"
            if self.key_env is not None
            else "the request is refused without a key: name its environment variable in key_env",
            "model": "no such model or address: change one of the two",
        }.get(about, "the request is refused")
        kind = RunError if about == "money" else UsageError
        error = kind(f"{told}: {reason}")
        return Failure("final", str(error), error=error)
