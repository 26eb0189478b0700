"""What a row is grouped by, so that a question that is taught is not asked again."""

from __future__ import annotations

from hashlib import blake2b

from harness.data.conversation import Turn
from harness.text.normalize import fold, informative

QUESTION = "question"


def question_of(turns: tuple[Turn, ...]) -> str:
    """What the user says in all turns, a line each."""
    return "\n".join(turn.content for turn in turns if turn.role == "user")


def same(text: str) -> str:
    """One spelling for questions that are the same: no case, width, blanks and punctuation."""
    folded = fold(text).lower()
    return informative(folded) or folded


def digest(text: str) -> int:
    """64 bits of a text: a million different ones share one in one of ten million files."""
    data = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "big")
