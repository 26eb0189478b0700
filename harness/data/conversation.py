"""One training example, whatever format it came in: turns, and what else its record says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Speaker = Literal["system", "user", "assistant", "observation", "function_call"]


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side says. `loss` tells whether it is trained on, where the format can say so.

    `said` is what the assistant says beside a call of tools, which trainers do not teach.
    """

    role: Speaker
    content: str
    loss: bool | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One training example.

    Args:
        turns: in order; a system turn, where there is one, comes first.
        extra: the record's other fields, by name, such as `style` or `task_type`.
    """

    turns: tuple[Turn, ...]
    extra: Mapping[str, Any] = field(default_factory=dict)
