"""Names of fields that the formats know, and how other spellings of them are read."""

from __future__ import annotations

import difflib
import string
import unicodedata
from collections.abc import Mapping
from typing import Any

# Always text, whatever it looks like, and empty rather than missing where a cell is empty.
TEXTS = frozenset(
    {"instruction", "input", "output", "target", "user", "style", "assistant", "query", "response"}
)
# Always text, and missing where a cell is empty.
OTHER_TEXTS = frozenset({"system", "_podium", "metadata", "answer_from", "copyright"})
# Lists and objects, which a cell holds as JSON text.
NESTED = frozenset({"history", "conversations", "messages", "conversation", "task_type", "domain"})
TRUTHS = frozenset({"human_verified"})
_IN_TURNS = frozenset({"from", "value", "role", "content", "loss", "output_with_loss"})
KNOWN = TEXTS | OTHER_TEXTS | NESTED | TRUTHS | _IN_TURNS
# The two that entrants misspell.
_EXPECTED = ("instruction", "output")
_ALIKE = 0.75
_BLANK = string.whitespace + "\u200b\u200c\u200d\u2060\ufeff"


def folded(name: str) -> str:
    """A field's name as the formats spell it, if only blanks or full width tell them apart.

    A byte order mark is a blank too: files that were put behind one another have them inside.
    """
    if name in KNOWN:
        return name
    narrow = unicodedata.normalize("NFKC", name).strip(_BLANK)
    return narrow if narrow in KNOWN else name


def misspelt(fields: Mapping[str, Any]) -> dict[str, str]:
    """Fields that can only be meant for `instruction` or `output`, with which of them."""
    missing = [name for name in _EXPECTED if name not in fields]
    if len(missing) != 1 or not any(name in fields for name in _EXPECTED):
        return {}
    strange = [name for name in fields if name not in KNOWN]
    close = difflib.get_close_matches(missing[0], strange, n=2, cutoff=_ALIKE)
    return {close[0]: missing[0]} if len(close) == 1 else {}
