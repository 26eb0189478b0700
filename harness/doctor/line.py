"""One thing that the doctor looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "note", "missing", "broken"]
#: From what stops everything to what is in order.
LEVELS: tuple[Level, ...] = ("broken", "missing", "note", "ok")


@dataclass(frozen=True, slots=True)
class Line:
    """What was found.

    Args:
        level: `ok`; `note`, worth knowing; `missing`, which only some commands need; `broken`,
            which is there and cannot work.
        group: the heading that it stands under.
        name: what was looked at.
        detail: what was found.
        change: what to do; empty where there is nothing to do.
    """

    level: Level
    group: str
    name: str
    detail: str
    change: str = ""
