"""One row on its way to an example: its fields, and what is wrong with them.

The rules: missing field, not a string, not a list, not a turn, unknown role, unexpected field,
reserved field, system not first, roles do not alternate, no reply, empty output.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from harness.core import Finding
from harness.data.conversation import Conversation, Turn
from harness.data.formats import hints
from harness.data.formats.format import Faulty
from harness.errors import did_you_mean
from harness.rows.record import Record
from harness.text.display import short

ASKS = ("user", "observation")
REPLIES = ("assistant", "function_call")
# What the first Alpaca data says where there is no reply; XTuner leaves such rows out.
NO_OUTPUT = "<nooutput>"


def blank(value: object) -> bool:
    """Whether a field says nothing."""
    return value is None or value in ("", [], {})


class Reading:
    """Collects the faults of one record; `done` raises them."""

    def __init__(self, record: Record) -> None:
        self.fields = record.fields
        self.hints: dict[str, Any] = {}
        self._where = record.where
        self._findings: list[Finding] = []
        try:
            self.hints = hints.parse(record.fields.get(hints.FIELD))
        except ValueError as error:
            self.fault("reserved field", f"{hints.FIELD}: {error}", hints.FIELD)

    def fault(self, rule: str, detail: str, field: str = "") -> None:
        """Note a fault, of a field where it is of one; the row is lost for it."""
        self._findings.append(Finding(rule, self._where, detail, lost=True, field=field))

    def text(self, name: str) -> str:
        """A field that must be there and be a string."""
        if name not in self.fields:
            self.fault("missing field", f"no {name!r}{did_you_mean(name, self.fields)}", name)
            return ""
        return self.string(self.fields[name], name)

    def string(self, value: object, name: str) -> str:
        """A value that must be a string; `name` says which in a message."""
        if isinstance(value, str):
            return value
        self.fault("not a string", f"{name} is {short(value)}", name)
        return ""

    def items(self, value: object, name: str) -> Sequence[Any]:
        """A value that must be a list."""
        if isinstance(value, list | tuple):
            return value
        self.fault("not a list", f"{name} is {short(value)}", name)
        return ()

    def turns(self, name: str) -> list[tuple[str, Mapping[str, Any]]]:
        """A field that must be a list of objects, each with what to call it in a message."""
        if name not in self.fields:
            self.fault("missing field", f"no {name!r}{did_you_mean(name, self.fields)}", name)
            return []
        found = []
        for number, item in enumerate(self.items(self.fields[name], name)):
            at = f"{name}[{number}]"
            if isinstance(item, Mapping):
                found.append((at, item))
            else:
                self.fault("not a turn", f"{at} is {short(item)}", at)
        return found

    def within(self, item: Mapping[str, Any], name: str, at: str) -> str:
        """A field of a turn that must be there and be a string."""
        if name not in item:
            detail = f"{at} has no {name!r}{did_you_mean(name, item)}"
            self.fault("missing field", detail, f"{at}.{name}")
            return ""
        return self.string(item[name], f"{at}.{name}")

    def empty(self, names: Collection[str]) -> set[str]:
        """Those of some fields that are there and say nothing."""
        return {name for name in names if name in self.fields and blank(self.fields[name])}

    def unexpected(self, names: Collection[str]) -> None:
        """Refuse fields that would be part of the example in another format."""
        for name in names:
            if not blank(self.fields.get(name)):
                self.fault("unexpected field", f"{name} is {short(self.fields[name])}", name)

    def done(
        self,
        turns: Sequence[Turn],
        *,
        spent: Collection[str],
        own: Collection[str] = (),
        new: Mapping[str, Any] | None = None,
    ) -> Conversation:
        """The example, if nothing is wrong with it.

        Args:
            turns: what the row says.
            spent: the fields that the turns hold; the others become `extra`.
            own: the hints that this format's rows say themselves.
            new: the hints that this row gives.

        Raises:
            Faulty: something is wrong.
        """
        if not self._findings:
            self._check(turns)
        if self._findings:
            raise Faulty(self._findings)
        kept = hints.without(self.hints, own) | dict(new or {})
        gone = {hints.FIELD, *spent}
        extra = {name: value for name, value in self.fields.items() if name not in gone}
        return Conversation(tuple(turns), extra | hints.dump(kept))

    def _check(self, turns: Sequence[Turn]) -> None:
        """LLaMA-Factory's rules: an optional system turn, then a question and a reply in turn."""
        talk = turns[1:] if turns and turns[0].role == "system" else turns
        for number, turn in enumerate(talk):
            self._check_turn(turn, talk[number - 1] if number else None, number)
            if self._findings:  # what follows is out of step for it
                return
        if len(talk) % 2 != 0:
            self.fault("no reply", f"it ends with {talk[-1].role}")
        if not talk:
            self.fault("no reply", "no turns")

    def _check_turn(self, turn: Turn, before: Turn | None, number: int) -> None:
        if turn.role == "system":
            self.fault("system not first", f"turn {number + 1} is a system text")
        elif turn.role not in (REPLIES if number % 2 else ASKS):
            after = f"after {before.role}" if before else "first"
            self.fault("roles do not alternate", f"turn {number + 1} is {turn.role} {after}")
        elif turn.role in REPLIES and turn.content.strip() in ("", NO_OUTPUT):
            self.fault("empty output", f"turn {number + 1} says {turn.content!r}")


def before(row: Reading) -> Iterator[Turn]:
    """The system text and the earlier exchanges, `history` a list of question and reply."""
    system, history = row.fields.get("system"), row.fields.get("history")
    if not blank(system):
        yield Turn("system", row.string(system, "system"))
    if blank(history):
        return
    for number, pair in enumerate(row.items(history, "history")):
        at = f"history[{number}]"
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            row.fault("not a turn", f"{at} is no pair of question and reply: {short(pair)}", at)
            continue
        yield Turn("user", row.string(pair[0], f"{at}[0]"))
        yield Turn("assistant", row.string(pair[1], f"{at}[1]"))
