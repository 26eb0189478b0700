"""What a board says of its times: whether one session took them, and how far it repeats itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.strings import Note

if TYPE_CHECKING:
    from reports.board import Leaderboard


def session_note(board: Leaderboard) -> Note | None:
    """The A/A of the session that timed the entries; `None` where that is not one session."""
    sessions = {entry.summary.session for entry in board.entries} - {None}
    session = sessions.pop() if len(sessions) == 1 else None
    if session is None or session.repeats_within is None:
        return None
    share = f"{session.repeats_within:.1%}"
    return Note("repeats_within", {"started": session.started, "share": share})
