"""Where a question ends and its material begins: `instruction` and `input` of the Alpaca family.

Both make one user turn, joined by a line end where both say something, as LLaMA-Factory does it.
XTuner joins them always, so that an empty `input` leaves a line end behind; here it leaves none.
"""

from __future__ import annotations

from typing import Any

from harness.data.conversation import Conversation, Turn
from harness.data.formats import hints
from harness.data.formats.row_reader import Reading

HINTS = ("input", "absent", "null")


def read(row: Reading) -> tuple[Turn, dict[str, Any]]:
    """The user turn of a row, and the hints that part it again."""
    instruction = row.text("instruction")
    if "input" not in row.fields:
        return Turn("user", instruction), {"absent": ["input"]}
    value = row.fields["input"]
    if value is None:
        return Turn("user", instruction), {"null": ["input"]}
    material = row.string(value, "input")
    told = {"input": len(material)} if material else {}
    return Turn("user", "\n".join(filter(None, (instruction, material)))), told


def write(conversation: Conversation, question: Turn) -> dict[str, Any]:
    """The fields of a user turn: an empty `input` where nothing is known, which loaders need."""
    told, text = hints.of(conversation), question.content
    if "input" in told.get("absent", ()):
        return {"instruction": text}
    if "input" in told.get("null", ()):
        return {"instruction": text, "input": None}
    start = len(text) - told.get("input", 0)
    if start == len(text) or start < 0 or (start > 0 and text[start - 1] != "\n"):
        return {"instruction": text, "input": ""}
    return {"instruction": text[: max(start - 1, 0)], "input": text[start:]}
