"""From run folders to a leaderboard in the four formats that people and scripts read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harness.store.files import storing, write_bytes, write_json, write_text
from reports import losses, pairs
from reports.board import Entry, Leaderboard, build
from reports.markdown import markdown
from reports.page import ANSWERS, pages
from reports.strings import Note, say
from reports.terminal import terminal_table
from reports.workbook import workbook

__all__ = ["Leaderboard", "build", "terminal_table", "write"]


def write(board: Leaderboard, out: Path) -> list[Path]:
    """Write `leaderboard.md`, `.json`, `.html` and `.xlsx`, each whole or not at all.

    Where the answers are too many for one page they go to `leaderboard-answers.html`. A file that
    would not change is not touched.

    Returns:
        The files that make up the report, whether or not they were touched.

    Raises:
        StoreError: the folder cannot be written.
    """
    html = pages(board)
    write_text(out / "leaderboard.md", markdown(board))
    write_json(out / "leaderboard.json", ranked(board))
    write_bytes(out / "leaderboard.xlsx", workbook(board))
    for name, content in html.items():
        write_bytes(out / name, content)
    if ANSWERS not in html:
        _remove(out / ANSWERS)
    names = ("leaderboard.md", "leaderboard.json", *html, "leaderboard.xlsx")
    return [out / name for name in names]


def ranked(board: Leaderboard) -> list[Mapping[str, object]]:
    """The summaries in rank order, each with its `rank` as [best, worst] and what ranked it.

    An entry that is not ranked has `null` there, and `unranked` says why.
    """
    return [
        {
            **entry.summary.raw,
            "rank": None if entry.rank is None else list(entry.rank),
            "ranked_by": board.basis,
            "p_best": None if entry.p_best is None else round(entry.p_best, 4),
            "band": entry.band,
            "unranked": _unranked(board, entry),
            "against": pairs.against(board, entry.label),
            "worse": [loss.as_json() for loss in losses.of(board, entry)],
        }
        for entry in board.entries
    ]


def _unranked(board: Leaderboard, entry: Entry) -> str | None:
    """Why an entry has no rank."""
    if entry.unranked is None and board.ranking.fixed:
        return say(Note("unranked_fixed"))
    return None if entry.unranked is None else say(entry.unranked)


def _remove(stale: Path) -> None:
    """An earlier, bigger report may have left its answers here."""
    with storing(stale):
        stale.unlink(missing_ok=True)
