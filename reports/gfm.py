"""GitHub Markdown out of texts from strangers: escaping, and tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from reports.text import one_line

_ACTIVE = re.compile(r"([\\`*_\[\]|~#!])")


def escape(text: str) -> str:
    """Make a text mean itself in Markdown, on one line, hidden characters shown."""
    text = one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _ACTIVE.sub(r"\\\1", text).replace("@", "&#64;")


def table(headings: Sequence[str], left: Sequence[bool], rows: Iterable[Sequence[str]]) -> str:
    """A table, every cell escaped; `left` says which columns are words, and stand flush left."""
    marks = ["---" if flush else "---:" for flush in left]
    lines = [[escape(text) for text in headings], marks]
    lines += [[escape(text) for text in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
