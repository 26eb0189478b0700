"""What every format of training examples offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.core import Finding
from harness.data.conversation import Conversation
from harness.rows.record import Record

Fields = Mapping[str, Any]


class Faulty(ValueError):
    """A row that is no example of its format; `findings` say why, one a fault."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = list(findings)
        super().__init__("; ".join(f"{f.where}: {f.rule}: {f.detail}" for f in self.findings))


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a training example as a row.

    Args:
        name: what a person types.
        means: its fields, in a few words.
        fits: whether a row's fields look like this format.
        read: the example that a row holds; raises `Faulty`.
        write: the row that holds an example, without what `loses` names.
        loses: names what of an example such a row cannot hold, in a fixed order. A name with
            `(empty)` stands for a field that says nothing, `(absent)` for one that was not there.
    """

    name: str
    means: str
    fits: Callable[[Fields], bool]
    read: Callable[[Record], Conversation]
    write: Callable[[Conversation], dict[str, Any]]
    loses: Callable[[Conversation], tuple[str, ...]]
