"""What is wrong with a row or a file, and what comes of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal, get_args

Harm = Literal["fails", "lost", "wrong", "note"]
HARMS: tuple[Harm, ...] = get_args(Harm)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    Args:
        rule: its name, by which faults are counted.
        where: the file, and the line or row where there is one.
        field: the field that it is about, such as `output` or `messages[2].role`; may be empty.
        detail: what exactly, and what the trainer does with it.
        harm: `fails`: training stops or never starts. `lost`: the row is dropped. `wrong`:
            something else is trained than what is written. `note`: nothing, but worth knowing.
    """

    rule: str
    where: str
    field: str
    detail: str
    harm: Harm

    def as_json(self) -> dict[str, str]:
        """The fault by the names of its parts."""
        return asdict(self)
