"""Text from the other side: JSON read without trust, and messages on one line."""

from __future__ import annotations

from typing import Any

from harness.models.wild_json import decode_wild

_LONGEST = 300


def load(text: str) -> Any:
    """The JSON value of a text; `None` where it is none, nested beyond reason, or `null`."""
    try:
        return decode_wild(text)
    except ValueError:
        return None


def one_line(text: str, longest: int = _LONGEST) -> str:
    """A provider's message on one short line, without control characters."""
    # Blanks aside, no more is shown.
    start = text[: 20 * longest]
    line = " ".join("".join(c if c.isprintable() else " " for c in start).split())
    return line if len(line) <= longest else f"{line[:longest]}…"
