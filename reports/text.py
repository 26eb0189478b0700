"""Small text tools that every format shares: hidden characters, cutting, columns, numbers.

Answers are text from strangers. `visible` is the one gate that all of them pass on their way
into a page, a sheet, a Markdown table or a terminal.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

DASH = "–"  # what stands where there is no number
_CONTROL_PICTURES = 0x2400
_DELETE = 0x7F
_HIDDEN = re.compile(r"[^\n\t -~\u00a1-\u00ac\u00ae-\u02ff\u3000-\u9fff\uff01-\uffee]")


def visible(text: str) -> str:
    """Show what would act in silence: controls, ANSI escapes, bidi marks, lone surrogates.

    C0 controls become their Unicode pictures (`␛[31m`), everything else hidden its code point
    (`‹U+202E›`). New lines and tabs stay.
    """
    return _HIDDEN.sub(lambda match: _picture(match.group()), text)


def _picture(char: str) -> str:
    code = ord(char)
    if code < 0x20:
        return chr(_CONTROL_PICTURES + code)
    if code == _DELETE:
        return "␡"
    hidden = unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    if hidden or code & 0xFFFE == 0xFFFE:  # the last two of each plane are no characters
        return f"‹U+{code:04X}›"
    return char


def one_line(text: str) -> str:
    """`visible`, with new lines and tabs shown too: for names and table cells."""
    return visible(text).replace("\n", "⏎").replace("\t", "⇥")


def cut(text: str, limit: int, rest: str) -> str:
    """Keep `limit` characters and say how many went; `rest` names where the whole text is."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]} […{len(text) - limit:,} more characters{rest}]"


def few(names: Sequence[str], limit: int) -> tuple[str, ...]:
    """Up to `limit` names; a list that goes on ends in `… (+4)`, which every language reads."""
    more = len(names) - limit
    return tuple(names) if more <= 0 else (*names[:limit], f"… (+{more})")


def points(value: float | None) -> str:
    """A score of 0 to 100 with one decimal, or a dash."""
    return DASH if value is None else f"{value:.1f}"


def seconds(value: float | None) -> str:
    """A short time with three digits that matter, in ms or s."""
    if value is None:
        return DASH
    if value < 0.9995:
        return f"{_three(value * 1000)} ms"
    return f"{_three(value)} s"


def _three(value: float) -> str:
    """Three digits that matter, zeros at the end included."""
    return f"{value:.2f}" if value < 9.995 else f"{value:.1f}" if value < 99.95 else f"{value:,.0f}"


def duration(value: float | None) -> str:
    """A long time in the unit people say it in."""
    if value is None or value < 100:
        return seconds(value)
    return f"{_three(value / 60)} min" if value < 6000 else f"{_three(value / 3600)} h"


def percent(share: float | None) -> str:
    """A share of 0 to 1 as whole percent; a tiny share that is not none says so."""
    if share is None:
        return DASH
    return "<1%" if 0 < share < 0.005 else f"{share:.0%}"


def count(value: float | None) -> str:
    """A count with thousands apart, or a dash."""
    return DASH if value is None else f"{value:,.0f}"
