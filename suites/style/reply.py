"""A reply taken apart: the style that its first line names, and its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from harness.texts.replies import said
from suites.style.options import style_key

# The brackets and marks that people put around a heading: 【温柔】, 温柔：, **温柔**.
_OPEN = r"[\s\[(<{【〔《〈「『\"'“‘*#_]*"
_CLOSE = r"[\])>}】〕》〉」』\"'”’*_]*"


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
    line, _, rest = text.partition("\n")
    for style in sorted(styles, key=len, reverse=True):
        name = re.escape(style_key(style))
        if re.fullmatch(rf"{_OPEN}{name}{_CLOSE}[\s:,.。!~]*{_CLOSE}", line.casefold()):
            return Styled(style, rest.strip())
        marked = rf"{_OPEN}{name}{_CLOSE}\s*:|[\[(【《「『<]\s*{name}\s*[\])】》」』>]\s*:?"
        if found := re.match(marked, line.casefold()):
            return Styled(style, f"{line[found.end() :]}\n{rest}".strip())
    return Styled(None, text)
