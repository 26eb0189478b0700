"""What a teacher is told: text files with `$placeholders`, that a user may replace by their own."""

from __future__ import annotations

import string
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from harness.errors import SpecError, did_you_mean

Way = Literal["reword", "answer", "ask", "extract"]
HERE = Path(__file__).parent
# What each way fills in; all but the first may be left out of a prompt of one's own.
PLACEHOLDERS: Mapping[Way, tuple[str, ...]] = {
    "reword": ("items",),
    "answer": ("items", "rows"),
    "ask": ("rows", "columns", "table", "count", "ops"),
    "extract": ("text", "persona"),
}


def prompt_file(way: Way, own: Path | None) -> Path:
    """The file of a way's prompt: one's own, or the one that ships with Podium."""
    return HERE / f"{way}.txt" if own is None else own


def read_prompt(way: Way, own: Path | None = None) -> string.Template:
    """Read a way's prompt and check its placeholders.

    Raises:
        SpecError: it is missing or not UTF-8, or a placeholder is unknown or lacking.
    """
    path = prompt_file(way, own)
    try:
        template = string.Template(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SpecError(f"distill.prompt: {path}: no such file") from error
    except UnicodeDecodeError as error:
        raise SpecError(f"distill.prompt: {path}: is not UTF-8 text") from error
    known = PLACEHOLDERS[way]
    if not template.is_valid():
        raise SpecError(f"distill.prompt: {path}: a $ that names nothing; write $$ for the sign")
    for name in template.get_identifiers():
        if name not in known:
            raise SpecError(
                f"distill.prompt: {path}: unknown placeholder ${name}{did_you_mean(name, known)}"
            )
    if known[0] not in template.get_identifiers():
        raise SpecError(f"distill.prompt: {path}: must hold ${known[0]}")
    return template
