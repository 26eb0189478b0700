"""Under what a board was measured: in which wordings, and in which session with its own scatter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.strings import Note

if TYPE_CHECKING:
    from reports.board import Leaderboard


def asked_in(board: Leaderboard) -> list[Note]:
    """The sentence under the board; none where its questions have no phrasings."""
    wordings = board.first.summary.wordings
    return [] if wordings is None else [Note(f"wordings_{wordings}")]


def session_notes(board: Leaderboard) -> list[Note]:
    """The A/A of the session that timed the entries; none where that is not one session."""
    sessions = {entry.summary.session for entry in board.entries} - {None}
    session = sessions.pop() if len(sessions) == 1 else None
    if session is None or session.repeats_within is None:
        return []
    share = f"{session.repeats_within:.1%}"
    return [Note("repeats_within", {"started": session.started, "share": share})]
