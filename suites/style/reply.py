"""A reply taken apart: the style that its first line names, and its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from harness.metrics.reply_faults import said
from harness.text.normalize import fold

# What people put around a heading: 【温柔】, 温柔：, **温柔**, 风格：温柔.
_LABEL = r"(?:(?:风格|style)\s*:\s*)?"
_OPEN = r"[\s\[(<{【〔《〈「『\"'“‘*#_]*"
_CLOSE = r"[\])>}】〕》〉」』\"'”’*_]*"
# One class, for two of them in a row would try every cut between them.
_AFTER = r"[\])>}】〕》〉」』\"'”’*_\s:,.。!~]*"
_LINE_END = re.compile(r"\r\n?|[\n\u2028\u2029\x85]")


@dataclass(frozen=True, slots=True)
class Styled:
    """What a reply says.

    Args:
        style: the style that it names first, as the options spell it; `None` where it names none.
        words: the rest, or all of it where it names none.
    """

    style: str | None
    words: str


def take_apart(text: str, styles: Sequence[str]) -> Styled:
    """Read the style from a reply.

    It stands on a first line of its own, with or without marks around it; or it ends in a colon
    or stands in brackets, and the reply follows on the same line.
    """
    text = said(text)
    first, *more = _LINE_END.split(text, maxsplit=1)
    line, rest = fold(first), "".join(more)
    for style in sorted(styles, key=len, reverse=True):
        name = re.escape(fold(style))
        alone = rf"{_OPEN}{_LABEL}{name}{_AFTER}"
        if re.fullmatch(alone, line, re.IGNORECASE):
            return Styled(style, rest.strip())
        before = rf"{_OPEN}{name}{_CLOSE}\s*:{_CLOSE}|[\[(【《「『<]\s*{name}\s*[\])】》」』>]"
        if found := re.match(before, line, re.IGNORECASE):
            return Styled(style, f"{line[found.end() :]}\n{rest}".strip())
    return Styled(None, text)
