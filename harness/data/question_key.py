"""What a row is grouped by, so that a question that is taught is not asked again."""

from __future__ import annotations

from harness.data.conversation import Turn

QUESTION = "question"


def question_of(turns: tuple[Turn, ...]) -> str:
    """What the user says in all turns, a line each."""
    return "\n".join(turn.content for turn in turns if turn.role == "user")
