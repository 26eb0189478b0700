"""What every reader of cells shares: the outcome and the refusal."""

from __future__ import annotations

from dataclasses import dataclass

from harness.tables.table import Cell


class CellError(ValueError):
    """A cell that is not what its column holds; the message completes "this cell ..."."""


@dataclass(frozen=True, slots=True)
class Read:
    """A cell that was read. `repair` completes "the cell ...", empty where nothing was odd."""

    value: Cell
    repair: str = ""
