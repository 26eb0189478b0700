"""What every reader of cells shares: the outcome, the refusal, folding, and showing a cell."""

from __future__ import annotations

from dataclasses import dataclass

from harness.tables.table import Cell

# Full-width letters and digits (U+FF10 and on) and the slash of composite train numbers.
_NARROW = {
    code: code - 0xFEE0
    for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B), 0xFF0F)
}
_INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
_SHOWN = 40


class CellError(ValueError):
    """A cell that is not what its column holds; the message completes "this cell ..."."""


@dataclass(frozen=True, slots=True)
class Read:
    """A cell that was read. `repair` completes "the cell ...", empty where nothing was odd."""

    value: Cell
    repair: str = ""


def fold(text: str) -> str:
    """Trim, join runs of white space, and narrow full-width letters, digits and slashes.

    Letter O and digit 0 stay apart, and so do Chinese punctuation marks.
    """
    return " ".join(text.translate(_NARROW).translate(_INVISIBLE).split())


def show(raw: object) -> str:
    """Quote a cell for a message: one line, no control characters, not too long."""
    text = str(raw)
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")
