"""Text in the columns of a terminal, whatever script it is in."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Sequence


def width(text: str) -> int:
    """Columns that a terminal gives to the text: 2 for wide East Asian, 0 for combining marks."""
    return sum(map(_char_width, text))


def _char_width(char: str) -> int:
    if char.isascii():
        return 1
    if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def clip(text: str, columns: int) -> str:
    """Cut to at most `columns` terminal columns, ending in `…` where something is lost."""
    if width(text) <= columns:
        return text
    kept, used = "", 0
    for char in text:
        used += _char_width(char)
        if used > columns - 1:
            break
        kept += char
    return kept + "…"


def clip_middle(text: str, columns: int) -> str:
    """The same with the gap inside: names of a family differ at their ends."""
    if width(text) <= columns:
        return text
    head = clip(text, columns - columns // 2)
    tail = clip(text[::-1], columns - width(head) + 1)[::-1].removeprefix("…")
    return head + tail


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """Fill to `columns` terminal columns; `right` sets the text flush right."""
    blank = " " * max(0, columns - width(text))
    return blank + text if right else text + blank


def table(rows: Sequence[Sequence[str]], right: Collection[int] = ()) -> Iterator[str]:
    """Rows of as many cells each, as lines; the columns of `right` are flush right."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            pad(cell, columns, right=place in right)
            for place, (cell, columns) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def shown(text: object, columns: int | None = None) -> str:
    """A text of strangers on one line, nothing in it that acts on a terminal; cut where long."""
    line = "".join(c if c.isprintable() else "�" for c in str(text).replace("\n", "⏎"))
    return line if columns is None else clip(line, columns)


def harmless(text: str) -> str:
    """A text of strangers with its lines and tabs, and nothing else that acts on a terminal."""
    return "".join(c if c.isprintable() or c in "\n\t" else "�" for c in text)


# Full-width letters and digits (U+FF10 and on) and the slash of composite train numbers.
_NARROW = {
    code: code - 0xFEE0
    for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B), 0xFF0F)
}
_INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
_SHOWN = 40


def fold(text: str) -> str:
    """Trim, join runs of white space, and narrow full-width letters, digits and slashes.

    Letter O and digit 0 stay apart, and so do Chinese punctuation marks.
    """
    return " ".join(text.translate(_NARROW).translate(_INVISIBLE).split())


def show(raw: object) -> str:
    """Quote a cell for a message: one line, no control characters, not too long."""
    text = str(raw)
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")


def short(value: object) -> str:
    """A value for a message: one line, not too long."""
    text = f"{value:.3g}" if isinstance(value, float) else repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
