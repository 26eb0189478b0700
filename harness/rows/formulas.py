"""Cells of csv that a spreadsheet would run: an apostrophe before them makes them text.

Whoever opens a csv file in a spreadsheet runs every cell that begins like a formula, and a teacher
or a stranger may have written it. The apostrophe is taken off again when Podium reads the file.
"""

from __future__ import annotations

import re

# As OWASP has it: full-width signs count in Chinese and Japanese settings.
_BEGINS = re.compile("\\A'*[=+\\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?%?")
_MARK = "'"


def runs(text: str) -> bool:
    """Whether a text is guarded: it begins like a formula, or like one that is guarded.

    What is a number and nothing else only looks like one.
    """
    return _BEGINS.match(text) is not None and _NUMBER.fullmatch(text) is None


def guarded(text: str, *, raw: bool = False) -> str:
    """The text of a cell that no spreadsheet runs.

    Args:
        text: what the cell is to say.
        raw: leave formulas as they are; only what would be read as guarded gets its apostrophe.
    """
    needed = text.startswith(_MARK) and runs(text[1:]) if raw else runs(text)
    return _MARK + text if needed else text


def unguarded(text: str) -> str:
    """What a cell of a file says, `guarded` or not."""
    return text[1:] if text.startswith(_MARK) and runs(text[1:]) else text
