"""Rows of a sheet as the texts that stand in them."""

from __future__ import annotations

from collections.abc import Sequence

from harness.text.display import fold


def texts_of(row: Sequence[object]) -> list[str]:
    """The cells of a row that hold anything, as text."""
    texts = (fold(str(cell)) for cell in row if cell is not None)
    return [text for text in texts if text]


def rows_named(numbers: Sequence[int]) -> str:
    """Rows by their numbers, the first few of many."""
    listed = ", ".join(map(str, numbers[:6])) + (", ..." if len(numbers) > 6 else "")
    return f"row {listed}" if len(numbers) == 1 else f"rows {listed}"


def letter(place: int) -> str:
    """A column as spreadsheet programs call it: 0 is A, 26 is AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
